import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallHistory } from '../../../src/sources/growatt/call-history.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-06-12T10:00:00Z');

test('a call is due when it was never made, and again after its interval', () => {
  const ledger = new CallHistory();
  assert.equal(ledger.overdue('a', MINUTE, NOW), Number.POSITIVE_INFINITY);
  ledger.done('a', NOW);
  assert.equal(ledger.overdue('a', MINUTE, NOW), 0);
  assert.equal(ledger.overdue('a', MINUTE, NOW + MINUTE / 2), 0.5);
  assert.equal(ledger.overdue('a', MINUTE, NOW + 3 * MINUTE), 3);
});

test('a call made in the future, before the clock was set back, is due', () => {
  const ledger = new CallHistory();
  ledger.done('a', NOW + 60 * MINUTE);
  assert.equal(ledger.overdue('a', MINUTE, NOW), Number.POSITIVE_INFINITY);
});

test('a call that failed waits for its pause', () => {
  const ledger = new CallHistory();
  ledger.failed('a', NOW, 4 * MINUTE);
  assert.equal(ledger.overdue('a', MINUTE, NOW + 4 * MINUTE - 1), 0);
  assert.equal(ledger.overdue('a', MINUTE, NOW + 4 * MINUTE), Number.POSITIVE_INFINITY);
  assert.equal(ledger.limits('a', NOW), false, 'but the cloud asked for nothing');
});

test('a call that came too soon waits five minutes, then twice as long each time, up to two hours', () => {
  const ledger = new CallHistory();
  const pauses = [5, 10, 20, 40, 80, 120, 120].map((minutes) => {
    ledger.limited('a', NOW);
    assert.equal(ledger.limits('a', NOW + minutes * MINUTE - 1), true);
    assert.equal(ledger.limits('a', NOW + minutes * MINUTE), false);
    return minutes;
  });
  assert.equal(pauses.length, 7);
  ledger.done('a', NOW);
  ledger.limited('a', NOW);
  assert.equal(ledger.limits('a', NOW + 5 * MINUTE), false, 'a success forgets it all');
});

test('what the cloud asks for is honoured when it is longer, within reason', () => {
  const ledger = new CallHistory();
  ledger.limited('a', NOW, 1000);
  assert.equal(ledger.limits('a', NOW + 5 * MINUTE - 1), true);
  ledger.limited('b', NOW, 30 * MINUTE);
  assert.equal(ledger.limits('b', NOW + 30 * MINUTE - 1), true);
  ledger.limited('c', NOW, 24 * 60 * MINUTE);
  assert.equal(ledger.limits('c', NOW + 120 * MINUTE), false);
});

test('a pause that seems to end in days, since the clock was set back, is over', () => {
  const ledger = new CallHistory();
  ledger.limited('a', NOW);
  assert.equal(ledger.limits('a', NOW - 24 * 60 * MINUTE), false);
});

test('it carries what it knows into another run, but nothing that is two days old', () => {
  const ledger = new CallHistory();
  ledger.done('old', NOW - 49 * 60 * MINUTE);
  ledger.done('recent', NOW - MINUTE);
  ledger.limited('limited', NOW);
  const memory = JSON.parse(JSON.stringify(ledger.snapshot(NOW)));
  assert.deepEqual(Object.keys(memory), ['recent', 'limited']);
  const next = new CallHistory();
  next.restore(memory);
  assert.equal(next.doneAt('recent'), NOW - MINUTE);
  assert.equal(next.limits('limited', NOW + MINUTE), true);
});
