import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startScripted } from './scripted.ts';
import { HOUR, MINUTE, NOON } from './world.ts';

test('a signal that comes while the plants are listed between two polls ends the agent', async (t) => {
  const listing = Promise.withResolvers<void>();
  let lists = 0;
  const silentLater: typeof fetch = async (input, init) => {
    // The first list is answered, the second one never.
    if (!String(input).includes('plant/list') || ++lists === 1) return await fetch(input, init);
    listing.resolve();
    return await new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  };
  const options = { settings: { discoveryInterval: HOUR }, fetch: silentLater };
  const { world } = await startScripted(t, {}, options);
  const agent = world.run();
  await world.until(NOON + MINUTE);
  void world.until(NOON + 2 * HOUR);
  await listing.promise;
  await agent.stop();
  assert.equal(lists, 2);
});
