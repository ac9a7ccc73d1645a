import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OTHER } from '../../../src/metrics/growatt/inverter-status.ts';
import { foldCase } from '../../../src/sources/growatt/answer.ts';
import { keysOf } from '../../../src/sources/growatt/expressions.ts';
import { busFamilies } from '../../../src/sources/growatt/families/bus.ts';
import type { Family } from '../../../src/sources/growatt/families/family.ts';
import { families } from '../../../src/sources/growatt/families/index.ts';
import { v4Families } from '../../../src/sources/growatt/families/v4.ts';
import { extract, type FieldRow } from '../../../src/sources/growatt/fields.ts';
import { plantDataRows } from '../../../src/sources/growatt/plant-data.ts';
import { valuesOf } from '../../helpers/context.ts';

type Values = Readonly<Record<string, number>>;

/**
 * An answer in which no key of the family's table is 0 and no two are equal, written by hand from what is known of
 * the family, and what must come of it. Keys that are not in the table must not be read.
 */
interface Case {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly values: Values;
  /** What changes in the values when these keys change; null for a key that is missing. */
  readonly variants: readonly {
    readonly change: Readonly<Record<string, unknown>>;
    readonly values: Values;
  }[];
  /** Optional features that every device of the family has. */
  readonly features?: readonly string[];
  /** `growatt_inverter_status` for each raw status; any other one is 4. */
  readonly statuses?: Values;
}

const FOLDER = join(import.meta.dirname, 'answers');
const caseOf = (word: string): Case => JSON.parse(readFileSync(join(FOLDER, `${word}.json`), 'utf8'));

const all: readonly Family[] = [
  ...families.values(),
  ...v4Families.values(),
  ...busFamilies.map(({ family }) => family),
];
const tables: readonly (readonly [word: string, rows: readonly FieldRow[]])[] = [
  ...all.map(({ word, fields }) => [word, fields] as const),
  ['plant', plantDataRows],
];

function read(rows: readonly FieldRow[], answer: Case['answer']) {
  const { values, rejections } = extract(rows, foldCase(answer), new Set());
  assert.deepEqual(rejections, []);
  return valuesOf({ entity: '', values });
}

for (const [word, rows] of tables) {
  test(`${word}: each quantity is read from its key`, () => {
    const { answer, values, variants } = caseOf(word);
    assert.deepEqual(read(rows, answer), values);
    for (const { change, values: changed } of variants) {
      assert.deepEqual(
        read(rows, { ...answer, ...change }),
        { ...values, ...changed },
        JSON.stringify(change),
      );
    }
  });

  test(`${word}: every key of the table has a number of its own in the case`, () => {
    const { answer, variants } = caseOf(word);
    const given = [answer, ...variants.map(({ change }) => change)].flatMap((keys) => Object.keys(keys));
    const known = new Set(given.map((key) => key.toLowerCase()));
    for (const [metric, keys] of rows) {
      for (const key of keysOf(keys)) assert.ok(known.has(key.toLowerCase()), `${metric}: ${key}`);
    }
    const numbers = Object.values(answer)
      .filter((value) => value !== '')
      .map(Number)
      .filter(Number.isFinite);
    assert.ok(!numbers.includes(0));
    assert.deepEqual(
      numbers.filter((number, i) => numbers.indexOf(number) !== i),
      [],
      'come twice',
    );
  });
}

for (const { word, status, features } of all) {
  test(`${word}: every raw status has its meaning, and the family its features`, () => {
    const { statuses, features: expected } = caseOf(word);
    assert.deepEqual(features, expected);
    assert.equal(status === undefined, statuses === undefined);
    for (let code = -5; code <= 300; code++) {
      assert.equal(status?.[code] ?? OTHER, statuses?.[code] ?? 4, `status ${code}`);
    }
  });
}

test('every case belongs to a table', () => {
  const words = readdirSync(FOLDER).map((name) => name.replace(/\.json$/, ''));
  assert.deepEqual(words.toSorted(), tables.map(([word]) => word).toSorted());
});
