import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import files, { type FileHandle, open } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { StateFile } from '../../src/state/state-file.ts';
import type { State } from '../../src/state/state-format.ts';
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
    entities: {
      'device/A1': {
        clock: { wall: 2, seenAt: 1, behind: [{ wall: 1, seenAt: 1 }] },
        totals: { growatt_energy_total_kwh: { value: 4521.3, lower: [] } },
        days: { growatt_energy_today_kwh: { date: '2026-06-12', value: 7.6, yesterday: 31.4, lower: [7.5] } },
      },
    },
  },
  'trucki/shed': { entities: {} },
};
const states = Object.entries(state);

test('what is written is read again, by another run too', async (t) => {
  const { folder, file, log } = startFolder(t);
  await file.write(states);
  assert.deepEqual(await file.read(), state);
  assert.deepEqual(await new StateFile(folder, log).read(), state);
  await file.write([]);
  assert.deepEqual(await file.read(), {});
  assert.deepEqual(log.lines, []);
});

test('the folder is made when it is not there, and both are for their owner alone', async (t) => {
  const { folder } = startFolder(t);
  const deep = join(folder, 'var', 'lib', 'agent');
  await new StateFile(deep, memoryLog()).write(states);
  assert.equal(statSync(join(deep, 'state.json')).mode & 0o777, 0o600);
  assert.equal(statSync(deep).mode & 0o777, 0o700);
});

test('the file is replaced as a whole, and nothing is left beside it', async (t) => {
  const { folder, path, file } = startFolder(t);
  await file.write(states);
  const before = statSync(path).ino;
  await file.write([]);
  assert.notEqual(statSync(path).ino, before, 'a new file in the place of the old one');
  assert.deepEqual(readdirSync(folder), ['state.json']);
});

test('the whole content is on the disk before it takes the place of the old file', async (t) => {
  const { path, file } = startFolder(t);
  const probe = await open(import.meta.filename);
  const handles: FileHandle = Object.getPrototypeOf(probe);
  await probe.close();
  const synced: string[] = [];
  t.mock.method(handles, 'sync', async () => {
    assert.ok(!existsSync(path), 'not there yet');
    synced.push(readFileSync(`${path}.new`, 'utf8'));
  });
  await file.write(states);
  assert.deepEqual(synced, [readFileSync(path, 'utf8')]);
});

test('a first start without a file or a folder is no warning', async (t) => {
  const { folder, file, log } = startFolder(t);
  assert.deepEqual(await file.read(), {});
  assert.deepEqual(await new StateFile(join(folder, 'none'), log).read(), {});
  assert.deepEqual(log.lines, []);
});

test('a file that cannot be read costs what it held, with one warning', async (t) => {
  const good = JSON.stringify({ version: 2, sources: state });
  const broken: Record<string, string> = {
    'cut off': good.slice(0, good.length / 2),
    empty: '',
    'of a version that never was': good.replace('"version":2', '"version":0'),
    'of an older version in this shape': good.replace('"version":2', '"version":1'),
    'without a version': JSON.stringify({ sources: state }),
    'JSON of another program': '{"hello":"world"}',
    'no object': '[1,2,3]',
    'no JSON': '\u0000\u0001\u0002',
    'of wrong types': good.replace('4521.3', '"4521.3"'),
    'with a foreign guard': good.replace('"totals":{', '"totals":{"x":5,'),
    'with an infinite number': good.replace('4521.3', '1e999'),
  };
  for (const [what, text] of Object.entries(broken)) {
    const { path, file, log } = startFolder(t);
    writeFileSync(path, text);
    assert.deepEqual(await file.read(), {}, what);
    assert.deepEqual(log.lines, [`warn: ${path} is damaged: starting without saved state`]);
    await file.write(states);
    assert.deepEqual(await file.read(), state, `${what}: replaced by a good one`);
    assert.equal(log.lines.length, 1);
  }
});

test('a file of a newer version is named as that', async (t) => {
  const { path, file, log } = startFolder(t);
  writeFileSync(path, JSON.stringify({ version: 3, anything: 'else' }));
  assert.deepEqual(await file.read(), {});
  assert.deepEqual(log.lines, [
    `warn: ${path} was written by a newer version of solar-otel-agent: starting without saved state`,
  ]);
});

test('a file that is far too large is not read', async (t) => {
  const { path, file, log } = startFolder(t);
  writeFileSync(path, ' '.repeat(64 * 1024 * 1024 + 1));
  assert.deepEqual(await file.read(), {});
  assert.match(log.lines.join(), /is larger than 67108864 bytes: starting without saved state$/);
});

test('the file that 0.1.0 wrote is read', async (t) => {
  const { path, file, log } = startFolder(t);
  const written = readFileSync(new URL('fixtures/state-0.1.0.json', import.meta.url), 'utf8');
  writeFileSync(path, written);
  const { 'growatt/default': account, ...others } = await file.read();
  const { source, guards } = JSON.parse(written).sources['growatt/default'];
  assert.deepEqual(account, { source, entities: guards });
  assert.ok(account?.entities['device/SIMSPH01']?.totals.growatt_grid_import_energy_total_kwh?.lower.length);
  assert.deepEqual([others, log.lines], [{}, []]);
});

/** What can be put in the place of a file, by what a warning calls it. */
const irregular: Record<string, (path: string, folder: string) => void> = {
  'a symbolic link': (path, folder) => {
    writeFileSync(join(folder, 'target'), 'something else');
    symlinkSync(join(folder, 'target'), path);
  },
  'a named pipe': (path) => execFileSync('mkfifo', [path]),
  'a folder': (path) => mkdirSync(path),
};

for (const [kind, put] of Object.entries(irregular)) {
  test(`${kind} in the place of the file is refused with one warning, until it is removed`, async (t) => {
    const { folder, path, file, log } = startFolder(t);
    put(path, folder);
    assert.deepEqual(await file.read(), {});
    for (let i = 0; i < 3; i++) await file.write(states);
    assert.deepEqual(log.lines, [
      `warn: ${path} is ${kind}: state is neither restored nor saved until it is removed`,
    ]);
    const target = join(folder, 'target');
    if (existsSync(target)) assert.equal(readFileSync(target, 'utf8'), 'something else');
    rmSync(path, { recursive: true });
    await file.write(states);
    assert.deepEqual(log.lines.slice(1), [`info: ${path}: state is saved again`]);
    assert.deepEqual(await file.read(), state);
  });

  test(`${kind} in the place of the temporary file is refused with one warning`, async (t) => {
    const { folder, path, file, log } = startFolder(t);
    await file.write(states);
    put(`${path}.new`, folder);
    for (let i = 0; i < 3; i++) await file.write([]);
    assert.deepEqual(log.lines, [
      `warn: ${path}.new is ${kind}: state is neither restored nor saved until it is removed`,
    ]);
    const target = join(folder, 'target');
    if (existsSync(target)) assert.equal(readFileSync(target, 'utf8'), 'something else');
    assert.deepEqual(await file.read(), state, 'the last good file stays');
  });
}

test('a link or a pipe that takes the place of the file after the check is neither followed nor waited for', async (t) => {
  const { folder, path, file, log } = startFolder(t);
  writeFileSync(join(folder, 'target'), JSON.stringify({ version: 2, sources: state }));
  const regular = statSync(join(folder, 'target'));
  t.mock.method(files, 'lstat', async () => regular);
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  symlinkSync(join(folder, 'target'), path);
  assert.deepEqual(await file.read(), {});
  assert.deepEqual(log.lines, [`warn: ${path} cannot be read (ELOOP): starting without saved state`]);
  rmSync(path);
  execFileSync('mkfifo', [path]);
  assert.deepEqual(await file.read(), {});
  assert.equal(log.lines.length, 2);
});

test('what a killed agent left of a temporary file is no obstacle', async (t) => {
  const { folder, path, file, log } = startFolder(t);
  writeFileSync(`${path}.new`, '{"version":2,"sour');
  await file.write(states);
  assert.deepEqual([await file.read(), readdirSync(folder), log.lines], [state, ['state.json'], []]);
});

test('a folder that cannot be written to is one warning, and one line when it can be', async (t) => {
  const { folder } = startFolder(t);
  const parent = join(folder, 'not-a-folder');
  writeFileSync(parent, '');
  const log = memoryLog();
  const file = new StateFile(join(parent, 'state'), log);
  assert.deepEqual(await file.read(), {});
  assert.match(log.lines[0] ?? '', /cannot be read \(ENOTDIR\): starting without saved state$/);
  for (let i = 0; i < 3; i++) await file.write(states);
  assert.equal(log.lines.length, 2);
  assert.match(
    log.lines[1] ?? '',
    /cannot be written \(E\w+\): state is not saved; trying again after the next poll$/,
  );
  rmSync(parent);
  await file.write(states);
  assert.match(log.lines[2] ?? '', /: state is saved again$/);
  assert.deepEqual(await file.read(), state);
});

test('a write that fails half way leaves the last good file and nothing beside it', async (t) => {
  const { folder, path, file, log } = startFolder(t);
  await file.write(states);
  const before = readFileSync(path, 'utf8');
  function* failing() {
    yield* states;
    throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
  }
  await file.write(failing());
  assert.equal(readFileSync(path, 'utf8'), before);
  assert.deepEqual(readdirSync(folder), ['state.json']);
  assert.deepEqual(log.lines, [
    `warn: ${path} cannot be written (ENOSPC): state is not saved; trying again after the next poll`,
  ]);
});

test('a defect while the state is made is logged with its stack', async (t) => {
  const { path, file, log } = startFolder(t);
  function* failing(): Generator<never> {
    yield* [];
    throw new TypeError('a mistake in a source');
  }
  await file.write(failing());
  const [line = ''] = log.lines;
  assert.ok(line.startsWith(`error: ${path} cannot be written (TypeError: a mistake in a source): `), line);
  assert.match(line, /"stack":"TypeError: a mistake in a source\\n +at failing/);
});
