import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscoverySchedule } from '../../../src/sources/growatt/discovery-schedule.ts';
import { HOUR, MINUTE } from './world.ts';

const settings = {
  callSpacing: 3000,
  collectInterval: 5 * MINUTE,
  discoveryInterval: 3 * HOUR,
  plantInterval: 30 * MINUTE,
  idleInterval: 30 * MINUTE,
};

const EMPTY = { plants: [], asleep: () => false, plant: () => undefined, isInV4: () => false };

/** The intervals in hours: of the list of plants, of the lists of one plant, of its figures. */
function intervals(plants: number, asleep = false) {
  const inventory = { ...EMPTY, plants: Array(plants), asleep: () => asleep };
  const schedule = new DiscoverySchedule(settings, { wait: () => 0 }, inventory);
  const { listInterval, plantListInterval, plantDataInterval } = schedule;
  return [listInterval, plantListInterval, plantDataInterval].map((ms) => ms / HOUR);
}

test('up to 100 plants, everything is read as often as is configured', () => {
  assert.deepEqual(intervals(1), [3, 3, 0.5]);
  assert.deepEqual(intervals(100), [3, 3, 0.5]);
});

test('of more plants, what is called plant by plant is called more rarely', () => {
  assert.deepEqual(intervals(500), [3, 15, 2.5]);
});

test('while everything sleeps, lists are four times as rare', () => {
  assert.deepEqual(intervals(1, true), [12, 12, 0.5]);
});

test('the time to the next discovery is what is left of the interval', () => {
  const until = (left: number) =>
    new DiscoverySchedule(settings, { wait: () => left }, EMPTY).untilPlantsListed();
  assert.equal(until(2.5 * HOUR), 'until the next discovery (in 2 h 30 min)');
  assert.equal(until(0), 'until the next discovery (due now)');
});
