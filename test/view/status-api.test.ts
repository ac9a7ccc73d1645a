import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as z from 'zod';
import { statusFields, statusReference } from '../../src/docs/status-api.ts';
import { statusJson } from '../../src/export/status-json.ts';
import type { ShownSample } from '../../src/model/overview.ts';
import type { DayWorth } from '../../src/view/day-worth.ts';
import { statusView } from '../../src/view/status-api.ts';
import { curveView, statusViewOf } from '../../src/view/status-view.ts';
import { someStatus } from '../export/fake-surface.ts';
import { device, fleetSamples, moneyOf, NOW, overviewOf, plant } from './support.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

const day = (watts: number) => new Float32Array(288).fill(Number.NaN).fill(watts, 100, 102);
const curve = { today: day(1.4), yesterday: day(2) };

async function viewWith(...samples: readonly (readonly ShownSample[])[]) {
  const failing = { name: 'x/y', state: 'failing', circuit: 'open', intervalSeconds: 5 } as const;
  const more = { lastSuccess: 1, nextPoll: 2, problem: 'p', advice: 'a', failures: 5, plants: 1, devices: 2 };
  const status = {
    ...someStatus,
    shard: { index: 0, count: 2, sources: 4 },
    sources: [...someStatus.sources, { ...failing, ...more }],
  };
  const overview = await overviewOf(...samples);
  return statusViewOf({
    status,
    overview,
    titleOf: (name) => name,
    curveOf: () => curve,
    worthOf: () => undefined,
    now: NOW,
  });
}

/** The schema without room for a field that is not documented. */
function strict(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape).map(([key, part]) => [key, strict(part as z.ZodType)]);
    return z.strictObject(Object.fromEntries(shape));
  }
  if (schema instanceof z.ZodArray) return z.array(strict(schema.element as z.ZodType));
  return schema instanceof z.ZodOptional ? strict(schema.unwrap() as z.ZodType).optional() : schema;
}

test('docs/status-api.md is what `npm run docs` makes of the schema', () => {
  assert.equal(read('../../docs/status-api.md'), statusReference());
});

test('every field is described', () => {
  const bare = statusFields().filter(({ description, type }) => !description && !/object/.test(type));
  assert.deepEqual(bare, []);
});

test('no field that was ever documented is gone or optional since', () => {
  const now = new Map(statusFields().map(({ path, ...field }) => [path, field]));
  const fields: Record<string, { optional: boolean }> = JSON.parse(read('fixtures/fields.json'));
  for (const [path, { optional }] of Object.entries(fields)) {
    assert.ok(now.has(path), `${path} is gone`);
    assert.ok(optional || !now.get(path)?.isOptional, `${path} may be absent now`);
  }
  assert.equal(Object.keys(fields).length, now.size, 'a new field belongs into fixtures/fields.json');
});

test('what is answered has the documented shape, and no field beyond it', async () => {
  const samples = [
    plant('1', 'Home'),
    device('1', 'A', { current_power_watts: 5, grid_import_power_watts: 3 }),
  ];
  const view = await viewWith(...samples, [{ metric: 'trucki_up', attributes: { stick: 's' }, value: 1 }]);
  const answered = JSON.parse(await statusJson(view));
  assert.deepEqual(strict(statusView).parse(answered), answered);
  assert.deepEqual(answered, JSON.parse(JSON.stringify(view)));
  assert.deepEqual(answered.plants[0].curve, curveView(curve));
  assert.deepEqual(answered.plants[0].curve.today.slice(99, 103), [null, 1, 1, null]);
  assert.throws(() => strict(statusView).parse({ ...answered, more: 1 }));
});

test('what the day is worth is added up where all plants have one currency, and says since when it counts', async () => {
  const worthsOf = async (currencies: readonly string[], days: readonly (DayWorth | undefined)[]) => {
    const plants = currencies.map((currency, i) => [
      plant(String(i), 'P'),
      moneyOf(String(i), currency, 2.5),
    ]);
    const overview = await overviewOf(...plants.flat());
    const view = { status: someStatus, overview, titleOf: String, curveOf: () => undefined, now: NOW };
    const { worth, plants: shown } = statusViewOf({ ...view, worthOf: (id) => days[Number(id)] });
    return [worth, ...shown.map((one) => one.worth)];
  };
  const eur = (more: object = {}, total = 10) => ({ currency: 'EUR', total, ...more });
  assert.deepEqual(await worthsOf(['EUR', 'EUR'], [{ today: 1.00004 }, { today: 2, since: 5000 }]), [
    eur({ today: 3, since: 5 }, 20),
    eur({ today: 1 }),
    eur({ today: 2, since: 5 }),
  ]);
  assert.deepEqual(await worthsOf(['EUR', 'EUR'], [{ today: 1 }, undefined]), [
    eur({}, 20),
    eur({ today: 1 }),
    eur(),
  ]);
  const [together] = await worthsOf(['EUR', 'SEK'], [{ today: 1 }, { today: 2 }]);
  assert.equal(together, undefined);
  assert.deepEqual(await worthsOf([], []), [undefined]);
});

test('the JSON of a fleet has every plant, without curves', async () => {
  const view = await viewWith(fleetSamples(1000));
  const answered = JSON.parse(await statusJson(view));
  assert.equal(answered.plants.length, 1000);
  assert.equal(
    answered.plants.some((row: object) => 'curve' in row),
    false,
  );
  assert.deepEqual(answered.sticks, []);
});
