import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallHistory } from '../../../src/sources/growatt/call-history.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-06-12T10:00:00Z');

test('a call is due when it was never made, and again after its interval', () => {
  const history = new CallHistory();
  assert.equal(history.overdue('a', MINUTE, NOW), Number.POSITIVE_INFINITY);
  history.done('a', NOW);
  assert.equal(history.overdue('a', MINUTE, NOW), 0);
  assert.equal(history.overdue('a', MINUTE, NOW + MINUTE / 2), 0.5);
  assert.equal(history.overdue('a', MINUTE, NOW + 3 * MINUTE), 3);
});

test('a call made in the future, before the clock was set back, is due', () => {
  const history = new CallHistory();
  history.done('a', NOW + 60 * MINUTE);
  assert.equal(history.overdue('a', MINUTE, NOW), Number.POSITIVE_INFINITY);
});

test('a call that failed waits for its pause', () => {
  const history = new CallHistory();
  history.failed('a', NOW, 4 * MINUTE);
  assert.equal(history.overdue('a', MINUTE, NOW + 4 * MINUTE - 1), 0);
  assert.equal(history.overdue('a', MINUTE, NOW + 4 * MINUTE), Number.POSITIVE_INFINITY);
  assert.equal(history.isRateLimited('a', NOW), false, 'but the cloud asked for nothing');
});

test('a call that came too soon waits five minutes, then twice as long each time, up to two hours', () => {
  const history = new CallHistory();
  const pauses = [5, 10, 20, 40, 80, 120, 120].map((minutes) => {
    history.limited('a', NOW);
    assert.equal(history.isRateLimited('a', NOW + minutes * MINUTE - 1), true);
    assert.equal(history.isRateLimited('a', NOW + minutes * MINUTE), false);
    return minutes;
  });
  assert.equal(pauses.length, 7);
  history.done('a', NOW);
  history.limited('a', NOW);
  assert.equal(history.isRateLimited('a', NOW + 5 * MINUTE), false, 'a success forgets it all');
});

test('what the cloud asks for is honoured when it is longer, within reason', () => {
  const history = new CallHistory();
  history.limited('a', NOW, 1000);
  assert.equal(history.isRateLimited('a', NOW + 5 * MINUTE - 1), true);
  history.limited('b', NOW, 30 * MINUTE);
  assert.equal(history.isRateLimited('b', NOW + 30 * MINUTE - 1), true);
  history.limited('c', NOW, 24 * 60 * MINUTE);
  assert.equal(history.isRateLimited('c', NOW + 120 * MINUTE), false);
});

test('a pause that seems to end in days, since the clock was set back, is over', () => {
  const history = new CallHistory();
  history.limited('a', NOW);
  assert.equal(history.isRateLimited('a', NOW - 24 * 60 * MINUTE), false);
});

test('it carries what it knows into another run, but nothing that is two days old', () => {
  const history = new CallHistory();
  history.done('old', NOW - 49 * 60 * MINUTE);
  history.done('recent', NOW - MINUTE);
  history.limited('limited', NOW);
  const snapshot = JSON.parse(JSON.stringify(history.snapshot(NOW)));
  assert.deepEqual(Object.keys(snapshot), ['recent', 'limited']);
  const next = new CallHistory();
  next.restore(snapshot);
  assert.equal(next.doneAt('recent'), NOW - MINUTE);
  assert.equal(next.isRateLimited('limited', NOW + MINUTE), true);
});
