import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { definitionOf } from '../../src/catalogue.ts';
import type { Source } from '../../src/model/source.ts';
import { AgentState } from '../../src/state/agent-state.ts';
import { Store } from '../../src/store/store.ts';
import { FILE_WORK, virtualClock } from '../helpers/clock.ts';
import { memoryLog } from '../helpers/log.ts';
import { fakeSource, MINUTE } from '../poll/fake-source.ts';

const SECOND = 1000;

/** The state of an agent with one source, whose snapshot is a number, and the writes of its file. */
async function setUp(t: TestContext, changes: Partial<Source> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'agent-state-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'state.json');
  let present: unknown = 0;
  const source = fakeSource(async function* () {}, { snapshot: () => present, ...changes });
  const clock = virtualClock();
  const log = memoryLog();
  const store = new Store({ clock, staleAfter: 0, definitionOf });
  const options = { folder, sources: () => [source], store, clock, log };
  const state = new AgentState(options);
  const disk = await slowDisk(t);
  return {
    state,
    options,
    source,
    clock,
    log,
    disk,
    change(snapshot: unknown) {
      present = snapshot;
      state.changed(source);
    },
    saved: () => JSON.parse(readFileSync(path, 'utf8')).sources['fake/one'].source,
    /** Lets virtual time pass, and the writes that begin in it reach the disk. */
    async pass(ms: number) {
      await clock.pass(ms);
      await disk.idle();
    },
  };
}

/** Watches the flushes to the disk, and holds them when asked to. */
async function slowDisk(t: TestContext) {
  const probe = await open(import.meta.filename);
  const handles: FileHandle = Object.getPrototypeOf(probe);
  await probe.close();
  let [writes, running, most] = [0, 0, 0];
  let gate = Promise.resolve();
  t.mock.method(handles, 'sync', async () => {
    writes++;
    most = Math.max(most, ++running);
    await gate;
    running--;
  });
  return {
    writes: () => writes,
    mostAtOnce: () => most,
    /** @returns what lets the flushes go on */
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    /** Resolves when no file operation is under way. */
    async idle() {
      for (let quiet = 0; quiet < 20; quiet++) {
        await setImmediate();
        if (process.getActiveResourcesInfo().some((name) => FILE_WORK.has(name))) quiet = 0;
      }
    },
  };
}

test('many changes within ten seconds are one write', async (t) => {
  const { state, change, pass, disk, saved } = await setUp(t);
  await state.restore();
  for (let i = 1; i <= 5; i++) {
    change(i);
    await pass(SECOND);
  }
  assert.equal(disk.writes(), 0);
  await pass(5 * SECOND);
  assert.deepEqual([disk.writes(), saved()], [1, 5]);
  await pass(MINUTE);
  assert.equal(disk.writes(), 1);
  change(6);
  await pass(10 * SECOND);
  assert.deepEqual([disk.writes(), saved()], [2, 6]);
});

test('a source without a snapshot is saved every 15 minutes, and at once with one that has one', async (t) => {
  const { state, change, pass, disk, source } = await setUp(t);
  const stick = fakeSource(async function* () {});
  await state.restore();
  for (let minute = 0; minute < 15; minute++) {
    state.changed(stick);
    await pass(MINUTE - 1);
  }
  assert.equal(disk.writes(), 0);
  await pass(15 * SECOND);
  assert.equal(disk.writes(), 1);
  state.changed(stick);
  change(source);
  await pass(10 * SECOND);
  assert.equal(disk.writes(), 2);
  await pass(MINUTE);
  assert.equal(disk.writes(), 2);
});

test('there are never two writes at once, and the last one holds the newest state', async (t) => {
  const { state, change, pass, clock, disk, saved } = await setUp(t);
  await state.restore();
  const release = disk.hold();
  for (let i = 1; i <= 4; i++) {
    change(i);
    await clock.pass(10 * SECOND);
  }
  await disk.idle();
  const closed = state.close();
  change(5);
  release();
  await closed;
  assert.deepEqual([disk.mostAtOnce(), disk.writes(), saved()], [1, 2, 5]);
  change(6);
  await pass(MINUTE);
  assert.deepEqual([disk.writes(), saved()], [2, 5], 'nothing is written after the end');
});

test('closing writes what has not been written yet, and resolves when that is on the disk', async (t) => {
  const { state, change, pass, disk, saved } = await setUp(t);
  await state.restore();
  change(1);
  const release = disk.hold();
  let closed = false;
  const closing = state.close().then(() => {
    closed = true;
  });
  await disk.idle();
  assert.equal(closed, false);
  release();
  await closing;
  assert.equal(saved(), 1);
  await pass(MINUTE);
  assert.equal(disk.writes(), 1, 'and not once more when it was due');
});

test('before the state is restored nothing is saved, or it would be lost', async (t) => {
  const { state, change, pass, disk } = await setUp(t);
  change(1);
  await pass(MINUTE);
  await state.close();
  assert.equal(disk.writes(), 0);
});

test('a source gets back what it gave, and one with a defect does not stop the others', async (t) => {
  const restored: unknown[] = [];
  const first = await setUp(t, { restore: (snapshot) => void restored.push(snapshot) });
  await first.state.restore();
  first.change({ plants: [7] });
  await first.state.close();
  await first.state.restore();
  assert.deepEqual(restored, [{ plants: [7] }]);
  assert.deepEqual(first.log.lines, []);
  const second = await setUp(t, {
    restore: () => {
      throw new Error('not mine');
    },
  });
  await second.state.restore();
  await second.state.close();
  await second.state.restore();
  assert.deepEqual(second.log.lines, [
    'warn: fake/one: the saved state of this source is not valid: starting without it',
  ]);
});

test('the state of a source that begins only after the restore waits for it, and is given once', async (t) => {
  const first = await setUp(t, {});
  await first.state.restore();
  first.change({ plants: [7] });
  await first.state.close();
  const { source } = first;
  const none = new AgentState({ ...first.options, sources: () => [] });
  await none.restore();
  assert.deepEqual(none.claim(source.name)?.source, { plants: [7] });
  assert.equal(none.claim(source.name), undefined);
  assert.equal(none.claim('fake/other'), undefined);
});

test('without a folder nothing is restored or saved', async () => {
  const clock = virtualClock();
  const store = new Store({ clock, staleAfter: 0, definitionOf });
  const log = memoryLog();
  const state = new AgentState({ folder: undefined, sources: () => [], store, clock, log });
  await state.restore();
  state.changed(fakeSource(async function* () {}));
  await state.close();
  assert.deepEqual(log.lines, []);
});
