import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { keepingCompiledCode } from '../../src/cli/compiled-code.ts';

/** As the launcher of the bundle gives it. @returns how often what was compiled was kept */
function launched(t: TestContext): () => number {
  const createCachedData = t.mock.fn(() => Buffer.from('what V8 compiled'));
  Object.assign(globalThis, {
    UNCOMPILED: { folder: '/proc', identity: 'program v1 x64', script: { createCachedData } },
  });
  t.after(() => Reflect.deleteProperty(globalThis, 'UNCOMPILED'));
  return () => createCachedData.mock.callCount();
}

test('what was compiled is kept once: two minutes after the start', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const kept = launched(t);
  const { promise, resolve } = Promise.withResolvers<number>();
  const done = keepingCompiledCode(() => promise);
  t.mock.timers.tick(119_999);
  assert.equal(kept(), 0);
  t.mock.timers.tick(1);
  assert.equal(kept(), 1);
  resolve(7);
  assert.equal(await done, 7);
  assert.equal(kept(), 1);
});

test('it is kept at the end of what takes no two minutes, and not when that fails', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const kept = launched(t);
  assert.equal(await keepingCompiledCode(async () => 7), 7);
  assert.equal(kept(), 1);
  await assert.rejects(
    keepingCompiledCode(async () => {
      throw new Error('the port is in use');
    }),
    /in use/,
  );
  t.mock.timers.tick(600_000);
  assert.equal(kept(), 1);
});

test('there is nothing to keep in a checkout', async () => {
  assert.equal(await keepingCompiledCode(async () => 7), 7);
});
