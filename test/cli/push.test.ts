import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../src/base/clock.ts';
import { push } from '../../src/cli/commands/push.ts';
import { run } from '../../src/cli/commands/run.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/settings/problems.ts';
import { fleetPlants } from '../../src/simulators/growatt/plants.ts';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';
import { emptyFolder } from '../backfill/support.ts';
import { answering, type FakePushgateway, startFakePushgateway } from '../export/fake-pushgateway.ts';
import { memoryLog } from '../helpers/log.ts';
import { berlinHome, NOON, startCloud, TOKEN } from '../simulators/helper.ts';

/** It is noon in Berlin, and time goes on from there. */
const clock = { ...systemClock, now: () => NOON + performance.now() };

const startNoonCloud = (t: TestContext, plants = [berlinHome()]) => startCloud(t, { plants, now: clock.now });

async function startStick(t: TestContext, options: { password?: string } = {}) {
  const stick = await startTruckiStick({ firmware: 'jsonlive', now: clock.now, ...options });
  t.after(() => stick.close());
  return stick;
}

/** What the environment of every push here says. */
const baseEnv = (gateway: FakePushgateway) => ({
  EXPORTER_MODE: 'push',
  PUSHGATEWAY_URL: `http://me:hunter2@${gateway.host}`,
  GROWATT_CALL_SPACING: '0',
});

async function pushWith(env: Record<string, string>, signal = new AbortController().signal, lateness = 0) {
  const log = memoryLog();
  const config = loadConfig({ env, isTerminal: false });
  const later = { ...clock, now: () => clock.now() + lateness };
  const code = await push({ config, log, clock: later }, signal);
  assert.doesNotMatch(log.lines.join('\n'), new RegExp(`hunter2|${TOKEN}`));
  return { code, log: log.lines, errors: log.lines.filter((line) => line.startsWith('error: ')) };
}

test('push mode collects once, pushes what a scrape would show and exits 0', async (t) => {
  const gateway = await startFakePushgateway(t);
  const { cloud } = await startNoonCloud(t);
  const stick = await startStick(t);
  const { code, log } = await pushWith({
    ...baseEnv(gateway),
    GROWATT_TOKEN: TOKEN,
    GROWATT_BASE_URL: cloud.url,
    TRUCKI_TARGETS: `shed=${stick.address}`,
    PUSHGATEWAY_GROUPING: 'instance=home',
  });
  assert.equal(code, 0);
  assert.equal(gateway.pushes.length, 1);
  const [{ path, body } = { path: '', body: '' }] = gateway.pushes;
  assert.equal(path, '/metrics/job/growatt_exporter/instance/home');
  const expected = [
    'growatt_up{plant_id="1"} 1',
    'trucki_up{stick="shed"} 1',
    'growatt_current_power_watts{plant_id="1",',
    'growatt_energy_month_kwh{plant_id="1"} ',
    'growatt_energy_year_kwh{plant_id="1"} ',
    'solar_agent_polls_total{source="growatt/default",outcome="success"} 1',
    'process_resident_memory_bytes ',
  ];
  for (const start of expected) assert.ok(body.includes(`\n${start}`), `${start} in\n${body}`);
  for (const line of body.trimEnd().split('\n')) assert.match(line, /^# |^\w+(\{.*\})? [^ ]+$/);
  const samples = body.match(/^\w.*$/gm)?.length;
  assert.ok(log.includes(`info: Pushed ${samples} samples of 2 of 2 sources`), log.join('\n'));
});

test('no label of a pushed sample may be a grouping label', async (t) => {
  const gateway = await startFakePushgateway(t);
  const { cloud } = await startNoonCloud(t);
  const stick = await startStick(t);
  const env = { GROWATT_TOKEN: TOKEN, GROWATT_BASE_URL: cloud.url, TRUCKI_TARGETS: stick.address };
  await pushWith({ ...baseEnv(gateway), ...env });
  const labels = new Set(gateway.pushes[0]?.body.match(/\b\w+(?==")/g));
  assert.ok(labels.has('plant_id') && labels.has('stick') && labels.has('le'));
  for (const label of labels) {
    assert.throws(
      () => loadConfig({ env: { ...env, PUSHGATEWAY_GROUPING: `${label}=x` }, isTerminal: false }),
      (error) => error instanceof ConfigError && error.message.includes(`must not hold ${label}, which is`),
    );
  }
});

test('every plant’s devices and energies are read, each once, however short the intervals are', async (t) => {
  const gateway = await startFakePushgateway(t);
  const plants = fleetPlants(NOON, 12);
  const { cloud } = await startNoonCloud(t, plants);
  const { code } = await pushWith({
    ...baseEnv(gateway),
    GROWATT_TOKEN: TOKEN,
    GROWATT_BASE_URL: cloud.url,
    // The calls for all plants take longer than the intervals.
    GROWATT_CALL_SPACING: '100ms',
    GROWATT_PLANT_INTERVAL: '1s',
    GROWATT_DISCOVERY_INTERVAL: '1s',
  });
  assert.equal(code, 0);
  const paths = cloud.calls.map(({ path }) => path.split('/').slice(-2).join('/'));
  assert.equal(paths.filter((path) => path === 'plant/list').length, 1);
  assert.equal(paths.filter((path) => path === 'device/list').length, 12);
  assert.equal(paths.filter((path) => path === 'plant/data').length, 12);
  const body = gateway.pushes[0]?.body ?? '';
  for (const { id } of plants) {
    assert.match(body, new RegExp(`^growatt_energy_month_kwh\\{plant_id="${id}"\\} `, 'm'));
    assert.match(body, new RegExp(`^growatt_energy_today_kwh\\{plant_id="${id}",`, 'm'));
  }
});

test('a run that follows soon reads the plants again, since a push replaces all that was pushed', async (t) => {
  const gateway = await startFakePushgateway(t);
  const { cloud } = await startNoonCloud(t);
  const env = {
    ...baseEnv(gateway),
    GROWATT_TOKEN: TOKEN,
    GROWATT_BASE_URL: cloud.url,
    STATE_DIR: emptyFolder(t),
  };
  await pushWith(env);
  await pushWith(env, undefined, 15 * 60_000);
  assert.equal(cloud.calls.filter(({ path }) => path.endsWith('plant/data')).length, 2);
});

test('when no source can be read, nothing is pushed and the exit code is 1', async (t) => {
  const gateway = await startFakePushgateway(t);
  const { cloud } = await startNoonCloud(t);
  cloud.setToken('another');
  const stick = await startStick(t, { password: 'sesame' });
  const { code, errors } = await pushWith({
    ...baseEnv(gateway),
    GROWATT_TOKEN: TOKEN,
    GROWATT_BASE_URL: cloud.url,
    TRUCKI_TARGETS: `shed=${stick.address}`,
  });
  assert.equal(code, 1);
  assert.deepEqual(gateway.pushes, []);
  assert.equal(errors.length, 1);
  assert.match(
    errors[0] ?? '',
    /^error: Nothing is pushed, because no source could be read: growatt\/default: .*token.*; trucki\/shed: /,
  );
});

test('an account without plants is no success: nothing is pushed for it alone, and the exit code is 1', async (t) => {
  const gateway = await startFakePushgateway(t);
  const { cloud } = await startNoonCloud(t, []);
  const env = { ...baseEnv(gateway), GROWATT_TOKEN: TOKEN, GROWATT_BASE_URL: cloud.url };
  const { code, errors } = await pushWith(env);
  assert.equal(code, 1);
  assert.equal(gateway.pushes.length, 0);
  assert.match(
    errors[0] ?? '',
    /^error: Nothing is pushed, .*: growatt\/default: this token has access to no plants/,
  );

  const stick = await startStick(t);
  const other = await pushWith({ ...env, TRUCKI_TARGETS: `shed=${stick.address}` });
  assert.equal(other.code, 1);
  assert.ok(other.log.at(-1)?.endsWith('of 1 of 2 sources'), other.log.at(-1));
  assert.match(gateway.pushes.at(-1)?.body ?? '', /^trucki_up\{stick="shed"\} 1$/m);
  assert.match(gateway.pushes.at(-1)?.body ?? '', /^growatt_account_up\{account="default"\} 1$/m);
});

test('the reasons of many sources are not all repeated', async (t) => {
  const gateway = await startFakePushgateway(t);
  const stick = await startStick(t, { password: 'sesame' });
  const targets = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}=${stick.address}`).join();
  const { code, errors } = await pushWith({ ...baseEnv(gateway), TRUCKI_TARGETS: targets });
  assert.equal(code, 1);
  assert.match(errors[0] ?? '', /trucki\/a: .*; trucki\/b: .*; trucki\/c: .*; and 2 more$/);
});

test('when some sources can be read, they are pushed with the others down, and the exit code is 1', async (t) => {
  const gateway = await startFakePushgateway(t);
  const { cloud } = await startNoonCloud(t);
  const stick = await startStick(t, { password: 'sesame' });
  const env = {
    ...baseEnv(gateway),
    GROWATT_TOKEN: TOKEN,
    GROWATT_BASE_URL: cloud.url,
    GROWATT_PLANT_ID: '1',
    TRUCKI_TARGETS: `shed=${stick.address}`,
  };
  const first = await pushWith(env);
  assert.equal(first.code, 1);
  assert.deepEqual(first.errors, []);
  assert.ok(first.log.at(-1)?.endsWith('of 1 of 2 sources'), first.log.at(-1));
  assert.match(gateway.pushes[0]?.body ?? '', /^trucki_up\{stick="shed"\} 0$/m);
  assert.match(gateway.pushes[0]?.body ?? '', /^growatt_up\{plant_id="1"\} 1$/m);

  cloud.setToken('another');
  assert.equal((await pushWith({ ...env, TRUCKI_PASSWORD: 'sesame' })).code, 1);
  assert.match(gateway.pushes[1]?.body ?? '', /^trucki_up\{stick="shed"\} 1$/m);
  assert.match(gateway.pushes[1]?.body ?? '', /^growatt_up\{plant_id="1"\} 0$/m);
  assert.match(gateway.pushes[1]?.body ?? '', /^growatt_account_up\{account="default"\} 0$/m);
});

test('a Pushgateway that refuses is one line of error and exit code 1', async (t) => {
  const gateway = await startFakePushgateway(t, answering(401));
  const stick = await startStick(t);
  const { code, errors } = await pushWith({ ...baseEnv(gateway), TRUCKI_TARGETS: stick.address });
  assert.equal(code, 1);
  assert.deepEqual(errors, [
    `error: Push to ${gateway.host}: not allowed (HTTP 401); check user and password in PUSHGATEWAY_URL`,
  ]);
});

test('a signal during the push ends it with exit code 0', async (t) => {
  const stop = new AbortController();
  const gateway = await startFakePushgateway(t, () => stop.abort());
  const stick = await startStick(t);
  const { code, errors } = await pushWith(
    { ...baseEnv(gateway), TRUCKI_TARGETS: stick.address },
    stop.signal,
  );
  assert.equal(code, 0);
  assert.deepEqual(errors, []);
});

test('run pushes when EXPORTER_MODE says so, and no secret that the Pushgateway repeats is logged', async (t) => {
  const encoded = Buffer.from('me:hunter2').toString('base64');
  const gateway = await startFakePushgateway(t, answering(400, `you sent ${encoded}, that is hunter2`));
  const stick = await startStick(t);
  const lines: string[] = [];
  const code = await run(
    { configFile: undefined, flags: {} },
    {
      env: { ...baseEnv(gateway), TRUCKI_TARGETS: stick.address },
      out: () => assert.fail('nothing belongs on standard output'),
      err: (text) => lines.push(text),
      isTerminal: true,
      columns: 80,
      signal: new AbortController().signal,
    },
  );
  assert.equal(code, 1);
  assert.match(lines.at(-1) ?? '', /ERROR.* .*: you sent \[redacted\], that is \[redacted\]\n$/);
});

test('SIGTERM during the collection ends the process with exit code 0, and nothing is pushed', async (t) => {
  const gateway = await startFakePushgateway(t);
  const mute = createServer(() => child.kill('SIGTERM')).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  t.after(() => {
    mute.close();
    mute.closeAllConnections();
  });
  const address = mute.address();
  assert.ok(typeof address === 'object' && address);
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...baseEnv(gateway), GROWATT_TOKEN: TOKEN, GROWATT_BASE_URL: `http://127.0.0.1:${address.port}` },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 45_000,
    killSignal: 'SIGKILL',
  });
  assert.ok(child.stderr);
  const written = text(child.stderr);
  assert.deepEqual(await once(child, 'exit'), [0, null]);
  assert.deepEqual(gateway.pushes, []);
  assert.doesNotMatch(await written, /"level":"(warn|error)"/);
});
