import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedZone } from '../../src/base/calendar.ts';
import { definitionOf } from '../../src/catalogue.ts';
import type { Entity } from '../../src/model/reading.ts';
import { StoredPlantReadings } from '../../src/store/plant-readings.ts';
import { Store } from '../../src/store/store.ts';
import { virtualClock } from '../helpers/clock.ts';

const PLACE = { latitude: 52.5, longitude: 13.4 };
const POWER = 'growatt_plant_power_watts';

function setUp() {
  const clock = virtualClock();
  const store = new Store({ clock, staleAfter: 0, definitionOf });
  const readings = new StoredPlantReadings({ store, clock });
  const list = (...entities: Entity[]) => void store.apply('growatt/a', { type: 'entities', entities });
  const read = (entity: string, value: number) =>
    void store.apply('growatt/a', {
      type: 'reading',
      reading: { entity, values: [{ metric: POWER, value }] },
    });
  const powersOf = (id: string) =>
    readings
      .samplesOf(id)
      .filter(({ metric }) => metric === POWER)
      .map(({ value }) => value);
  return { clock, store, readings, list, read, powersOf };
}

const listed = (id: string, more: Partial<Entity> = {}): Entity => ({
  id: `plant/${id}`,
  labels: { plant_id: id },
  shared: { what: 'plant', id },
  ...more,
});
const data = (id: string, more: Partial<Entity> = {}): Entity => ({
  id: `data/${id}`,
  labels: { plant_id: id },
  ...more,
});

test('a plant has the place that its source lists, and the zone of any of its entities', () => {
  const { readings, list } = setUp();
  const zone = fixedZone(60);
  list(data('7', { zone }), listed('7', { place: PLACE }), data('8'), listed('9'));
  assert.deepEqual(Object.fromEntries(readings.plants()), {
    7: { id: '7', zone, place: PLACE },
    9: { id: '9' },
  });
});

test('a plant that is described anew is seen at once', () => {
  const { readings, list, store } = setUp();
  list(listed('7'));
  assert.deepEqual([...readings.plants().keys()], ['7']);
  list(listed('7', { place: PLACE }), listed('9'));
  assert.deepEqual(readings.plants().get('7')?.place, PLACE);
  assert.ok(readings.plants().has('9'));
  store.apply('growatt/a', { type: 'entity-changes', changed: [], gone: ['plant/9'] });
  assert.ok(!readings.plants().has('9'));
  store.remove('growatt/a');
  assert.equal(readings.plants().size, 0);
});

test('two accounts that list one plant, one of them without its place, give it one', () => {
  const { readings, list, store } = setUp();
  list(listed('7', { place: PLACE }));
  store.apply('growatt/b', { type: 'entities', entities: [listed('7')] });
  assert.deepEqual(readings.plants().get('7')?.place, PLACE);
});

test('the samples of a plant are those of no other, and a second old at most', async () => {
  const { clock, list, read, powersOf } = setUp();
  list(data('7'), data('8'));
  read('data/7', 100);
  read('data/8', 200);
  assert.deepEqual(powersOf('7'), [100]);
  assert.deepEqual(powersOf('8'), [200]);
  assert.deepEqual(powersOf('9'), []);
  read('data/7', 101);
  assert.deepEqual(powersOf('7'), [100], 'what many sources ask for within a moment is worked out once');
  await clock.pass(1000);
  assert.deepEqual(powersOf('7'), [101]);
});

test('a plant that is listed again as it was, and devices that come and go, are no change of the plants', () => {
  const { store, list } = setUp();
  const change = (changed: Entity[], gone: string[] = []) =>
    void store.apply('growatt/a', { type: 'entity-changes', changed, gone });
  list(listed('7', { place: PLACE }));
  const before = store.plantRevision;
  change([listed('7', { place: { ...PLACE } }), data('7')]);
  change([], ['data/7']);
  assert.equal(store.plantRevision, before);
  change([listed('7', { place: { latitude: 1, longitude: 2 } })]);
  assert.equal(store.plantRevision, before + 1);
  change([listed('8')], ['plant/7']);
  assert.equal(store.plantRevision, before + 3);
  store.remove('growatt/a');
  assert.equal(store.plantRevision, before + 4);
});
