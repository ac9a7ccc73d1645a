import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type State, StateFile } from '../../src/state/state-file.ts';
import { memoryLog } from '../helpers/log.ts';

function startFolder(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'state-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const log = memoryLog();
  const path = join(folder, 'state.json');
  return { folder, path, log, file: new StateFile(folder, log) };
}

const state: State = {
  'growatt/default': {
    source: { anything: ['as', 'plain', 'JSON'] },
    guards: {
      'device/A1': {
        clock: { wall: 2, seenAt: 1, behind: [{ wall: 1, seenAt: 1 }] },
        totals: { growatt_energy_total_kwh: { value: 4521.3, lower: [] } },
        days: { growatt_energy_today_kwh: { date: '2026-06-12', value: 7.6, yesterday: 31.4, lower: [7.5] } },
      },
    },
  },
  'trucki/shed': { guards: {} },
};

test('what is saved is loaded again, by another run too', (t) => {
  const { folder, file, log } = startFolder(t);
  file.save(state);
  assert.deepEqual(file.load(), state);
  assert.deepEqual(new StateFile(folder, log).load(), state);
  assert.deepEqual(log.lines, []);
});

test('the folder is made when it is not there, and both are for their owner alone', (t) => {
  const { folder } = startFolder(t);
  const deep = join(folder, 'var', 'lib', 'agent');
  new StateFile(deep, memoryLog()).save(state);
  assert.equal(statSync(join(deep, 'state.json')).mode & 0o777, 0o600);
  assert.equal(statSync(deep).mode & 0o777, 0o700);
});

test('the file is replaced as a whole, and nothing is left beside it', (t) => {
  const { folder, path, file } = startFolder(t);
  file.save(state);
  const before = statSync(path).ino;
  file.save({});
  assert.notEqual(statSync(path).ino, before, 'a new file in the place of the old one');
  assert.deepEqual(readdirSync(folder), ['state.json']);
  assert.deepEqual(file.load(), {});
});

test('a first start without a file is nothing to speak of', (t) => {
  const { file, log } = startFolder(t);
  assert.deepEqual(file.load(), {});
  assert.deepEqual(log.lines, []);
});

test('a file that cannot be understood costs what it held, with one warning', (t) => {
  const good = JSON.stringify({ version: 1, sources: state });
  const broken: Record<string, string> = {
    'cut off': good.slice(0, good.length / 2),
    empty: '',
    'of another version': good.replace('"version":1', '"version":2'),
    'without a version': JSON.stringify({ sources: state }),
    'JSON of somebody else': '{"hello":"world"}',
    'no object': '[1,2,3]',
    'no JSON': '\u0000\u0001\u0002',
    'of wrong types': good.replace('4521.3', '"4521.3"'),
    'with a foreign guard': good.replace('"totals":{', '"totals":{"x":5,'),
    'with an infinite number': good.replace('4521.3', '1e999'),
  };
  for (const [what, text] of Object.entries(broken)) {
    const { path, file, log } = startFolder(t);
    writeFileSync(path, text);
    assert.deepEqual(file.load(), {}, what);
    assert.deepEqual(log.lines, [
      `warn: ${path} is damaged, or was written by another version: starting without what it held`,
    ]);
    file.save(state);
    assert.deepEqual(file.load(), state, `${what}: replaced by a good one`);
  }
});

test('a folder in the place of the file is a warning when read, and one when written', (t) => {
  const { path, file, log } = startFolder(t);
  mkdirSync(path);
  writeFileSync(join(path, 'something'), 'else');
  assert.deepEqual(file.load(), {});
  for (let i = 0; i < 3; i++) file.save(state);
  assert.equal(log.lines.length, 2);
  assert.match(log.lines[0] ?? '', /cannot be read \(EISDIR\): starting without what it held$/);
  assert.match(log.lines[1] ?? '', /cannot be written \(E\w+\): nothing is remembered across a restart$/);
});

test('a folder that cannot be written to is one warning, and one line when it can be', (t) => {
  const { folder } = startFolder(t);
  const parent = join(folder, 'not-a-folder');
  writeFileSync(parent, '');
  const log = memoryLog();
  const file = new StateFile(join(parent, 'state'), log);
  assert.deepEqual(file.load(), {});
  const [unreadable = ''] = log.lines;
  assert.match(unreadable, /cannot be read \(ENOTDIR\)/);
  for (let i = 0; i < 3; i++) file.save(state);
  assert.equal(log.lines.length, 2);
  assert.match(log.lines[1] ?? '', /cannot be written \(E\w+\)/);
  rmSync(parent);
  file.save(state);
  assert.match(log.lines[2] ?? '', /can be written again$/);
  assert.deepEqual(file.load(), state);
});

test('a save that fails half way leaves the last good file', (t) => {
  const { path, file, log } = startFolder(t);
  file.save(state);
  const before = readFileSync(path, 'utf8');
  mkdirSync(`${path}.new`);
  file.save({});
  assert.equal(readFileSync(path, 'utf8'), before);
  assert.equal(log.lines.length, 1);
});
