import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MeterProvider, type MetricReader } from '@opentelemetry/sdk-metrics';
import { catalogue, definitionOf } from '../../src/catalogue.ts';
import { renderText } from '../../src/export/text-format.ts';
import type { Entity } from '../../src/model/reading.ts';
import { Store } from '../../src/store/store.ts';
import { observeStore } from '../../src/telemetry/instruments.ts';
import { ObservableInstruments } from '../../src/telemetry/observable-instruments.ts';
import { ScrapeReader } from '../../src/telemetry/readers.ts';
import { virtualClock } from '../helpers/clock.ts';

const device = (sn: string): Entity => ({ id: sn, labels: { plant_id: '1', device_sn: sn } });

/** A store behind the real SDK, and what two readers of it say: each sample as it stands in the text. */
function setUp() {
  const store = new Store({ clock: virtualClock(), staleAfter: 0, definitionOf });
  const devices = new ObservableInstruments({ name: 'devices' });
  const readers = [new ScrapeReader([devices]), new ScrapeReader([devices])] as const;
  const provider = new MeterProvider({ readers: [...readers] });
  observeStore(devices.meter(provider.getMeter('devices')), store, catalogue);
  const scrape = async (reader: MetricReader = readers[0]) => {
    const { resourceMetrics, errors } = await reader.collect();
    assert.deepEqual(errors, []);
    const text = renderText(resourceMetrics, 'text');
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  };
  const say = (sn: string, power: number, total: number) => {
    const values = [
      { metric: 'growatt_current_power_watts', value: power },
      { metric: 'growatt_energy_total_kwh', value: total },
    ];
    store.apply('growatt', { type: 'reading', reading: { entity: sn, values } });
  };
  const list = (...sns: string[]) => store.apply('growatt', { type: 'entities', entities: sns.map(device) });
  return { store, scrape, say, list, readers };
}

const lines = (sn: string, power: number, total: number) => [
  `growatt_current_power_watts{plant_id="1",device_sn="${sn}"} ${power}`,
  `growatt_energy_total_kwh{plant_id="1",device_sn="${sn}"} ${total}`,
];

test('a removed device is gone from the next scrape of every reader, gauges and counters, and comes back', async () => {
  const { scrape, say, list, readers } = setUp();
  list('A', 'B');
  say('A', 1, 10);
  say('B', 2, 20);
  const both = [...lines('A', 1, 10), ...lines('B', 2, 20)].toSorted();
  for (const reader of readers) assert.deepEqual((await scrape(reader)).toSorted(), both);
  list('A');
  for (const reader of readers) assert.deepEqual(await scrape(reader), lines('A', 1, 10));
  assert.deepEqual(await scrape(), lines('A', 1, 10), 'and stays gone');
  list('A', 'B');
  say('B', 3, 21);
  for (const reader of readers) {
    assert.deepEqual(
      (await scrape(reader)).toSorted(),
      [...lines('A', 1, 10), ...lines('B', 3, 21)].toSorted(),
    );
  }
});

test('a value that is no longer said is gone, though the device stays', async () => {
  const { scrape, say, list, store } = setUp();
  list('A');
  say('A', 1, 10);
  await scrape();
  const values = [{ metric: 'growatt_energy_total_kwh', value: 11 }];
  store.apply('growatt', { type: 'reading', reading: { entity: 'A', values } });
  assert.deepEqual(await scrape(), lines('A', 1, 11).slice(1));
});

test('more series than the limit of the SDK, over time and at once, are no overflow', async () => {
  const { scrape, say, list } = setUp();
  for (let round = 0; round < 3; round++) {
    const sns = Array.from({ length: 900 }, (_, i) => `R${round}D${i}`);
    list(...sns);
    for (const sn of sns) say(sn, round, 1);
    const scraped = await scrape();
    assert.equal(scraped.length, 1800);
    assert.ok(!scraped.join().includes('overflow'));
  }
  const many = Array.from({ length: 2500 }, (_, i) => `X${i}`);
  list(...many);
  for (const sn of many) say(sn, 7, 8);
  const scraped = await scrape();
  assert.equal(scraped.filter((line) => line.endsWith(' 7')).length, 2500);
  assert.equal(scraped.filter((line) => line.endsWith(' 8')).length, 2500);
});

test('a total is shown as the device said it, not as the sum of its steps', async () => {
  const { scrape, say, list } = setUp();
  list('A');
  for (const total of [0.2, 0.9, 1.7, 12.1, 1043.7, 1043.8]) {
    say('A', 1, total);
    assert.deepEqual(await scrape(), lines('A', 1, total));
  }
});

test('a true reset of a total is shown as a reset', async () => {
  const { scrape, say, list } = setUp();
  list('A');
  for (const total of [5000, 0.1, 0.2]) {
    say('A', 1, total);
    assert.deepEqual(await scrape(), lines('A', 1, 5000));
  }
  say('A', 1, 0.3);
  assert.deepEqual(await scrape(), lines('A', 1, 0.3));
});

test('two scrapes with nothing new say the same', async () => {
  const { scrape, say, list } = setUp();
  list('A');
  say('A', 1, 10);
  const first = await scrape();
  assert.deepEqual(await scrape(), first);
});
