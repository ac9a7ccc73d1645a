import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ianaZone } from '../../src/base/calendar.ts';
import { definitionOf } from '../../src/catalogue.ts';
import type { Entity, SourceEvent, Value } from '../../src/model/reading.ts';
import { parseGmtZone } from '../../src/sources/growatt/zone.ts';
import { Store } from '../../src/store/store.ts';
import { virtualClock } from '../helpers/clock.ts';
import { instant } from './replay.ts';

const MINUTE = 60_000;

const plant: Entity = { id: 'plant', labels: { plant_id: '1' }, up: 'growatt_up' };
const inverter = (sn: string): Entity => ({
  id: sn,
  labels: { plant_id: '1', device_sn: sn },
  parent: 'plant',
});
const power = (entity: string, value: number): SourceEvent => ({
  type: 'reading',
  reading: { entity, values: [{ metric: 'growatt_current_power_watts', value }] },
});
const reading = (entity: string, ...values: Value[]): SourceEvent => ({
  type: 'reading',
  reading: { entity, values },
});

function setUp(...entities: Entity[]) {
  const clock = virtualClock();
  const store = new Store({ clock, staleAfter: 60 * MINUTE, definitionOf });
  store.apply('growatt', { type: 'entities', entities });
  return {
    clock,
    store,
    /** Each sample as `metric label=value … value`. */
    lines: () =>
      store.samples().map(({ metric, attributes, value }) => {
        const labels = Object.entries(attributes).map((pair) => pair.join('='));
        return [metric, ...labels, value].join(' ');
      }),
  };
}

test('a plant is up while it and all of its devices can be read', () => {
  const { store, lines } = setUp(plant, inverter('A'), inverter('B'));
  const up = () =>
    lines()
      .find((line) => line.startsWith('growatt_up'))
      ?.at(-1);
  assert.equal(up(), undefined, 'nothing was tried yet');
  store.apply('growatt', { type: 'attempt', entity: 'plant', ok: true });
  assert.equal(up(), '1');
  store.apply('growatt', { type: 'attempt', entity: 'B', ok: false });
  assert.equal(up(), '0');
  store.apply('growatt', power('A', 5));
  assert.equal(up(), '0', 'another device does not make up for it');
  store.apply('growatt', power('B', 5));
  assert.equal(up(), '1');
  store.apply('growatt', { type: 'attempt', entity: 'plant', ok: false });
  assert.equal(up(), '0');
});

test('while the source as a whole fails, nothing of it is up, and what is known stays', () => {
  const { store, lines, clock } = setUp(plant, inverter('A'));
  store.apply('growatt', { type: 'attempt', entity: 'plant', ok: true });
  store.apply('growatt', power('A', 5));
  store.polled('growatt', false);
  const known = 'growatt_current_power_watts plant_id=1 device_sn=A 5';
  assert.deepEqual(lines(), ['growatt_up plant_id=1 0', known]);
  clock.jump(59 * MINUTE);
  store.polled('growatt', false);
  assert.deepEqual(lines(), ['growatt_up plant_id=1 0', known]);
  clock.jump(MINUTE);
  assert.deepEqual(lines(), ['growatt_up plant_id=1 0']);
  store.polled('growatt', true);
  assert.deepEqual(lines(), ['growatt_up plant_id=1 1', known]);
});

test('an entity with an up of its own does not go down with the poll or with what belongs to it', () => {
  const account: Entity = { id: 'account', labels: { account: 'a' }, up: 'growatt_account_up', ownUp: true };
  const { store, lines } = setUp(account, { ...plant, parent: 'account' });
  store.apply('growatt', { type: 'attempt', entity: 'account', ok: true });
  store.apply('growatt', { type: 'attempt', entity: 'plant', ok: false });
  store.polled('growatt', false);
  assert.deepEqual(lines(), ['growatt_account_up account=a 1', 'growatt_up plant_id=1 0']);
  store.apply('growatt', { type: 'attempt', entity: 'account', ok: false });
  assert.deepEqual(lines(), ['growatt_account_up account=a 0', 'growatt_up plant_id=1 0']);
});

test('a source that never answered is down from its first failure on', () => {
  const { store, lines } = setUp(plant);
  assert.deepEqual(lines(), []);
  store.polled('growatt', false);
  assert.deepEqual(lines(), ['growatt_up plant_id=1 0']);
});

test('one source knows nothing of the failures of another', () => {
  const { store, lines } = setUp(plant, inverter('A'));
  store.apply('trucki/shed', {
    type: 'entities',
    entities: [{ id: 'stick', labels: { stick: 'shed' }, up: 'trucki_up' }],
  });
  store.apply('growatt', power('A', 5));
  store.polled('trucki/shed', false);
  assert.deepEqual(lines(), [
    'growatt_current_power_watts plant_id=1 device_sn=A 5',
    'trucki_up stick=shed 0',
  ]);
});

test('what is no longer listed is gone at once, what is listed again begins anew under the same name', () => {
  const { store, lines } = setUp(plant, inverter('A'), inverter('B'));
  store.apply('growatt', power('A', 5));
  store.apply('growatt', power('B', 6));
  store.apply('growatt', { type: 'entities', entities: [plant, inverter('A')] });
  assert.deepEqual(lines(), ['growatt_current_power_watts plant_id=1 device_sn=A 5']);
  store.apply('growatt', power('B', 7));
  assert.equal(lines().length, 1, 'a reading of a stranger is ignored');
  store.apply('growatt', { type: 'entities', entities: [plant, inverter('A'), inverter('B')] });
  assert.equal(lines().length, 1, 'its last reading is gone');
  store.apply('growatt', power('B', 8));
  assert.match(lines().join(), /device_sn=B 8/);
});

test('changes of some entities leave all others as they are', () => {
  const { store, lines } = setUp(plant, inverter('A'), inverter('B'));
  for (const sn of ['A', 'B']) store.apply('growatt', power(sn, 5));
  const moved = { ...inverter('B'), labels: { plant_id: '2', device_sn: 'B' } };
  store.apply('growatt', { type: 'entity-changes', changed: [moved, inverter('C')], gone: ['A', 'unknown'] });
  store.apply('growatt', power('A', 6));
  store.apply('growatt', power('C', 7));
  assert.deepEqual(lines(), [
    'growatt_current_power_watts plant_id=2 device_sn=B 5',
    'growatt_current_power_watts plant_id=1 device_sn=C 7',
  ]);
});

test('values of a device that is first listed without its plant move to the plant at once', () => {
  const { store, lines } = setUp({ id: 'A', labels: { plant_id: '', device_sn: 'A' } });
  const phase = { metric: 'growatt_ac_phase_voltage_volts', value: 230, labels: { phase: '1' } };
  store.apply('growatt', reading('A', { metric: 'growatt_current_power_watts', value: 5 }, phase));
  store.apply('growatt', { type: 'entities', entities: [plant, inverter('A')] });
  assert.deepEqual(lines(), [
    'growatt_current_power_watts plant_id=1 device_sn=A 5',
    'growatt_ac_phase_voltage_volts plant_id=1 device_sn=A phase=1 230',
  ]);
});

test('a list that is repeated changes nothing', () => {
  const { store, lines } = setUp(plant, inverter('A'));
  store.apply('growatt', power('A', 5));
  const before = lines();
  store.apply('growatt', { type: 'entities', entities: [plant, inverter('A')] });
  assert.deepEqual(lines(), before);
});

test('the series of an entity with the same labels have one attribute object, so that its text is made once', () => {
  const { store } = setUp(inverter('A'));
  const phase = (n: string, value: number) => ({
    metric: 'growatt_ac_phase_voltage_volts',
    value,
    labels: { phase: n },
  });
  const attributes = () => store.samples().map((sample) => sample.attributes);
  const totals = { metric: 'growatt_energy_total_kwh', value: 7 };
  const watts = { metric: 'growatt_current_power_watts', value: 1 };
  store.apply('growatt', reading('A', phase('1', 230), phase('2', 231), totals, watts));
  const [first, second, third, fourth] = attributes();
  assert.ok(third === fourth && first !== second && Object.isFrozen(first));
  store.apply('growatt', reading('A', phase('2', 232), phase('1', 233)));
  assert.ok(attributes()[0] === second && attributes()[1] === first);
});

test('the revision grows with every change and stands still without one', () => {
  const { store } = setUp(plant, inverter('A'));
  const changes = [
    () => store.apply('growatt', power('A', 1)),
    () => store.apply('growatt', { type: 'attempt', entity: 'A', ok: false }),
    () => store.polled('growatt', false),
    () => store.polled('growatt', true),
    () => store.apply('growatt', { type: 'entities', entities: [plant] }),
  ];
  for (const change of changes) {
    const before = store.revision;
    change();
    assert.ok(store.revision > before, String(change));
  }
  const last = store.revision;
  store.samples();
  store.apply('growatt', { type: 'attempt', entity: plant.id, ok: true });
  const tried = store.revision;
  assert.ok(tried > last, 'its first attempt is a change');
  store.apply('growatt', { type: 'attempt', entity: plant.id, ok: true });
  store.polled('growatt', true);
  assert.equal(store.revision, tried);
});

test('the reasons for which values were rejected are returned', () => {
  const { store } = setUp(inverter('A'));
  const total = (value: number) => ({ metric: 'growatt_energy_total_kwh', value });
  const unclear = { entity: 'A', values: [total(5)], rejections: ['implausible_value'] };
  const reasons = (event: SourceEvent) => store.apply('growatt', event).map(({ reason }) => reason);
  assert.deepEqual(reasons({ type: 'reading', reading: unclear }), ['implausible_value']);
  assert.deepEqual(store.apply('growatt', reading('A', total(4))), [
    { reason: 'total_fell', metric: 'growatt_energy_total_kwh', value: 4 },
  ]);
  assert.deepEqual(reasons(reading('stranger', total(3))), []);
});

test('a metric that the catalogue does not know is a mistake that shows', () => {
  const { store } = setUp(inverter('A'));
  assert.throws(
    () => store.apply('growatt', reading('A', { metric: 'growatt_typo', value: 1 })),
    /growatt_typo/,
  );
});

test('a restart restores the readings and the state of the guards', () => {
  const said = (time: string, ...values: Value[]): SourceEvent => ({
    type: 'reading',
    reading: { entity: 'A', values, wallTime: instant(time), producing: true },
  });
  const total = (value: number) => ({ metric: 'growatt_energy_total_kwh', value });
  const today = (value: number) => ({ metric: 'growatt_energy_today_kwh', value });
  const before = setUp(inverter('A'));
  before.store.apply('growatt', said('06-12 09:55', total(500), today(9)));
  const snapshot = JSON.parse(JSON.stringify(before.store.snapshot('growatt')));

  const after = setUp(inverter('A'));
  const { A } = snapshot.entities;
  after.store.restore('growatt', { ...snapshot, entities: { A, stranger: A } });
  assert.deepEqual(after.lines(), before.lines(), 'what was known is shown');
  const older = after.store.apply('growatt', said('06-12 09:00', total(499), today(8)));
  assert.deepEqual(older, [{ reason: 'older_reading' }]);
  assert.deepEqual(after.lines(), before.lines(), 'an older reading is still older');
  const fallen = after.store.apply('growatt', said('06-12 10:00', total(0), today(9)));
  assert.match(after.lines().join(), /growatt_energy_total_kwh.* 500/);
  assert.deepEqual(
    fallen.map(({ reason }) => reason),
    ['total_fell'],
  );
});

test('what is kept for a restart is that of one moment, however late it is written', () => {
  const { store } = setUp(inverter('A'));
  const said = (time: string, total: number, today: number): SourceEvent => ({
    type: 'reading',
    reading: {
      entity: 'A',
      values: [
        { metric: 'growatt_energy_total_kwh', value: total },
        { metric: 'growatt_energy_today_kwh', value: today },
      ],
      wallTime: instant(time),
    },
  });
  store.apply('growatt', said('06-12 09:55', 500, 9));
  const atOnce = JSON.stringify(store.snapshot('growatt'));
  const later = store.snapshot('growatt');
  store.apply('growatt', said('06-12 10:00', 501, 10));
  store.apply('growatt', said('06-12 10:05', 502, 11));
  assert.equal(JSON.stringify(later), atOnce);
  assert.notEqual(JSON.stringify(store.snapshot('growatt')), atOnce);
});

test('the time of a reading is shown in UTC, once the zone is known', () => {
  const clocked: Entity = { ...inverter('A'), lastUpdate: 'growatt_last_update_timestamp_seconds' };
  const stamps = (zone: Entity['zone'], utc: string, wall: string) => {
    const { store, clock, lines } = setUp(zone ? { ...clocked, zone } : clocked);
    clock.jump(instant(utc) - clock.now());
    store.apply('growatt', {
      type: 'reading',
      reading: { entity: 'A', values: [], wallTime: instant(wall) },
    });
    const [line] = lines();
    return (
      line && new Date(Number(line.split(' ').at(-1)) * 1000).toISOString().slice(5, 16).replace('T', ' ')
    );
  };
  const berlin = ianaZone('Europe/Berlin');
  const gmt1 = parseGmtZone('GMT+1');
  assert.equal(stamps(undefined, '06-12 10:02', '06-12 12:00'), undefined);
  assert.equal(stamps(berlin, '06-12 10:02', '06-12 12:00'), '06-12 10:00');
  assert.equal(
    stamps(gmt1, '06-12 10:02', '06-12 12:00'),
    '06-12 10:00',
    'summer time that the plant does not know',
  );
  assert.equal(stamps(gmt1, '01-12 11:02', '01-12 12:00'), '01-12 11:00');
  assert.equal(stamps(berlin, '06-12 10:02', '06-12 18:00'), '06-12 10:02', 'nobody has read the future');
  assert.equal(
    stamps(berlin, '10-25 00:32', '10-25 02:30'),
    '10-25 00:30',
    'the first pass of a repeated hour',
  );
  assert.equal(stamps(berlin, '10-25 01:32', '10-25 02:30'), '10-25 01:30');
});

test('the day that is expected of a plant is the one that was told last, until its source is removed', () => {
  const { store } = setUp();
  const day = { plant: '1', start: 0, step: 15 * MINUTE, watts: [1] };
  store.apply('forecast/1', { type: 'expected-day', day });
  store.apply('forecast/2', { type: 'expected-day', day: { ...day, plant: '2' } });
  store.apply('forecast/1', { type: 'expected-day', day: { ...day, watts: [2] } });
  assert.deepEqual(store.expectedDay('1')?.watts, [2]);
  assert.deepEqual(store.expectedDay('2')?.watts, [1]);
  store.remove('forecast/1');
  assert.equal(store.expectedDay('1'), undefined);
});
