import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { addDays } from '../../src/base/calendar.ts';
import { catalogue, definitionOf } from '../../src/catalogue.ts';
import { RenderedMetrics } from '../../src/export/rendered-metrics.ts';
import type { Entity } from '../../src/model/reading.ts';
import { Store } from '../../src/store/store.ts';
import { observeStore } from '../../src/telemetry/instruments.ts';
import { createProvider } from '../../src/telemetry/provider.ts';
import { virtualClock } from '../helpers/clock.ts';

const PLANTS = Array.from({ length: 500 }, (_, i) => String(2_000_000 + i));
const FIRST_DAY = '2026-01-01';
const DAYS = 240;
/** Days of a plant that are exposed at a time. */
const KEPT = 7;

const dayEntity = (plant: string, date: string): Entity => ({
  id: `plant/${plant}/${date}`,
  labels: { plant_id: plant, date },
});

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('240 days of daily history of 500 plants leave the heap as large as the first weeks', async (t) => {
  const store = new Store({ clock: virtualClock(), staleAfter: 0, definitionOf });
  const { provider, deviceReader, ownReader, deviceMeter } = createProvider();
  t.after(() => provider.shutdown());
  observeStore(deviceMeter, store, catalogue);
  const rendered = new RenderedMetrics({
    devices: () => deviceReader.collect(),
    own: () => ownReader.collect(),
    revision: () => store.revision,
  });
  const live = (day: number) => Math.min(day + 1, KEPT) * PLANTS.length;
  const used: number[] = [];
  for (let day = 0; day < DAYS; day++) {
    const date = addDays(FIRST_DAY, day);
    const changed = PLANTS.map((plant) => dayEntity(plant, date));
    const gone = PLANTS.map((plant) => dayEntity(plant, addDays(FIRST_DAY, day - KEPT)).id);
    store.apply('growatt', { type: 'entity-changes', changed, gone });
    for (const { id } of changed) {
      const values = [
        { metric: 'growatt_daily_energy_kwh', value: day + 0.5 },
        { metric: 'growatt_daily_peak_power_watts', value: 5000 + day },
      ];
      store.apply('growatt', { type: 'reading', reading: { entity: id, values } });
    }
    const text = String(await rendered.get('text'));
    assert.equal(text.match(/^growatt_daily_energy_kwh\{/gm)?.length, live(day));
    if (day % 40 === 39) used.push(heapUsed());
  }
  // Of 160 000 series that came and went, the 40 days to the first measurement bring those that stay.
  const growth = used.at(-1)! - used[0]!;
  assert.ok(growth < 2_000_000, `${used.map((bytes) => Math.round(bytes / 1000))} kB`);
});
