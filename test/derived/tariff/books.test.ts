import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Books } from '../../../src/derived/tariff/books.ts';
import type { Account } from '../../../src/derived/tariff/ledger.ts';

const START = Date.parse('2026-06-12T10:00:00Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function startFolder(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'money-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const clock = { at: START, now: () => clock.at };
  const warnings: string[] = [];
  const warn = (message: string) => void warnings.push(message);
  const path = join(folder, 'money.json');
  return { folder, path, clock, warnings, warn, books: (where = folder) => new Books(where, clock) };
}

const account = (cost: bigint, seenAt = START): Account => ({
  seenAt,
  grid: {
    at: START,
    total: 3,
    counters: { 'A growatt_grid_import_energy_total_kwh': { last: 9, peak: 9 } },
    grown: { 'A growatt_grid_import_energy_total_kwh': 3 },
  },
  money: { EUR: { positive: cost, negative: 2n, saved: 12_345_678_901_234_567_890n } },
  unpriced: 17,
});

const costIn = (books: Books, plant = '1') => books.shown('import')[plant]?.money.EUR?.positive;

test('what was entered is there again for the next run, and the file is for its owner alone', async (t) => {
  const { path, warn, warnings, books } = startFolder(t);
  const first = books();
  await first.open(warn);
  await first.enter('import', { 1: account(5n) }, warn);
  const next = books();
  await next.open(warn);
  assert.deepEqual(next.shown('import'), { 1: account(5n) });
  assert.deepEqual(next.newest('import'), { 1: account(5n) });
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(warnings, []);
});

test('what is shown was written, at most once a minute, both directions together', async (t) => {
  const { path, clock, warn, books } = startFolder(t);
  const own = books();
  await own.open(warn);
  const written = () =>
    (
      JSON.parse(readFileSync(path, 'utf8')) as {
        accounts: { import: { 1: { money: { EUR: { positive: string } } } } };
      }
    ).accounts.import[1].money.EUR.positive;
  await own.enter('import', { 1: account(5n) }, warn);
  assert.deepEqual([costIn(own), written()], [5n, '5']);
  clock.at += MINUTE - 1;
  await own.enter('import', { 1: account(6n) }, warn);
  assert.deepEqual([costIn(own), written(), own.newest('import')[1]?.money.EUR?.positive], [5n, '5', 6n]);
  clock.at += 1;
  await own.enter('export', { 1: account(1n) }, warn);
  assert.deepEqual([costIn(own), written()], [6n, '6']);
  clock.at -= DAY;
  await own.enter('import', { 1: account(7n) }, warn);
  assert.equal(written(), '7', 'after a clock was set back');
});

test('a process that ends soon writes each time', async (t) => {
  const { folder, clock, warn, books } = startFolder(t);
  const own = new Books(folder, clock, 0);
  await own.open(warn);
  await own.enter('import', { 1: account(5n) }, warn);
  await own.enter('export', { 1: account(6n) }, warn);
  const next = books();
  await next.open(warn);
  assert.equal(next.shown('export')[1]?.money.EUR?.positive, 6n);
});

test('while nothing changes nothing is written', async (t) => {
  const { path, clock, warn, books } = startFolder(t);
  const own = books();
  await own.open(warn);
  await own.enter('import', { 1: account(5n) }, warn);
  const before = statSync(path).ino;
  clock.at += 5 * MINUTE;
  await own.enter('import', { 1: account(5n) }, warn);
  assert.equal(statSync(path).ino, before);
});

test('without a folder what is entered is shown at once', async (t) => {
  const { clock, warn } = startFolder(t);
  const own = new Books(undefined, clock);
  await own.open(warn);
  await own.enter('import', { 1: account(5n) }, warn);
  await own.enter('import', { 1: account(6n) }, warn);
  assert.equal(costIn(own), 6n);
});

test('a damaged file is said to be, is kept under another name, and counting begins anew', async (t) => {
  for (const text of [
    '{"version":1,',
    '{"version":2,"accounts":{}}',
    '{"version":1,"accounts":{"import":{"1":{}},"export":{}}}',
    '',
  ]) {
    const { folder, path, warn, warnings, books } = startFolder(t);
    writeFileSync(path, text);
    const own = books();
    await own.open(warn);
    assert.equal(costIn(own), undefined);
    const kept = `${path}.damaged`;
    assert.deepEqual(warnings, [
      `${path} is damaged, or was written by another version of solar-otel-agent: money is counted from 0; the file is kept as ${kept}`,
    ]);
    assert.equal(readFileSync(kept, 'utf8'), text);
    await own.enter('import', { 1: account(1n) }, warn);
    assert.deepEqual(readdirSync(folder).toSorted(), ['money.json', 'money.json.damaged']);
  }
});

test('while the file cannot be written the counters stand still, which is said once, and go on later', async (t) => {
  const { folder, path, clock, warn, warnings, books } = startFolder(t);
  const own = books();
  await own.open(warn);
  await own.enter('import', { 1: account(5n) }, warn);
  rmSync(path);
  mkdirSync(path);
  for (const cost of [6n, 7n]) {
    clock.at += MINUTE;
    await own.enter('import', { 1: account(cost) }, warn);
    assert.equal(costIn(own), 5n);
  }
  assert.deepEqual(warnings, [
    `${path} is a folder: state is neither restored nor saved until it is removed`,
  ]);
  rmSync(path, { recursive: true });
  await own.enter('import', { 1: account(8n) }, warn);
  assert.equal(costIn(own), 8n);
  chmodSync(folder, 0o700);
});

test('a plant that has not been there for more than a year is given up', async (t) => {
  const { clock, warn, books } = startFolder(t);
  const own = books();
  await own.open(warn);
  await own.enter('import', { 1: account(5n), 2: account(6n) }, warn);
  clock.at += 401 * DAY;
  await own.enter('import', { 2: account(7n, clock.at) }, warn);
  assert.deepEqual(Object.keys(own.shown('import')), ['2']);
});

test('two who enter at the same time both find theirs, and nothing is written twice at once', async (t) => {
  const { warn, books } = startFolder(t);
  const own = books();
  await Promise.all([own.open(warn), own.open(warn)]);
  await Promise.all([
    own.enter('import', { 1: account(5n) }, warn),
    own.enter('export', { 1: account(6n) }, warn),
  ]);
  assert.equal(costIn(own), 5n);
  assert.equal(own.newest('export')[1]?.money.EUR?.positive, 6n);
});

test('what comes while the file is being written is not shown before it is written as well', async (t) => {
  const { warn, books } = startFolder(t);
  const own = books();
  await own.open(warn);
  const first = own.enter('import', { 1: account(5n) }, warn);
  await setImmediate();
  await own.enter('import', { 1: account(6n) }, warn);
  await first;
  const next = books();
  await next.open(warn);
  assert.deepEqual(own.shown('import'), next.shown('import'));
});
