import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ianaZone } from '../../../src/base/calendar.ts';
import { definitionOf } from '../../../src/catalogue.ts';
import { tariff } from '../../../src/derived/tariff/part.ts';
import { nodeFetch } from '../../../src/http/node-fetch.ts';
import type { Entity, Reading } from '../../../src/model/reading.ts';
import type { Source } from '../../../src/model/source.ts';
import { createWorld } from '../../../src/simulators/growatt/world.ts';
import { startPriceServer } from '../../../src/simulators/tariff/server.ts';
import { StoredPlantReadings } from '../../../src/store/plant-readings.ts';
import type { StoreSnapshot } from '../../../src/store/snapshot.ts';
import { Store } from '../../../src/store/store.ts';
import { load } from '../../config/support.ts';
import { plainContext } from '../../helpers/context.ts';
import { randomNumbers } from '../../soak/trouble.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const QUARTER = 15 * MINUTE;
/** Between two uploads of a datalogger. */
const STEP = 10 * MINUTE;
/** The clocks change on the 29th of March. */
const START = Date.parse('2026-03-11T23:00:00Z');
const END = START + 31 * DAY;
const ZONE = 'Europe/Berlin';
/** So low that some nights are below 0. */
const CHARGES = -0.085;
const TAX = 0.19;

/** A hybrid with a battery behind the meter of a house, beside an inverter without one. */
const HOME = {
  id: 1,
  name: 'Home',
  city: 'Berlin',
  country: 'Germany',
  latitude: 52.5,
  longitude: 13.4,
  peakPowerKw: 7.8,
  timezone: 'GMT+1',
  zone: ZONE,
  createDate: '2026-03-01',
  householdW: 900,
  oneHouse: true,
  devices: [
    { sn: 'MIN1', family: 'min', dataloggerSn: 'LOG1', peakPowerW: 4200, lifetimeKwhAtCreate: 812 },
    { sn: 'SPH1', family: 'sph', dataloggerSn: 'LOG2', peakPowerW: 3600, batteryKwh: 5 },
  ],
} as const;

/** Times at which nothing is read, and at which there are no prices to be had. */
const READING_OUTAGES = [[START + 20 * DAY, START + 20 * DAY + 55 * HOUR]] as const;
const PRICE_OUTAGES = [[START + 12 * DAY, START + 14 * DAY]] as const;
const isIn = (spans: readonly (readonly [number, number])[], at: number) =>
  spans.some(([from, to]) => at >= from && at < to);

/** What is counted, in the currency and in kWh. */
interface Sums {
  cost: number;
  credit: number;
  revenue: number;
  charge: number;
  saved: number;
  unpricedImport: number;
  unpricedExport: number;
}

const none = (): Sums => ({
  cost: 0,
  credit: 0,
  revenue: 0,
  charge: 0,
  saved: 0,
  unpricedImport: 0,
  unpricedExport: 0,
});

/** Price of export by the clock of Berlin: 0.05, on Sundays at noon −0.02. */
function exportPriceAt(at: number): number {
  const wall = new Date(at + ianaZone(ZONE).offsetAt(at) * MINUTE);
  return wall.getUTCDay() === 0 && wall.getUTCHours() >= 11 && wall.getUTCHours() < 15 ? -0.02 : 0.05;
}

test('over a month with restarts, outages, negative prices and a change of the clocks, money is the plain sum of what was reported, and that of the true meter', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'month-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  // Thousands of writes need not reach the disk.
  const file = await open(join(folder, 'any'), 'w');
  t.mock.method(Object.getPrototypeOf(file) as typeof file, 'sync', async () => {});
  await file.close();
  const random = randomNumbers(20260312);
  const clock = { at: START, now: () => clock.at, sleep: () => Promise.resolve() };
  const world = createWorld([HOME], { now: clock.now, uploadEvery: STEP, seed: 3 });
  const server = await startPriceServer({ now: clock.now });
  t.after(() => server.close());

  /** All prices that were ever answered, by the start of their quarter of an hour. */
  const answered = new Map<number, number>();
  const fetch: typeof nodeFetch = async (url, init) => {
    const response = await nodeFetch(url, init);
    const text = Buffer.concat(await Array.fromAsync(response.body ?? [])).toString();
    if (response.status === 200) {
      const { unix_seconds, price } = JSON.parse(text) as { unix_seconds: number[]; price: number[] };
      for (const [i, seconds] of unix_seconds.entries())
        answered.set(seconds * 1000, (price[i]! / 1000 + CHARGES) * (1 + TAX));
    }
    return new Response(text, { status: response.status });
  };

  const { derived } = load(
    `tariff:
  timezone: ${ZONE}
  import: {source: energy-charts, zone: DE-LU, charges: ${CHARGES}, tax: ${TAX}, base_url: ${server.url}}
  export: {price: 0.05, zones: [{days: Sun, hours: 11-15, price: -0.02}]}`,
    { TRUCKI_TARGETS: '192.0.2.1' },
  );

  const zone = ianaZone(ZONE);
  const entities: Entity[] = [
    { id: 'plant', labels: { plant_id: '1' }, zone, shared: { what: 'plant', id: '1' } },
    ...HOME.devices.map(({ sn }) => ({
      id: sn,
      labels: { plant_id: '1', device_sn: sn },
      lastUpdate: 'growatt_last_update_timestamp_seconds',
      zone,
    })),
  ];

  /** What a device reports of itself, in steps of 0.1 kWh. */
  function readingOf(sn: string): Reading {
    const { measurement } = world.view(world.device(sn)!);
    const { total, at, spec } = measurement;
    const kwh = (value: number) => Math.floor(value * 10 + 1e-6) / 10;
    const own = { growatt_energy_total_kwh: kwh(total.ac), growatt_pv_energy_total_kwh: kwh(total.pv) };
    const hybrid = {
      growatt_grid_import_energy_total_kwh: kwh(total.gridImport),
      growatt_grid_export_energy_total_kwh: kwh(total.gridExport),
      growatt_battery_charge_energy_total_kwh: kwh(total.charge),
      growatt_battery_discharge_energy_total_kwh: kwh(total.discharge),
    };
    const values = { ...own, ...(spec.batteryKwh > 0 && hybrid) };
    return {
      entity: sn,
      wallTime: at + zone.offsetAt(at) * MINUTE,
      producing: true,
      values: Object.entries(values).map(([metric, value]) => ({ metric, value })),
    };
  }

  let store: Store;
  let sources: readonly Source[];
  const warnings: string[] = [];
  const context = { ...plainContext(), warn: (message: string) => void warnings.push(message) };

  function boot(before: { readonly entities?: StoreSnapshot; readonly prices?: unknown } = {}): void {
    store = new Store({ clock, staleAfter: HOUR, definitionOf });
    store.apply('growatt/default', { type: 'entities', entities });
    if (before.entities) store.restore('growatt/default', before.entities);
    const known = new Map<string, unknown>();
    sources = tariff.create(derived.tariff, {
      clock,
      fetch,
      folder,
      isSharded: false,
      readings: new StoredPlantReadings({ store, clock }),
      observer: () => ({ attempted() {}, retried() {} }),
      shared: <T>(key: string, create: () => T): T => {
        if (!known.has(key)) known.set(key, create());
        return known.get(key) as T;
      },
    });
    if (before.prices) sources[0]?.restore?.(before.prices);
    for (const { name } of sources) store.apply(name, { type: 'entities', entities: [] });
  }

  /** What the samples of the store are, as sums. */
  function shown(): Sums {
    const value = (metric: string, labels: Readonly<Record<string, string>> = { currency: 'EUR' }) =>
      store
        .samples()
        .find(
          (sample) =>
            sample.metric === metric &&
            Object.entries(labels).every(([name, text]) => sample.attributes[name] === text),
        )?.value ?? Number.NaN;
    return {
      cost: value('solar_import_cost_total'),
      credit: value('solar_import_credit_total'),
      revenue: value('solar_export_revenue_total'),
      charge: value('solar_export_charge_total'),
      saved: value('solar_savings_total'),
      unpricedImport: value('solar_unpriced_energy_kwh_total', { direction: 'import' }),
      unpricedExport: value('solar_unpriced_energy_kwh_total', { direction: 'export' }),
    };
  }

  /** Adds an energy to sums, by each second: nothing of the way in which the agent does it. */
  function add(kwh: number, from: number, to: number, priceAt: (at: number) => number | undefined) {
    const sums = { positive: 0, negative: 0, unpriced: 0 };
    if (kwh === 0) return sums;
    const count = Math.max(1, Math.round((to - from) / 1000));
    const prices = Array.from({ length: count }, (_, i) => priceAt(to <= from ? to : from + i * 1000 + 500));
    const known = prices.filter((price) => price !== undefined);
    const mean = known.reduce((sum, price) => sum + price, 0) / known.length;
    for (const price of prices) {
      const effective = price !== undefined && to - from > 48 * HOUR ? mean : price;
      if (effective === undefined) sums.unpriced += kwh / count;
      else if (effective < 0) sums.negative -= (kwh / count) * effective;
      else sums.positive += (kwh / count) * effective;
    }
    return sums;
  }

  const plain = none();
  const last = { at: 0, anyAt: 0, import: 0, export: 0, own: 0, highestOwn: 0 };
  const importPriceAt = (at: number) => answered.get(Math.floor(at / QUARTER) * QUARTER);

  /** The plain sum over what is reported now. */
  function sumUp(readings: readonly Reading[]): void {
    const value = (sn: string, metric: string) =>
      readings.find(({ entity }) => entity === sn)?.values.find((each) => each.metric === metric)?.value ?? 0;
    const takenAt = (sn: string) => {
      const wall = readings.find(({ entity }) => entity === sn)?.wallTime ?? 0;
      return wall - zone.offsetAt(wall - 2 * HOUR) * MINUTE;
    };
    const at = takenAt('SPH1');
    const anyAt = Math.max(at, takenAt('MIN1'));
    const gridImport = value('SPH1', 'growatt_grid_import_energy_total_kwh');
    const gridExport = value('SPH1', 'growatt_grid_export_energy_total_kwh');
    const own =
      value('MIN1', 'growatt_energy_total_kwh') +
      value('SPH1', 'growatt_pv_energy_total_kwh') -
      value('SPH1', 'growatt_battery_charge_energy_total_kwh') +
      value('SPH1', 'growatt_battery_discharge_energy_total_kwh') -
      gridExport;
    if (last.at > 0) {
      const paid = add(gridImport - last.import, last.at, at, importPriceAt);
      plain.cost += paid.positive;
      plain.credit += paid.negative;
      plain.unpricedImport += paid.unpriced;
      const earned = add(gridExport - last.export, last.at, at, exportPriceAt);
      plain.revenue += earned.positive;
      plain.charge += earned.negative;
      plain.unpricedExport += earned.unpriced;
      const grown = Math.max(0, own - last.highestOwn);
      plain.saved += add(grown, last.anyAt, anyAt, importPriceAt).positive;
    }
    last.highestOwn = last.at > 0 ? Math.max(last.highestOwn, own) : own;
    if (last.at > 0) addTruth(last.at, at);
    Object.assign(last, { at, anyAt, import: gridImport, export: gridExport });
  }

  /** What flowed in truth, at the prices of its time in steps of 5 minutes; of two days and more, at their mean. */
  const truth = none();
  function addTruth(from: number, to: number): void {
    const isLong = to - from > 48 * HOUR;
    const step = isLong ? to - from : 5 * MINUTE;
    for (let at = from; at < to; at += step) {
      const end = Math.min(to, at + step);
      const hybrid = world.device('SPH1')!.history.between(at, end);
      const other = world.device('MIN1')!.history.between(at, end);
      const own = other.ac + hybrid.pv - hybrid.charge + hybrid.discharge - hybrid.gridExport;
      const paid = add(hybrid.gridImport, at, end, importPriceAt);
      const earned = add(hybrid.gridExport, at, end, exportPriceAt);
      truth.cost += paid.positive;
      truth.credit += paid.negative;
      truth.unpricedImport += paid.unpriced;
      truth.revenue += earned.positive;
      truth.charge += earned.negative;
      truth.saved += add(own, at, end, importPriceAt).positive;
    }
  }

  async function pollAll(): Promise<void> {
    for (const source of sources) {
      try {
        for await (const event of source.poll(context)) store.apply(source.name, event);
      } catch (error) {
        assert.match(String(error), /price: .* answered HTTP 500/);
      }
    }
  }

  boot();
  let restartAt = START + 3 * HOUR;
  let outageUntil = START;
  let [restarts, outages] = [0, 0];
  let before = none();
  for (; clock.at <= END; clock.at += STEP) {
    if (clock.at >= restartAt) {
      restarts++;
      restartAt = clock.at + (1 + random() * 8) * HOUR;
      // A third of them are crashes, after which what was known of devices is not there.
      const isCrash = random() < 0.33;
      const entitiesBefore = JSON.parse(JSON.stringify(store!.snapshot('growatt/default')));
      const prices: unknown = JSON.parse(JSON.stringify(sources![0]?.snapshot?.()));
      boot({ ...(isCrash ? {} : { entities: entitiesBefore }), prices });
    }
    if (random() < 0.004) {
      outages++;
      outageUntil = clock.at + random() ** 2 * 2 * HOUR;
    }
    server.faults.clear();
    if (isIn(PRICE_OUTAGES, clock.at))
      server.faults.next({ kind: 'http-500', times: Number.POSITIVE_INFINITY });
    const isRead = clock.at >= outageUntil && !isIn(READING_OUTAGES, clock.at);
    const readings = HOME.devices.map(({ sn }) => readingOf(sn));
    if (isRead) {
      for (const reading of readings) store!.apply('growatt/default', { type: 'reading', reading });
    }
    clock.at += 2000;
    await pollAll();
    if (isRead) sumUp(readings);
    const now = shown();
    for (const key of Object.keys(now) as (keyof Sums)[]) {
      if (Number.isNaN(now[key])) assert.equal(before[key], 0, key);
      else assert.ok(now[key] >= before[key], `${key} fell from ${before[key]} to ${now[key]}`);
    }
    before = Object.values(now).some(Number.isNaN) ? none() : now;
    clock.at -= 2000;
  }
  // What is newer than the last write is shown after the next one.
  for (let round = 0; round < 2; round++) {
    clock.at += MINUTE;
    await pollAll();
  }
  const counted = shown();
  const cents = (sums: Sums) =>
    Object.fromEntries(Object.entries(sums).map(([key, value]) => [key, Math.round(value * 100)]));
  assert.deepEqual(cents(counted), cents(plain));
  const deviations = [
    counted.cost - counted.credit - (truth.cost - truth.credit),
    counted.revenue - counted.charge - (truth.revenue - truth.charge),
    counted.saved - truth.saved,
  ];
  const sizes = [truth.cost, truth.revenue, truth.saved];
  for (const [i, deviation] of deviations.entries())
    assert.ok(Math.abs(deviation) < 0.005 * sizes[i]!, `${deviation} of ${sizes[i]}`);

  // All that the month was to have has happened.
  assert.ok(restarts > 100 && outages > 5, `${restarts} restarts, ${outages} outages`);
  for (const key of ['cost', 'credit', 'revenue', 'charge', 'saved', 'unpricedImport'] as const)
    assert.ok(counted[key] > 0.01, key);
  assert.equal(counted.unpricedExport, 0);
  assert.equal(warnings.length, 3);
  for (const warning of warnings) assert.match(warning, /in 55 hours without readings have the mean price/);
});
