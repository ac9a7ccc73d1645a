import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { simulatedAgent } from './helpers/agent.ts';

const MINUTE = 60_000;

/** A whole agent that has read everything once. */
async function runningAgent(...[t, setUp]: Parameters<typeof simulatedAgent>) {
  const whole = await simulatedAgent(t, setUp);
  void whole.run();
  await whole.until(() => whole.agent.status().ready);
  await whole.clock.sleeping(2);
  return whole;
}

test('a changed account keeps its readings and makes no call again that it has made', async (t) => {
  const { agent, cloud, clock, scrape, configWith, until } = await runningAgent(t);
  const names = async () => (await scrape()).samples.map(({ name }) => name);
  // The last of the calls that follow the first poll.
  while (!(await names()).includes('growatt_energy_month_kwh')) await clock.pass(0);
  const count = (path: string) => cloud.calls.filter((call) => call.path.includes(path)).length;
  const before = { list: count('plant/list'), devices: count('device/list'), all: cloud.calls.length };
  const power = (await scrape()).samples.filter(({ name }) => name === 'growatt_current_power_watts');
  assert.ok(power.length > 0);
  const changes = await agent.reconfigure(configWith({ COLLECT_INTERVAL: '10m' }));
  assert.deepEqual(changes, {
    started: [],
    replaced: ['growatt/default'],
    stopped: [],
    kept: ['trucki/shed'],
  });
  assert.equal(agent.status().ready, true);
  const after = (await scrape()).samples.filter(({ name }) => name === 'growatt_current_power_watts');
  assert.deepEqual(after, power);
  assert.equal(agent.status().sources[0]?.intervalSeconds, 600);
  await clock.pass(4 * MINUTE);
  assert.equal(cloud.calls.length, before.all, 'the next poll is due ten minutes after the last one');
  const due = clock.pass(7 * MINUTE);
  await until(() => cloud.calls.length > before.all);
  await due;
  assert.equal(count('plant/list'), before.list);
  assert.equal(count('device/list'), before.devices);
});

test('an account that gets another token begins anew, with nothing of the other one', async (t) => {
  const { agent, scrape, configWith } = await runningAgent(t);
  await agent.reconfigure(configWith({ GROWATT_TOKEN: 'another-token' }));
  const names = new Set((await scrape()).samples.map(({ name }) => name));
  assert.ok(!names.has('growatt_current_power_watts'));
  assert.ok(names.has('trucki_up'));
});

test('what is gone is gone from the state file, and STALE_AFTER holds at once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'reload-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { agent, abort, configWith, clock, stick, scrape } = await runningAgent(t, {
    env: { STATE_DIR: folder },
  });
  stick.faults.next({ kind: 'redirect', times: 1000 });
  while (agent.status().sources[1]?.state !== 'failing') await clock.pass(1000);
  await clock.pass(2000);
  const meterPower = async () => (await scrape()).samples.some(({ name }) => name.startsWith('trucki_meter'));
  assert.equal(await meterPower(), true);
  await agent.reconfigure(configWith({ STATE_DIR: folder, STALE_AFTER: '1s' }));
  assert.equal(await meterPower(), false);
  await agent.reconfigure(configWith({ STATE_DIR: folder, TRUCKI_TARGETS: '' }));
  abort.abort();
  await agent.stop();
  const { sources } = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
  assert.deepEqual(Object.keys(sources), ['growatt/default']);
});
