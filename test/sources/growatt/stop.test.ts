import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateDir } from './history-support.ts';
import { startScripted } from './scripted.ts';
import { HOUR, MINUTE, NOON, startWorld } from './world.ts';

/** A cloud that answers everything but, from their second time on, calls of this path. */
function silentLater(path: string) {
  const asked = Promise.withResolvers<void>();
  let calls = 0;
  const silent: typeof fetch = async (input, init) => {
    if (!String(input).includes(path) || ++calls !== 2) return await fetch(input, init);
    asked.resolve();
    return await new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
    });
  };
  return { fetch: silent, asked: asked.promise, calls: () => calls };
}

test('a signal that comes while the plants are listed between two polls ends the agent', async (t) => {
  const cloud = silentLater('plant/list');
  const options = { settings: { discoveryInterval: HOUR }, fetch: cloud.fetch };
  const { world } = await startScripted(t, {}, options);
  const agent = world.run();
  await world.until(NOON + MINUTE);
  void world.until(NOON + 2 * HOUR);
  await cloud.asked;
  await agent.stop();
  assert.equal(cloud.calls(), 2);
});

test('a call whose answer a stopped agent did not wait for counts for the next one', async (t) => {
  const folder = stateDir(t);
  const cloud = silentLater('tlx_last_data');
  const world = await startWorld(t, { fetch: cloud.fetch });
  const first = world.run({ stateDir: folder });
  await world.until(NOON + MINUTE);
  void world.until(NOON + HOUR);
  await cloud.asked;
  const interruptedAt = world.clock.now();
  await first.stop();
  const second = world.boot({ stateDir: folder });
  second.run();
  await world.until(interruptedAt + 4 * MINUTE);
  assert.equal(cloud.calls(), 2);
  assert.match(second.lines.join('\n'), /first poll in \d+ min.*the cloud would refuse an earlier call/);
  await world.until(interruptedAt + 8 * MINUTE);
  assert.equal(cloud.calls(), 3);
});
