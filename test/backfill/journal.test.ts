import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Entry, Journal, JournalError } from '../../src/backfill/journal.ts';
import { emptyFolder, plantWith, SCOPE } from './support.ts';

const ENTRIES: readonly Entry[] = [
  { source: 'growatt/default', plants: [plantWith({ name: 'Dach Süd ☀' })] },
  { source: 'growatt/default', plant: '1', first: '2026-06-01', energies: { '2026-06-01': 31.4 } },
  { source: 'growatt/default', plant: '1', date: '2026-06-01', end: 1780351199, curve: [[1780300800, 12.5]] },
];

const entriesOf = (journal: Journal) => Array.fromAsync(journal.entries());

function filled(t: TestContext): string {
  const path = join(emptyFolder(t), 'new', 'journal');
  const journal = Journal.open(path, SCOPE);
  for (const entry of ENTRIES) journal.add(entry);
  return path;
}

test('what was added is read again, in order, and only its owner may read the file', async (t) => {
  const path = filled(t);
  assert.deepEqual(await entriesOf(Journal.open(path, SCOPE)), ENTRIES);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test('wherever the last line was cut off, it is dropped and the next one is whole', async (t) => {
  const path = filled(t);
  const whole = readFileSync(path);
  const [head, plants, energies] = whole.toString().split('\n');
  const lengthOf = (...lines: (string | undefined)[]) => Buffer.byteLength(`${lines.join('\n')}\n`);
  for (const [from, to, kept] of [
    [lengthOf(head), lengthOf(head, plants), 0],
    [lengthOf(head, plants), lengthOf(head, plants, energies), 1],
  ] as const) {
    for (let length = from + 1; length < to; length += 7) {
      writeFileSync(path, whole.subarray(0, length));
      const journal = Journal.open(path, SCOPE);
      journal.add(ENTRIES[2]!);
      assert.deepEqual(await entriesOf(journal), [...ENTRIES.slice(0, kept), ENTRIES[2]]);
    }
  }
});

test('a journal that is read in several pieces keeps all of its whole lines', async (t) => {
  const path = filled(t);
  const journal = Journal.open(path, SCOPE);
  const long = { ...ENTRIES[0], source: 'x'.repeat(50_000) } as Entry;
  for (let i = 0; i < 5; i++) journal.add(long);
  appendFileSync(path, `{"source":"${'y'.repeat(100_000)}`);
  assert.equal((await entriesOf(Journal.open(path, SCOPE))).length, ENTRIES.length + 5);
  assert.throws(() => Journal.open(path, { ...SCOPE, from: '2026-06-02' }), JournalError);
});

test('a journal without an entry begins anew, whatever its head says', async (t) => {
  const path = join(emptyFolder(t), 'journal');
  for (const text of ['', '{"version":1,"fro', '{"version":1,"from":"2020-01-01"}\n']) {
    writeFileSync(path, text);
    assert.deepEqual(await entriesOf(Journal.open(path, SCOPE)), []);
    assert.equal(readFileSync(path, 'utf8'), `${JSON.stringify({ version: 1, ...SCOPE })}\n`);
  }
});

test('a journal of other days, sources, plants or time zones is refused and not changed', (t) => {
  const path = filled(t);
  const before = readFileSync(path, 'utf8');
  for (const change of [
    { from: '2026-06-02' },
    { to: '2026-06-02' },
    { sources: ['growatt/roof'] },
    { plants: [{ id: '1' }] },
    { plants: [{ id: '1', timezone: 'Europe/Berlin' }] },
  ]) {
    assert.throws(
      () => Journal.open(path, { ...SCOPE, ...change }),
      new JournalError(`${path} is of a backfill of other days or plants: delete it to start over`),
    );
  }
  assert.equal(readFileSync(path, 'utf8'), before);
});

test('a damaged line is named', async (t) => {
  for (const line of ['not JSON', '{"source":"growatt/default"}', '[]', '{"source":1,"plants":[]}']) {
    const path = filled(t);
    appendFileSync(path, `${line}\n`);
    await assert.rejects(entriesOf(Journal.open(path, SCOPE)), {
      name: 'JournalError',
      message: `${path} is damaged in line 5: delete it to start over`,
    });
  }
});

test('a journal that is done is gone', (t) => {
  const path = filled(t);
  Journal.open(path, SCOPE).remove();
  assert.equal(existsSync(path), false);
});
