import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ianaZone } from '../../src/base/calendar.ts';
import { definitionOf } from '../../src/catalogue.ts';
import type { Entity, Reading } from '../../src/model/reading.ts';
import { Store } from '../../src/store/store.ts';
import { virtualClock } from '../helpers/clock.ts';
import { instant } from './replay.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const plant: Entity = { id: 'plant', labels: { plant_id: '1' }, up: 'growatt_up' };
const inverter: Entity = {
  id: 'inverter',
  labels: { device_sn: 'A' },
  parent: 'plant',
  lastUpdate: 'growatt_last_update_timestamp_seconds',
  zone: ianaZone('Europe/Berlin'),
};
const stick: Entity = { id: 'stick', labels: { stick: 'shed' }, up: 'trucki_up' };

/** At noon in Berlin, in June. */
const NOON = instant('06-12 10:00');

function open(at: number, entities: readonly Entity[] = [plant, inverter, stick]) {
  const clock = virtualClock(at);
  const store = new Store({ clock, staleAfter: HOUR, definitionOf });
  store.apply('source', { type: 'entities', entities });
  const read = (reading: Reading) => store.apply('source', { type: 'reading', reading });
  return {
    clock,
    store,
    read,
    shown: () => Object.fromEntries(store.samples().map(({ metric, value }) => [metric, value])),
  };
}

const values = [
  { metric: 'growatt_current_power_watts', value: 4000 },
  { metric: 'growatt_inverter_status', value: 1 },
  { metric: 'growatt_energy_today_kwh', value: 12.5 },
  { metric: 'growatt_energy_total_kwh', value: 5000 },
];
const wallTime = instant('06-12 11:58');

/** A store in which everything was read at noon, and another one that starts `later` with what it knew. */
function restarted(later: number, change: (store: ReturnType<typeof open>) => void = () => {}) {
  const before = open(NOON);
  before.store.apply('source', { type: 'attempt', entity: 'plant', ok: true });
  before.read({ entity: 'inverter', values, wallTime });
  before.read({ entity: 'stick', values: [{ metric: 'trucki_meter_power_watts', value: -120 }] });
  change(before);
  const after = open(NOON + later);
  after.store.restore('source', JSON.parse(JSON.stringify(before.store.snapshot('source'))));
  return after;
}

const totals = {
  growatt_energy_today_kwh: 12.5,
  growatt_energy_total_kwh: 5000,
  growatt_last_update_timestamp_seconds: instant('06-12 09:58') / 1000,
};

test('a restart within a minute shows everything that was known, with its own times', () => {
  assert.deepEqual(restarted(MINUTE).shown(), {
    growatt_up: 1,
    growatt_current_power_watts: 4000,
    growatt_inverter_status: 1,
    ...totals,
    trucki_up: 1,
    trucki_meter_power_watts: -120,
  });
});

test('a source that was never tried has no up after a restart', () => {
  const before = open(NOON);
  const after = open(NOON);
  after.store.restore('source', JSON.parse(JSON.stringify(before.store.snapshot('source'))));
  assert.deepEqual(after.shown(), {});
  assert.equal(after.store.wasRestored('source'), false);
  assert.equal(restarted(MINUTE).store.wasRestored('source'), true);
});

test('what was down is down after a restart', () => {
  const after = restarted(MINUTE, ({ store }) => {
    store.apply('source', { type: 'attempt', entity: 'inverter', ok: false });
    store.polled('source', false);
  });
  assert.equal(after.shown().growatt_up, 0);
  assert.equal(after.shown().trucki_up, 0);
  assert.equal(after.shown().growatt_current_power_watts, 4000);
});

test('half an hour later the present power and status are unknown, until the next reading', () => {
  const after = restarted(31 * MINUTE);
  assert.deepEqual(after.shown(), {
    growatt_up: 1,
    ...totals,
    trucki_up: 1,
    trucki_meter_power_watts: -120,
  });
  after.read({ entity: 'inverter', values, wallTime: instant('06-12 12:30') });
  assert.equal(after.shown().growatt_current_power_watts, 4000);
});

test('readings that are restored age while the agent waits for its first poll', () => {
  const after = restarted(29 * MINUTE);
  assert.equal(after.shown().growatt_current_power_watts, 4000);
  after.clock.jump(2 * MINUTE);
  assert.equal(after.shown().growatt_current_power_watts, undefined);
});

test('after STALE_AFTER without contact a stick has no values either', () => {
  const after = restarted(HOUR + MINUTE);
  assert.deepEqual(after.shown(), { growatt_up: 1, ...totals, trucki_up: 1 });
});

test('a restart on the next day shows no energy of the day before', () => {
  assert.equal(restarted(13 * HOUR).shown().growatt_energy_today_kwh, undefined);
  assert.equal(restarted(13 * HOUR).shown().growatt_energy_total_kwh, 5000);
});

test('an inverter that slept before the restart sleeps after it', () => {
  const after = restarted(9 * HOUR, (before) => {
    for (let minutes = 0; minutes <= 8.9 * 60; minutes += 10) {
      before.clock.jump(10 * MINUTE);
      before.read({ entity: 'inverter', values, wallTime });
    }
  });
  assert.equal(after.shown().growatt_inverter_status, 0);
  assert.equal(after.shown().growatt_current_power_watts, undefined);
});

test('values of metrics that this version does not know are left out', () => {
  const before = open(NOON);
  before.read({ entity: 'inverter', values, wallTime });
  const snapshot = JSON.stringify(before.store.snapshot('source'));
  const after = open(NOON);
  after.store.restore('source', JSON.parse(snapshot.replaceAll('current_power_watts', 'former_watts')));
  assert.equal(Object.keys(after.shown()).includes('growatt_former_watts'), false);
  assert.equal(after.shown().growatt_energy_total_kwh, 5000);
});

test('the age of the very first reading decides, as of any other', () => {
  const first = (time: string, zone: Entity['zone'], lost = false) => {
    const { zone: _, ...unplaced } = inverter;
    const store = open(NOON, [zone ? { ...inverter, zone } : unplaced]);
    store.read({ entity: 'inverter', values, wallTime: Date.parse(time), lost });
    const { growatt_current_power_watts: power, growatt_inverter_status: status } = store.shown();
    return [power, status];
  };
  const berlin = ianaZone('Europe/Berlin');
  const gmt1 = { fixed: true, offsetAt: () => 60 };
  const present = [4000, 1];
  const asleep = [undefined, 0];
  for (const lost of [false, true]) assert.deepEqual(first('2026-06-12T11:50Z', berlin, lost), present);
  assert.deepEqual(first('2026-06-12T11:20Z', berlin), asleep);
  assert.deepEqual(first('2022-04-09T14:52:39Z', berlin), asleep);
  assert.deepEqual(first('2022-04-09T14:52:39Z', undefined), asleep, 'old in whatever zone');
  assert.deepEqual(first('2026-06-12T11:50Z', undefined), present);
  assert.deepEqual(first('2026-06-12T11:50Z', gmt1), present, 'summer time that the plant does not know');
  assert.deepEqual(first('2026-06-12T10:20Z', gmt1), asleep);
  assert.deepEqual(first('2026-06-12T11:50Z', gmt1, true), asleep, 'not connected, and perhaps an hour old');
});

test('an old first reading is followed by the present', () => {
  const { read, shown } = open(NOON);
  read({ entity: 'inverter', values, wallTime: Date.parse('2022-04-09T14:52:39Z') });
  assert.equal(shown().growatt_inverter_status, 0);
  read({ entity: 'inverter', values, wallTime });
  assert.equal(shown().growatt_inverter_status, 1);
});
