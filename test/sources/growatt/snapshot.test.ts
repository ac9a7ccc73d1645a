import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { everyFamily } from '../../../src/simulators/growatt/plants.ts';
import { accountSnapshot } from '../../../src/sources/growatt/snapshot.ts';
import { stateDir } from './history-support.ts';
import { berlinHome, MINUTE, NOON, startWorld } from './world.ts';

/** The state file of 0.1.0 over a home with a device of each family, 12 minutes after noon. */
const OLD = readFileSync(new URL('../../state/fixtures/state-0.1.0.json', import.meta.url), 'utf8');
const WRITTEN = NOON + 12 * MINUTE;

interface OldState {
  sources: Record<string, { source: Record<string, unknown> }>;
}
const oldSource = () => (JSON.parse(OLD) as OldState).sources['growatt/default']?.source ?? {};

/** The same home, on which an agent of today starts with that file. */
async function startFrom(t: TestContext, state: string) {
  const folder = stateDir(t);
  writeFileSync(join(folder, 'state.json'), state);
  const world = await startWorld(t, {
    start: WRITTEN,
    plants: [berlinHome({ devices: everyFamily() })],
    account: { v4: true },
    history: { enabled: true, days: 2 },
  });
  return { world, agent: world.run({ stateDir: folder }) };
}

test('the members of a snapshot of 0.1.0 are read under their present names', () => {
  const { inventory, calls, refusals, refusedAt, history } = accountSnapshot.parse(oldSource());
  const [plant] = inventory.plants;
  assert.equal(plant?.gmtZone, 'GMT+1');
  assert.equal(plant.listed?.name, 'Dach Süd');
  const max = plant.devices.find(({ family }) => family === 'max');
  assert.deepEqual(max?.features, ['phases', 'pv3', 'pv4', 'pv5', 'pv6', 'pv7', 'pv8']);
  assert.deepEqual(max?.clock, {
    wallTime: 1781265944000,
    firstSeenAt: 1781259021000,
    lastSeenAt: 1781259021000,
  });
  assert.deepEqual(plant.busDevices.map(({ family }) => family).toSorted(), ['environment', 'meter']);
  assert.deepEqual(inventory.v4.map(({ family }) => family).toSorted(), ['noah', 'sph-s', 'wit']);
  assert.deepEqual(calls['device/mix/mix_last_data mix_sn=SIMSPH01'], {
    doneAt: 1781258716500,
    blockedUntil: 1781259324000,
    rateLimitCount: 1,
  });
  assert.deepEqual([refusals, refusedAt], [0, 0]);
  assert.deepEqual(Object.keys(history), ['1']);
});

test('after an update from 0.1.0 nothing is listed again, no day is read again and no call comes too soon', async (t) => {
  const { world, agent } = await startFrom(t, OLD);
  await world.until(WRITTEN);
  assert.deepEqual(agent.source.size(), { plants: 1, devices: 15 });
  await world.until(NOON + 20 * MINUTE);
  const counts = world.callCounts();
  for (const listed of [
    'plant/list',
    'device/list',
    'new-api/queryDeviceList',
    'plant/power',
    'plant/energy',
  ])
    assert.equal(counts[listed], undefined, listed);
  assert.deepEqual(
    agent.lines.filter((line) => line.startsWith('warn')),
    [],
  );
  const first = (path: string) => world.cloud.calls.find((call) => call.path.endsWith(path))?.at ?? 0;
  const { calls } = accountSnapshot.parse(oldSource());
  const min = calls['device/tlx/tlx_last_data tlx_sn=SIMMIN01'];
  assert.ok(first('tlx_last_data') >= (min?.doneAt ?? Number.NaN) + 5 * MINUTE);
  const sph = calls['device/mix/mix_last_data mix_sn=SIMSPH01'];
  assert.ok(first('mix_last_data') >= (sph?.blockedUntil ?? Number.NaN), 'nor one that is paused');
  assert.ok((agent.value('growatt_current_power_watts', { device_sn: 'SIMWIT01' }) ?? 0) > 0);
  assert.ok(agent.value('growatt_daily_energy_kwh', { date: '2026-06-11' }));
  const inputs = Object.keys(agent.values({ device_sn: 'SIMMAX01' })).filter((name) => /pv8_/.test(name));
  assert.ok(inputs.length > 0, 'features that were seen are shown at once');
});

test('a token that was refused before the update is not tried sooner after it', async (t) => {
  const state = JSON.parse(OLD) as OldState;
  const source = state.sources['growatt/default']!.source;
  source.denials = 2;
  source.deniedAt = WRITTEN - 20 * MINUTE;
  const { world, agent } = await startFrom(t, JSON.stringify(state));
  await world.until(WRITTEN + 9.9 * MINUTE);
  assert.equal(world.cloud.calls.length, 0);
  assert.match(agent.lines[0] ?? '', /first poll in 10 min: the token was refused/);
  await world.until(WRITTEN + 11 * MINUTE);
  assert.ok(world.cloud.calls.length > 0);
});

test('what an account writes it reads again, and writes again the same', async (t) => {
  const folder = stateDir(t);
  const world = await startWorld(t, {
    plants: [berlinHome({ devices: everyFamily() })],
    account: { v4: true },
    history: { enabled: true, days: 2 },
  });
  const agent = world.run({ stateDir: folder });
  await world.until(NOON + 12 * MINUTE);
  const written = JSON.parse(JSON.stringify(agent.source.snapshot()));
  assert.deepEqual(accountSnapshot.parse(written), written);
  const next = world.boot();
  next.source.restore(written);
  assert.deepEqual(JSON.parse(JSON.stringify(next.source.snapshot())), written);
});

test('a snapshot of anything else is refused', () => {
  const good = oldSource();
  for (const change of [
    { inventory: [] },
    { ledger: { a: { doneAt: 'now' } } },
    { denials: 'none' },
    { history: { 1: [{ date: 'x' }] } },
  ])
    assert.throws(() => accountSnapshot.parse({ ...good, ...change }));
  for (const other of [undefined, null, 5, [], 'state', {}])
    assert.throws(() => accountSnapshot.parse(other));
});
