import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ianaZone } from '../../../src/base/calendar.ts';
import { definitionOf } from '../../../src/catalogue.ts';
import { tariff } from '../../../src/derived/tariff/part.ts';
import type { Entity } from '../../../src/model/reading.ts';
import { StoredPlantReadings } from '../../../src/store/plant-readings.ts';
import { Store } from '../../../src/store/store.ts';
import { load } from '../../config/support.ts';
import { plainContext } from '../../helpers/context.ts';

const MINUTE = 60_000;
const START = Date.parse('2026-06-12T10:00:00Z');
const TOTAL = 'growatt_grid_import_energy_total_kwh';

test('a device that is read in the cloud and locally by turns is priced once, whichever of them is late', async () => {
  const clock = { at: START, now: () => clock.at, sleep: () => Promise.resolve() };
  const store = new Store({ clock, staleAfter: 60 * MINUTE, definitionOf });
  const zone = ianaZone('Europe/Berlin');
  const labels = { plant_id: '1', device_sn: 'A' };
  const plant: Entity = { id: 'plant', labels: { plant_id: '1' }, zone, shared: { what: 'plant', id: '1' } };
  const listed: Entity = {
    id: 'A',
    labels,
    zone,
    lastUpdate: 'growatt_last_update_timestamp_seconds',
    shared: { what: 'device', id: 'A' },
  };
  const way = { freshFor: 90_000, plantIsGiven: false, zoneIsGiven: false };
  const local: Entity = { id: 'A', labels, zone, shared: { what: 'device', id: 'A', local: way } };
  store.apply('growatt/default', { type: 'entities', entities: [plant, listed] });
  store.apply('modbus/roof', { type: 'entities', entities: [local] });
  const { derived } = load('tariff: {currency: EUR, import: 0.5}', { TRUCKI_TARGETS: '192.0.2.1' });
  const [source] = tariff.create(derived.tariff, {
    clock,
    fetch: () => Promise.reject(new Error('no network')),
    folder: undefined,
    isSharded: false,
    readings: new StoredPlantReadings({ store, clock }),
    observer: () => ({ attempted() {}, retried() {} }),
    shared: (_key, create) => create(),
  });
  const cost = () =>
    store.samples().find(({ metric }) => metric === 'solar_import_cost_total')?.value ?? Number.NaN;

  const energyAt = (at: number) => 1000 + Math.floor((at - START) / MINUTE) / 10;
  let [before, handOvers, wasLocal] = [0, 0, true];
  for (let minute = 0; minute <= 240; minute++) {
    clock.at = START + minute * MINUTE;
    // The cloud is five minutes late; locally it answers but in each third half-hour.
    const isLocal = Math.floor(minute / 30) % 3 !== 2;
    if (isLocal !== wasLocal) handOvers++;
    wasLocal = isLocal;
    if (minute % 5 === 0) {
      const takenAt = clock.at - 5 * MINUTE;
      const wallTime = takenAt + zone.offsetAt(takenAt) * MINUTE;
      const values = [{ metric: TOTAL, value: energyAt(takenAt) }];
      store.apply('growatt/default', { type: 'reading', reading: { entity: 'A', wallTime, values } });
    }
    if (isLocal) {
      const values = [
        { metric: TOTAL, value: energyAt(clock.at) },
        { metric: 'growatt_ac_frequency_hz', value: 50 + (minute % 7) / 100 },
      ];
      store.apply('modbus/roof', { type: 'reading', reading: { entity: 'A', values } });
    } else store.apply('modbus/roof', { type: 'attempt', entity: 'A', ok: false });
    store.polled('modbus/roof', isLocal);
    for await (const event of source!.poll(plainContext())) store.apply(source!.name, event);
    assert.ok(!(cost() < before), `${cost()} after ${before}`);
    before = cost();
  }
  assert.ok(handOvers >= 4);
  // The first reading is where it begins; the last half-hours are read in the cloud or locally.
  const shown = store.samples().find(({ metric }) => metric === TOTAL)?.value ?? 0;
  const first = energyAt(START);
  assert.ok(Math.abs(cost() - (shown - first) * 0.5) < 1e-6, `${cost()} of ${shown - first} kWh`);
});
