import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DiscoverySchedule } from '../../../src/sources/growatt/discovery-schedule.ts';
import { listPlantsCall, listV4Call } from '../../../src/sources/growatt/listings.ts';
import { Plant } from '../../../src/sources/growatt/plant.ts';
import { Selection } from '../../../src/sources/growatt/selection.ts';
import { DEFAULT_INTERVALS, HOUR } from './world.ts';

const EMPTY = { plants: [], asleep: () => false, plant: () => undefined, isInV4: () => false };

/** The intervals in hours: of the list of plants, of the lists of one plant, of its figures. */
function intervals(plants: number, asleep = false) {
  const inventory = { ...EMPTY, plants: Array(plants), asleep: () => asleep };
  const schedule = new DiscoverySchedule(DEFAULT_INTERVALS, { wait: () => 0 }, inventory);
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
    new DiscoverySchedule(DEFAULT_INTERVALS, { wait: () => left }, EMPTY).untilPlantsListed();
  assert.equal(until(2.5 * HOUR), 'until the next discovery (in 2 h 30 min)');
  assert.equal(until(0), 'until the next discovery (due now)');
});

test('a device that is skipped is read again with the list that has it', () => {
  const plant = new Plant('1', new Selection({ plants: [], deviceSns: [] }));
  const row = (sn: string, type: number) => ({
    sn,
    type,
    model: '',
    dataloggerSn: 'LOG',
    lost: false,
    lastUpdate: '',
  });
  plant.listDevices({ count: 2, rows: [row('A1', 7), row('AMMETER-LOG', 3)] });
  const [bus] = plant.buses;
  assert.ok(bus);
  plant.listBus(bus, [{ address: '1', model: '' }]);
  const waits = new Map([
    [listV4Call, HOUR],
    [plant.listDevicesCall, 2 * HOUR],
    [bus.listCall, 3 * HOUR],
    [listPlantsCall, 4 * HOUR],
  ]);
  const schedule = (inventory: object) =>
    new DiscoverySchedule(
      DEFAULT_INTERVALS,
      { wait: (call) => waits.get(call) ?? 0 },
      { ...EMPTY, ...inventory },
    );
  const known = schedule({ plant: () => plant });
  const [inverter, meter] = plant.devices;
  assert.match(known.untilListed(inverter!), /in 2 h/);
  assert.match(known.untilListed(meter!), /in 3 h/);
  assert.match(schedule({ plant: () => plant, isInV4: () => true }).untilListed(inverter!), /in 1 h/);
  assert.match(schedule({}).untilListed(inverter!), /in 4 h/);
});
