import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedZone, ianaZone } from '../../../src/base/calendar.ts';
import { tariff } from '../../../src/derived/tariff/part.ts';
import type { Fetch } from '../../../src/http/fetch.ts';
import type { KnownPlant } from '../../../src/model/derived.ts';
import type { ShownSample } from '../../../src/model/overview.ts';
import type { Source } from '../../../src/model/source.ts';
import { load } from '../../config/support.ts';
import { eventsOf, plainContext, valuesOf } from '../../helpers/context.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-06-12T10:00:00Z');
const BERLIN = ianaZone('Europe/Berlin');

type Totals = Readonly<Record<string, readonly [imported: number, exported: number, takenAt?: number]>>;

/** The sources of a tariff over plants that a test describes. */
function start(yaml: string, plants: readonly KnownPlant[] = [{ id: '1', zone: BERLIN }], fetch?: Fetch) {
  const clock = { at: START, now: () => clock.at, sleep: () => Promise.resolve() };
  const listed = new Map(plants.map((plant) => [plant.id, plant]));
  let samples: readonly ShownSample[] = [];
  const last = new Map<Source, Readonly<Record<string, number>>>();
  const warnings: string[] = [];
  const reports: (readonly [string, string | undefined])[] = [];
  const context = {
    ...plainContext(),
    warn: (message: string) => void warnings.push(message),
    report: (...report: readonly [string, string | undefined]) => void reports.push(report),
  };
  const known = new Map<string, unknown>();
  const tools: Parameters<typeof tariff.create>[1] = {
    clock,
    fetch: fetch ?? (() => Promise.reject(new Error('no network'))),
    folder: undefined,
    isSharded: false,
    readings: { plants: () => listed, samplesOf: (id) => (id === '1' ? samples : []) },
    observer: () => ({ attempted() {}, retried() {} }),
    shared: <T>(key: string, create: () => T): T => {
      if (!known.has(key)) known.set(key, create());
      return known.get(key) as T;
    },
  };
  const create = (text = yaml) => {
    const config = load(`tariff:\n${text.replaceAll(/^/gm, '  ')}`, { TRUCKI_TARGETS: '192.0.2.1' });
    return tariff.create(config.derived.tariff, tools);
  };
  return {
    clock,
    listed,
    warnings,
    reports,
    context,
    create,
    sources: create(),
    /** Lets devices show totals, taken now. */
    show(totals: Totals, takenAt = clock.at) {
      samples = Object.entries(totals).flatMap(([device_sn, [imported, exported, at = takenAt]]) => {
        const attributes = { plant_id: '1', device_sn };
        return [
          { metric: 'growatt_grid_import_energy_total_kwh', attributes, value: imported },
          { metric: 'growatt_grid_export_energy_total_kwh', attributes, value: exported },
          { metric: 'growatt_last_update_timestamp_seconds', attributes, value: at / 1000 },
        ];
      });
    },
    /** Lets an inverter without a meter show its AC energy. */
    showAc(kwh: number) {
      const attributes = { plant_id: '1', device_sn: 'A' };
      samples = [{ metric: 'growatt_energy_total_kwh', attributes, value: kwh }];
    },
    /** What a source has said of plant 1 after one more poll, by `metric{labels}`. */
    async poll(source: Source) {
      if (!last.has(source)) last.set(source, {});
      for await (const event of source.poll(context)) {
        if (event.type === 'reading' && event.reading.entity === 'plant/1')
          last.set(source, valuesOf(event.reading));
      }
      return last.get(source)!;
    },
  };
}

const COST = 'solar_import_cost_total{currency="EUR"}';

test('there is a source for each direction that has a price, and none without a tariff', () => {
  const names = (yaml: string) => start(yaml).sources.map(({ name }) => name);
  assert.deepEqual(names('currency: EUR\nimport: 0.3\nexport: 0.1'), ['tariff/import', 'tariff/export']);
  assert.deepEqual(names('currency: EUR\nexport: 0.1'), ['tariff/export']);
  assert.deepEqual(names('currency: EUR'), []);
});

test('the price of now is shown of each plant, by the clock of its own place unless the tariff has one', async () => {
  const zones = 'currency: EUR\nimport: {price: 0.3, zones: [{hours: "12-13", price: 0.2}]}';
  const plants = [{ id: '1', zone: BERLIN }, { id: '2', zone: ianaZone('Asia/Tokyo') }, { id: '3' }];
  const pricesOf = async (yaml: string) => {
    const { sources, context } = start(yaml, plants);
    const events = await eventsOf(sources[0]!, context);
    return events.flatMap((event) =>
      event.type === 'reading' ? [Object.values(valuesOf(event.reading))[0]] : [],
    );
  };
  assert.deepEqual(await pricesOf(zones), [0.2, 0.3, undefined]);
  assert.deepEqual(await pricesOf(`timezone: Europe/Berlin\n${zones}`), [0.2, 0.2, 0.2]);
});

test('a zone without summer time, or none at all, is told once where prices have times', async () => {
  const zones = 'currency: EUR\nimport: {price: 0.3, zones: [{hours: "12-13", price: 0.2}]}';
  const told = async (yaml: string, plant: KnownPlant) => {
    const { sources, show, poll, warnings } = start(yaml, [plant]);
    show({ A: [1, 1] });
    for (let round = 0; round < 3; round++) await poll(sources[0]!);
    return warnings;
  };
  const fixed = { id: '1', zone: fixedZone(60) };
  assert.deepEqual(await told(zones, fixed), [
    'the zone of plant 1 knows no summer time: set tariff.timezone, else the times of prices may be an hour off',
  ]);
  assert.deepEqual(await told(zones, { id: '1' }), [
    'the zone of plant 1 is not known: set tariff.timezone, else its money is not counted',
  ]);
  assert.deepEqual(await told(zones, { id: '1', zone: BERLIN }), []);
  assert.deepEqual(await told(`timezone: Europe/Berlin\n${zones}`, fixed), []);
  assert.deepEqual(await told('currency: EUR\nimport: 0.3', fixed), []);
});

test('no entity is there before the first poll, and those of plants come and go with them', async () => {
  const { sources, listed, context } = start('currency: EUR\nimport: 0.3');
  const [source] = sources;
  assert.deepEqual(source?.entities, []);
  const listings = async () => {
    const events = await eventsOf(source!, context);
    return events.flatMap((event) => (event.type === 'entities' ? [event.entities.map(({ id }) => id)] : []));
  };
  assert.deepEqual(await listings(), [['plant/1']]);
  assert.deepEqual(await listings(), []);
  listed.set('2', { id: '2' });
  assert.deepEqual(await listings(), [['plant/1', 'plant/2']]);
  listed.delete('1');
  assert.deepEqual(await listings(), [['plant/2']]);
});

test('what has not changed is not said again', async () => {
  const { sources, context, show, clock } = start('currency: EUR\nimport: 0.3');
  const count = async () =>
    (await eventsOf(sources[0]!, context)).filter(({ type }) => type === 'reading').length;
  show({ A: [10, 0] });
  const counts = [await count(), await count()];
  clock.at += MINUTE;
  show({ A: [11, 0] });
  counts.push(await count(), await count());
  assert.deepEqual(counts, [1, 0, 1, 0]);
});

test('a reading that came while the agent was down has the time that it states', async () => {
  const { sources, show, poll, clock, create } = start(
    'currency: EUR\ntimezone: UTC\nimport: {price: 1, zones: [{hours: "11-24", price: 0}]}',
  );
  show({ A: [10, 0] });
  await poll(sources[0]!);
  clock.at += HOUR;
  const later = create()[0]!;
  clock.at += 30 * MINUTE;
  show({ A: [12, 0] }, START + HOUR);
  assert.equal((await poll(later))[COST], 2);
});

test('a change of the currency begins other series, of the same plant', async () => {
  const { sources, show, poll, clock, create } = start('currency: EUR\nimport: 0.3');
  show({ A: [10, 0] });
  await poll(sources[0]!);
  clock.at += MINUTE;
  show({ A: [20, 0] });
  assert.equal((await poll(sources[0]!))[COST], 3);
  const [other] = create('currency: CHF\nimport: 0.2');
  clock.at += MINUTE;
  show({ A: [30, 0] });
  const shown = await poll(other!);
  assert.equal(shown[COST], undefined);
  assert.equal(shown['solar_import_cost_total{currency="CHF"}'], 2);
});

test('devices of one plant that count very different amounts are told once', async () => {
  const { sources, show, poll, clock, warnings } = start('currency: EUR\nimport: 0.3');
  for (let step = 0; step < 100; step++) {
    clock.at += MINUTE;
    show({ A: [1000 + step, 0], B: [50 + step / 10, 0], C: [1 + 0.95 * step, 0] });
    await poll(sources[0]!);
  }
  assert.deepEqual(warnings, [
    'plant 1: B counted much less import than another device; a plant is taken for one connection to the grid, of which the highest count is priced',
  ]);
});

test('one that is silent is not told to count less', async () => {
  const { sources, show, poll, clock, warnings } = start('currency: EUR\nimport: 0.3');
  for (let step = 0; step < 100; step++) {
    clock.at += MINUTE;
    show({ A: [1000 + step, 0], B: [50, 0, START] });
    await poll(sources[0]!);
  }
  show({ A: [1099, 0], B: [149, 0] });
  await poll(sources[0]!);
  assert.deepEqual(warnings, []);
});

test('without plants it looks for them each 5 seconds, and says once after an hour that there are none', async () => {
  const { sources, poll, clock, warnings, listed } = start('currency: EUR\nimport: 0.3', []);
  const [source] = sources;
  for (const minutes of [0, 59, 61, 90]) {
    clock.at = START + minutes * MINUTE;
    await poll(source!);
    assert.equal(warnings.length, minutes < 60 ? 0 : 1);
  }
  assert.match(
    warnings[0] ?? '',
    /^there is no plant whose energy could be priced; the meter of a Trucki stick/,
  );
  assert.equal(source?.interval(), 5000);
  listed.set('1', { id: '1', zone: BERLIN });
  await poll(source!);
  assert.equal(source?.interval(), MINUTE);
});

test('that a plant counts nothing at the grid is told once, after a day', async () => {
  const { sources, showAc, poll, clock, warnings } = start('currency: EUR\nimport: 0.3\nexport: 0.1');
  for (const hours of [0, 23]) {
    clock.at = START + hours * HOUR;
    showAc(100 + hours);
    const shown = await poll(sources[0]!);
    assert.deepEqual(Object.keys(shown), ['solar_energy_price{currency="EUR",direction="import"}']);
    assert.deepEqual(warnings, []);
  }
  for (const hours of [24, 25]) {
    clock.at = START + hours * HOUR;
    await poll(sources[0]!);
  }
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', /^plant 1: no device counts over its lifetime what is drawn from the grid/);
});

test('while the prices that are known last, a failure of the market is only a condition', async () => {
  let isDown = false;
  const hours = Array.from({ length: 40 }, (_, hour) => START / 1000 + hour * 3600);
  const prices = { unix_seconds: hours, price: hours.map(() => 100), unit: 'EUR / MWh' };
  const fetch: Fetch = async () => new Response(JSON.stringify(prices), { status: isDown ? 403 : 200 });
  const { sources, poll, clock, reports } = start(
    'import: {source: energy-charts, zone: DE-LU}',
    undefined,
    fetch,
  );
  await poll(sources[0]!);
  isDown = true;
  clock.at = START + 7 * HOUR;
  const shown = await poll(sources[0]!);
  assert.equal(shown['solar_energy_price{currency="EUR",direction="import"}'], 0.1);
  const condition = reports.findLast(([subject]) => subject === 'prices')?.[1];
  assert.match(condition ?? '', /answered HTTP 403; the prices that are known are used$/);
  clock.at = START + 41 * HOUR;
  await assert.rejects(poll(sources[0]!), { kind: 'refused' });
});

test('a market that fails is a failure of the source only once its prices have run out', async () => {
  let isDown = false;
  const prices = { unix_seconds: [START / 1000, START / 1000 + 900], price: [100, 200], unit: 'EUR / MWh' };
  const fetch: Fetch = async () => new Response(JSON.stringify(prices), { status: isDown ? 403 : 200 });
  const { sources, poll, clock, reports } = start(
    'import: {source: energy-charts, zone: DE-LU}',
    undefined,
    fetch,
  );
  const price = async () =>
    (await poll(sources[0]!))['solar_energy_price{currency="EUR",direction="import"}'];
  assert.equal(await price(), 0.1);
  isDown = true;
  clock.at = START + 29 * MINUTE;
  assert.equal(await price(), 0.2);
  // The next day is not known: in the afternoon it is asked for again.
  clock.at = START + 3 * HOUR;
  await assert.rejects(poll(sources[0]!), { kind: 'refused', message: /answered HTTP 403/ });
  isDown = false;
  clock.at += 20 * MINUTE;
  assert.equal(await price(), undefined);
  assert.equal(reports.at(-1)?.[0], 'price of now');
  assert.match(reports.at(-1)?.[1] ?? '', /has none for now: energy is not priced/);
});

test('prices of another source are not taken over by a restart', async () => {
  const answer = { unix_seconds: [START / 1000], price: [100], unit: 'EUR / MWh' };
  const fetch: Fetch = async () => new Response(JSON.stringify(answer));
  const { sources, poll, create, clock } = start(
    'import: {source: energy-charts, zone: DE-LU}',
    undefined,
    fetch,
  );
  await poll(sources[0]!);
  const kept = sources[0]!.snapshot?.();
  const asked = clock.at;
  const same = create()[0]!;
  same.restore?.(kept);
  assert.deepEqual(same.snapshot?.(), kept);
  const other = create('import: {source: energy-charts, zone: AT}')[0]!;
  other.restore?.(kept);
  assert.deepEqual(other.snapshot?.(), { of: 'energy-charts AT', answeredAt: undefined, prices: [] });
  assert.equal(clock.at, asked);
});
