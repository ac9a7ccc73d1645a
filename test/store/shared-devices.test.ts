import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedZone } from '../../src/base/calendar.ts';
import { definitionOf } from '../../src/catalogue.ts';
import type { Entity, LocalWay } from '../../src/model/reading.ts';
import { plantFigures } from '../../src/sources/modbus/metrics.ts';
import { Store } from '../../src/store/store.ts';
import { virtualClock } from '../helpers/clock.ts';

const MINUTE = 60_000;
const SERIAL = 'AB12345678';
const LOCAL: LocalWay = { freshFor: 90_000, plantIsGiven: false, zoneIsGiven: false };

type Values = Readonly<Record<string, number>>;

/** A store over an account that lists a device, and a local way to the same one. */
function setUp({ local = LOCAL, plant = 'roof', staleAfter = 60 * MINUTE } = {}) {
  const clock = virtualClock();
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const store = new Store({ clock, staleAfter, definitionOf, warn });
  const zone = fixedZone(120);
  const device = (plant_id: string, way?: LocalWay): Entity[] => {
    const labels = { plant_id, device_sn: SERIAL };
    const of = (what: 'device' | 'device-info') => ({ what, id: SERIAL, ...(way && { local: way }) });
    return [
      { id: 'd', labels, zone, ratedPower: 6000, shared: of('device') },
      { id: 'i', labels, shared: of('device-info') },
    ];
  };
  const plantOf = (id: string, serials?: readonly string[]): Entity => ({
    id: 'p',
    labels: { plant_id: id },
    shared: {
      what: 'plant',
      id,
      ...(serials && {
        local: {
          plantIsGiven: local.plantIsGiven,
          serials: () => serials,
          size: 1,
          historyDays: 0,
          figures: plantFigures,
        },
      }),
    },
  });
  const read = (source: string, entity: string, values: Values, labels?: Record<string, string>) => {
    const list = Object.entries(values).map(([name, value]) => ({
      metric: `growatt_${name}`,
      value,
      ...(labels && { labels }),
    }));
    const rejected = store.apply(source, { type: 'reading', reading: { entity, values: list } });
    store.polled(source, true);
    return rejected;
  };
  const info = { device_type: 'min', model: '' };
  return {
    clock,
    store,
    warnings,
    list: () => store.apply('cloud', { type: 'entities', entities: [...device('7'), plantOf('7')] }),
    unlist: () => store.apply('cloud', { type: 'entities', entities: [] }),
    find: () =>
      store.apply('local', {
        type: 'entities',
        entities: [...device(plant, local), plantOf(plant, [SERIAL])],
      }),
    cloud: (values: Values) => read('cloud', 'd', values),
    local: (values: Values) => read('local', 'd', values),
    infos: () => {
      read('cloud', 'i', { device_info: 1 }, { ...info, model: 'MIN 6000TL-X' });
      read('local', 'i', { device_info: 1 }, { ...info, model: 'MIN TL-X' });
      read('local', 'p', { plant_info: 1 }, { plant_name: 'roof', location: '', peak_power_kw: '' });
    },
    fail: (source: string) => store.polled(source, false),
    sleep: () => store.apply('local', { type: 'attempt', entity: 'd', ok: true, asleep: true }),
    pass: (ms: number) => clock.pass(ms),
    /** Values by metric; a series that is there twice fails. */
    shown: (): Values => {
      const samples = store.samples();
      const series = samples.map(({ metric, attributes }) => `${metric} ${JSON.stringify(attributes)}`);
      assert.equal(new Set(series).size, series.length, series.join('\n'));
      return Object.fromEntries(samples.map(({ metric, value }) => [metric.replace('growatt_', ''), value]));
    },
    plants: () => new Set(store.samples().map(({ attributes }) => attributes.plant_id)),
  };
}

const both = { current_power_watts: 1000, energy_total_kwh: 500 };

test('a device that is read locally and in the cloud is shown once: local values while they are fresh', async () => {
  const { list, find, cloud, local, shown, pass } = setUp();
  list();
  find();
  cloud(both);
  assert.equal(shown().current_power_watts, 1000);
  local({ current_power_watts: 1200, energy_total_kwh: 500.1 });
  assert.deepEqual(shown(), { current_power_watts: 1200, energy_total_kwh: 500.1 });
  cloud({ current_power_watts: 1100, energy_total_kwh: 500 });
  assert.equal(shown().current_power_watts, 1200);
  await pass(89_999);
  assert.equal(shown().current_power_watts, 1200);
  await pass(1);
  assert.equal(shown().current_power_watts, 1100);
});

test('when the local way fails, the cloud shows at once, and the revision says so', () => {
  const { list, find, cloud, local, fail, shown, store } = setUp();
  list();
  find();
  cloud(both);
  local({ current_power_watts: 1200, energy_total_kwh: 500.1 });
  shown();
  const before = store.revision;
  fail('local');
  assert.notEqual(store.revision, before);
  assert.equal(shown().current_power_watts, 1000);
});

test('freshness that ends is a new revision', async () => {
  const { list, find, cloud, local, shown, pass, store } = setUp();
  list();
  find();
  cloud(both);
  local(both);
  shown();
  const before = store.revision;
  await pass(89_999);
  assert.equal(store.revision, before);
  await pass(1);
  assert.notEqual(store.revision, before);
});

test('a counter does not fall at the change-over: it waits until the other way has caught up', async () => {
  const { list, find, cloud, local, fail, shown, pass } = setUp();
  list();
  find();
  cloud({ energy_total_kwh: 500 });
  local({ energy_total_kwh: 500.4 });
  assert.equal(shown().energy_total_kwh, 500.4);
  fail('local');
  assert.equal(shown().energy_total_kwh, 500.4);
  cloud({ energy_total_kwh: 500.2 });
  assert.equal(shown().energy_total_kwh, 500.4);
  await pass(5 * MINUTE);
  cloud({ energy_total_kwh: 500.5 });
  assert.equal(shown().energy_total_kwh, 500.5);
  local({ energy_total_kwh: 500.4 });
  assert.equal(shown().energy_total_kwh, 500.5);
  await pass(MINUTE);
  local({ energy_total_kwh: 500.6 });
  assert.equal(shown().energy_total_kwh, 500.6);
});

test('a reset that the guard of a way has believed is shown, also while that way catches up', () => {
  const { list, find, cloud, local, fail, shown } = setUp();
  list();
  find();
  cloud({ energy_total_kwh: 500 });
  local({ energy_total_kwh: 501 });
  shown();
  fail('local');
  assert.equal(shown().energy_total_kwh, 501);
  for (const value of [0.1, 0.1, 0.2]) cloud({ energy_total_kwh: value });
  assert.equal(shown().energy_total_kwh, 0.2);
});

test('guards are kept for each way: a total that is believed in the cloud is not for that believed locally', () => {
  const { list, find, cloud, local } = setUp();
  list();
  find();
  cloud({ energy_total_kwh: 500 });
  assert.deepEqual(local({ energy_total_kwh: 400 }), []);
  assert.deepEqual(
    local({ energy_total_kwh: 300 }).map(({ reason }) => reason),
    ['total_fell'],
  );
});

test('what only the cloud knows is added as far as it lasts; a power of half an hour ago is not', () => {
  const { list, find, cloud, local, shown } = setUp();
  list();
  find();
  cloud({ energy_total_kwh: 500, grid_import_energy_total_kwh: 70, grid_import_power_watts: 30 });
  local({ current_power_watts: 1200 });
  assert.deepEqual(shown(), {
    current_power_watts: 1200,
    energy_total_kwh: 500,
    grid_import_energy_total_kwh: 70,
  });
});

test('a local inverter that sleeps is fresh: the last power of the cloud does not come back in the evening', async () => {
  const { list, find, cloud, local, sleep, pass, shown } = setUp();
  list();
  find();
  cloud({ ...both, inverter_status: 1 });
  local({ ...both, inverter_status: 1 });
  for (let poll = 0; poll < 20; poll++) {
    sleep();
    await pass(30_000);
    assert.deepEqual(shown(), { energy_total_kwh: 500, inverter_status: 0 });
  }
});

test('the plant is that of the account, and its zone; information comes from the account', () => {
  const { list, find, cloud, local, infos, store, plants, warnings } = setUp();
  find();
  local(both);
  assert.deepEqual([...plants()], ['roof']);
  list();
  cloud(both);
  infos();
  assert.deepEqual([...plants()], ['7']);
  const information = store.samples().filter(({ metric }) => metric.endsWith('_info'));
  assert.deepEqual(
    information.map(({ metric, attributes }) => [metric, attributes.model]),
    [['growatt_device_info', 'MIN 6000TL-X']],
  );
  assert.deepEqual(warnings, []);
});

test('a configured plant labels the series of the cloud too, and one warning says so', () => {
  const { list, find, cloud, local, infos, plants, store, warnings } = setUp({
    local: { ...LOCAL, plantIsGiven: true },
    plant: '9',
  });
  list();
  cloud(both);
  find();
  local(both);
  infos();
  list();
  assert.deepEqual([...plants()], ['9']);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /AB12345678 is in plant 7 of cloud, and its plant_id is configured as 9/);
  assert.ok(store.samples().some(({ metric }) => metric === 'growatt_plant_info'));
});

test('a device that the account no longer lists is shown as the local one that it then is', () => {
  const { list, unlist, find, local, cloud, plants, shown } = setUp();
  list();
  find();
  cloud(both);
  local({ current_power_watts: 1200 });
  unlist();
  assert.deepEqual([...plants()], ['roof']);
  assert.deepEqual(shown(), { current_power_watts: 1200 });
});

test('local series wait until every account has listed its devices, or has failed to', () => {
  const { store, find, local, shown } = setUp();
  let isWaiting = true;
  store.waitForLists(() => isWaiting);
  find();
  local(both);
  assert.deepEqual(shown(), {});
  const before = store.revision;
  isWaiting = false;
  assert.notEqual(store.revision, before);
  assert.deepEqual(shown(), { ...both, plant_power_watts: 1000, plant_energy_total_kwh: 500 });
});

test('a device is read locally while it is listed and local values are fresh', async () => {
  const { store, list, find, local, fail, pass } = setUp();
  find();
  local(both);
  assert.equal(store.isReadLocally(SERIAL), false);
  list();
  assert.equal(store.isReadLocally(SERIAL), true);
  await pass(90_000);
  assert.equal(store.isReadLocally(SERIAL), false);
  local(both);
  fail('local');
  assert.equal(store.isReadLocally(SERIAL), false);
});

test('a counter does not fall over a restart with another way', async () => {
  const first = setUp();
  first.list();
  first.find();
  first.cloud({ energy_total_kwh: 500 });
  first.local({ energy_total_kwh: 500.4 });
  first.shown();
  const saved = JSON.parse(JSON.stringify([first.store.snapshot('cloud'), first.store.snapshot('local')]));
  const { store, list, find, cloud, fail, shown, pass } = setUp();
  list();
  find();
  store.restore('cloud', saved[0]);
  store.restore('local', saved[1]);
  fail('local');
  assert.equal(shown().energy_total_kwh, 500.4);
  await pass(5 * MINUTE);
  cloud({ energy_total_kwh: 500.5 });
  assert.equal(shown().energy_total_kwh, 500.5);
});

test('a source that is removed leaves a device that the other one shows alone', () => {
  const { store, list, find, local, cloud, plants, shown } = setUp();
  list();
  find();
  cloud({ current_power_watts: 1000 });
  local({ current_power_watts: 1200 });
  store.remove('cloud');
  assert.deepEqual([...plants()], ['roof']);
  assert.equal(shown().current_power_watts, 1200);
  list();
  cloud({ current_power_watts: 1000 });
  store.remove('local');
  assert.deepEqual([...plants()], ['7']);
  assert.deepEqual(shown(), { current_power_watts: 1000 });
});
