import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { StatusView } from '../src/view/status-api.ts';
import { simulatedAgent } from './helpers/agent.ts';

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

test('page and JSON show the plant and the stick by name, with the values that a scrape has', async (t) => {
  const { run, agent, scrape, get, until } = await simulatedAgent(t);
  void run();
  await until(() => agent.status().ready && agent.status().sources.every(({ state }) => state === 'ok'));
  const ask = async (): Promise<StatusView> => JSON.parse(await get('/api/v1/status'));
  let view = await ask();
  // What is shown may be a little older than the last poll.
  while (view.plants[0]?.condition !== 'ok' || view.sticks.length === 0) view = await ask();
  const { samples } = await scrape();
  const power = samples.filter(({ name }) => name === 'growatt_current_power_watts');
  const [home] = view.plants;
  assert.ok(Math.abs((home?.values.powerWatts ?? 0) - sumOf(power.map(({ value }) => value))) < 0.01);
  assert.deepEqual(
    home?.devices.map(({ serial, condition }) => [serial, condition]),
    power.map(({ labels }) => [labels.device_sn, 'ok']),
  );
  const stick = samples.filter(({ name }) => name === 'trucki_inverter_ac_power_watts');
  assert.ok(
    Math.abs((view.sticks[0]?.values.powerWatts ?? 0) - sumOf(stick.map(({ value }) => value))) < 0.01,
  );
  assert.equal(view.sticks[0]?.readAt, view.sources.find(({ name }) => name === 'trucki/shed')?.lastSuccess);
  const page = await get('/');
  assert.match(page, /<h3>Home &quot;A&quot;/);
  assert.match(page, /<h3>shed<\/h3>/);
});

test('with STATE_DIR the curves are in their own file when the agent has stopped', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'page-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { run, agent, clock, until, abort } = await simulatedAgent(t, { env: { STATE_DIR: folder } });
  const running = run();
  await until(() => agent.status().ready);
  for (let minute = 0; minute < 6; minute++) {
    await clock.pass(60_000);
    await clock.sleeping(2);
  }
  abort.abort();
  await running;
  await agent.stop();
  const { curves } = JSON.parse(readFileSync(join(folder, 'curves.json'), 'utf8'));
  assert.deepEqual(Object.keys(curves).toSorted(), ['plant/77', 'stick/shed']);
  assert.equal(existsSync(join(folder, 'curves.json.new')), false);
});
