import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fixedZone, ianaZone, wallTimeAt, type Zone } from '../../src/base/calendar.ts';
import { definitionOf } from '../../src/catalogue.ts';
import type { Entity } from '../../src/model/reading.ts';
import { Store } from '../../src/store/store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One of each validity, for each entity. */
const METRICS = [
  'growatt_current_power_watts',
  'growatt_inverter_status',
  'growatt_energy_today_kwh',
  'growatt_battery_charge_energy_today_kwh',
  'growatt_energy_month_kwh',
  'growatt_energy_year_kwh',
  'growatt_energy_total_kwh',
];

/** Something happens, or only time passes. */
type Step = (now: number) => ((store: Store) => unknown)[];

const zones: readonly (Zone | undefined)[] = [
  undefined,
  fixedZone(60),
  fixedZone(-210),
  ...['Europe/Berlin', 'Australia/Lord_Howe', 'America/Santiago', 'Africa/Cairo'].map(ianaZone),
];

const id = fc.constantFrom('plant', 'A', 'B');
const restored = (entity: string) => ({ entity, ...(entity === 'A' && { lost: true }) });

/** What the source of an entity in any zone may say. */
const said = (zone: Zone | undefined): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc
        .record({
          entity: id,
          value: fc.integer({ min: 1, max: 9 }),
          /** How old the reading is, by a clock that may be an hour wrong. */
          age: fc.constantFrom(0, MINUTE, 20 * MINUTE, 50 * MINUTE, 5 * HOUR, 30 * HOUR, -HOUR, -20 * MINUTE),
          live: fc.boolean(),
          holdsFor: fc.constantFrom(undefined, HOUR),
        })
        .map(
          ({ entity, value, age, live, holdsFor }): Step =>
            (now) => {
              const wallTime = wallTimeAt(zone ?? fixedZone(0), now) - age;
              const values = METRICS.map((metric) => ({ metric, value }));
              const reading = {
                ...restored(entity),
                values,
                ...(!live && { wallTime }),
                ...(holdsFor !== undefined && { holdsFor }),
              };
              return [(store) => store.apply('source', { type: 'reading', reading })];
            },
        ),
    },
    fc.tuple(id, fc.constantFrom('fails', 'answers', 'sleeps')).map(
      ([entity, outcome]): Step =>
        () => {
          const asleep = outcome === 'sleeps';
          const event = { type: 'attempt', entity, ok: outcome !== 'fails', asleep } as const;
          return [(store) => store.apply('source', event)];
        },
    ),
    fc.boolean().map(
      (ok): Step =>
        () => [(store) => store.polled('source', ok)],
    ),
    fc.constant<Step>(() => [
      (store) => {
        const snapshot = JSON.parse(JSON.stringify(store.snapshot('source')));
        store.restore('source', snapshot);
      },
    ]),
    { weight: 3, arbitrary: fc.constant<Step>(() => []) },
  );

const pause = fc.oneof(
  fc.constantFrom(0, 1, MINUTE, 15 * MINUTE, 30 * MINUTE - 1, 30 * MINUTE, HOUR - 1, HOUR, -HOUR, -MINUTE),
  fc.integer({ min: 0, max: 30 * HOUR }),
);

const story = fc.record({
  zone: fc.constantFrom(...zones),
  /** Near changes of the clock, of the day, the month and the year in one zone or another. */
  start: fc.constantFrom(
    ...['2026-03-28T20:00Z', '2026-10-24T20:00Z', '2026-04-04T10:00Z', '2026-09-05T20:00Z'].map(Date.parse),
    ...['2026-12-31T21:30Z', '2026-06-12T10:00Z', '2026-10-29T20:30Z'].map(Date.parse),
  ),
});

const entities = (zone: Zone | undefined): Entity[] =>
  ['plant', 'A', 'B'].map((entity) => ({
    id: entity,
    labels: { device_sn: entity },
    up: 'growatt_up',
    lastUpdate: 'growatt_last_update_timestamp_seconds',
    ...(entity !== 'plant' && { parent: 'plant' }),
    ...(zone && { zone }),
  }));

/** A store, and the clock that it goes by. */
function createStore(zone: Zone | undefined) {
  const clock = { at: 0, now: () => clock.at, sleep: async () => {} };
  const store = new Store({ clock, staleAfter: HOUR, definitionOf });
  store.apply('source', { type: 'entities', entities: entities(zone) });
  return { clock, store };
}

test('what is kept while the revision stays is what a fresh look shows, whatever happens and however time goes', () => {
  const steps = story.chain(({ zone, start }) =>
    fc.tuple(
      fc.constant({ zone, start }),
      fc.array(fc.tuple(pause, said(zone)), { minLength: 5, maxLength: 25 }),
    ),
  );
  fc.assert(
    fc.property(steps, ([{ zone, start }, rows]) => {
      const kept = createStore(zone);
      const past: [at: number, apply: (store: Store) => unknown][] = [];
      let shown = { revision: Number.NaN, samples: kept.store.samples() };
      let now = start;
      for (const [wait, step] of rows) {
        now += wait;
        kept.clock.at = now;
        for (const apply of step(now)) {
          apply(kept.store);
          past.push([now, apply]);
        }
        const { revision } = kept.store;
        if (revision !== shown.revision) shown = { revision, samples: kept.store.samples() };
        const fresh = createStore(zone);
        for (const [at, apply] of past) {
          fresh.clock.at = at;
          apply(fresh.store);
        }
        fresh.clock.at = now;
        assert.deepEqual(shown.samples, fresh.store.samples(), `at ${new Date(now).toISOString()}`);
      }
    }),
    { numRuns: 300 },
  );
});

test('a reader that looks later does not hide an expiry from another one', () => {
  const { clock, store } = createStore(undefined);
  store.polled('source', true);
  const reading = {
    entity: 'A',
    values: [{ metric: 'growatt_current_power_watts', value: 1 }],
    holdsFor: HOUR,
  };
  store.apply('source', { type: 'reading', reading });
  const first = store.revision;
  assert.equal(store.samples().length, 2);
  clock.at = 2 * HOUR;
  assert.equal(store.samples().length, 1);
  assert.ok(store.revision > first);
});

test('while nothing is new, the revision changes only when something expires', () => {
  const berlin = ianaZone('Europe/Berlin');
  const { clock, store } = createStore(berlin);
  clock.at = Date.parse('2026-06-12T10:00Z');
  const values = METRICS.map((metric) => ({ metric, value: 1 }));
  const reading = { entity: 'A', values, wallTime: wallTimeAt(berlin, clock.at), holdsFor: HOUR };
  store.apply('source', { type: 'reading', reading });
  const changes: string[] = [];
  for (let revision = store.revision; clock.at < Date.parse('2026-06-14T10:00Z'); clock.at += MINUTE) {
    store.samples();
    if (store.revision !== revision) changes.push(new Date(clock.at).toISOString().slice(5, 16));
    revision = store.revision;
  }
  assert.deepEqual(changes, ['06-12T11:01', '06-12T21:00', '06-12T22:00', '06-13T21:00', '06-13T22:00']);
});
