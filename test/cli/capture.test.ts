import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Agent } from '../../src/agent.ts';
import { tokensOf } from '../../src/capture/json-text.ts';
import { Masker } from '../../src/capture/masker.ts';
import { Recorder } from '../../src/capture/recorder.ts';
import { capture } from '../../src/cli/commands/capture.ts';
import type { CaptureInvocation } from '../../src/cli/flags.ts';
import { RunError } from '../../src/cli/program.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Fetch } from '../../src/http/fetch.ts';
import { nodeFetch } from '../../src/http/node-fetch.ts';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { everyFamily, homePlant } from '../../src/simulators/growatt/plants.ts';
import type { FamilyName } from '../../src/simulators/growatt/specs.ts';
import { STICK_SECRETS } from '../../src/simulators/trucki/settings.ts';
import { startTruckiStick, type TruckiStickOptions } from '../../src/simulators/trucki/stick.ts';
import { captureRules } from '../../src/sources/growatt/capture-rules.ts';
import { instantClock } from '../helpers/clock.ts';
import { always, deadAddress, scriptedServer } from '../helpers/http.ts';
import { memoryLog } from '../helpers/log.ts';
import { readCase, replay, textOf } from './case.ts';

const NOON = Date.parse('2026-06-12T10:00:00Z');
const PASSWORD = 'stick-password-42';
const TOKEN = 'growatt-token-0123456789';

/** A path at which nothing is yet. */
function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'case');
}

async function run(
  env: Record<string, string>,
  invocation: Partial<CaptureInvocation> & { out: string },
  signal = new AbortController().signal,
) {
  let out = '';
  let err = '';
  const program = {
    env,
    out: async (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    isTerminal: false,
    columns: 80,
    signal,
  };
  const defaults = { configFile: undefined, flags: {}, source: undefined, device: undefined };
  const code = await capture({ ...defaults, ...invocation }, program);
  return { code, out, err };
}

/** Samples of the devices that an agent shows when its sources get these answers, without what says whose they are. */
async function samplesOf(env: Record<string, string>, fetch?: Fetch): Promise<string[]> {
  // Calls that were not recorded are retried.
  const clock = instantClock(NOON);
  const config = loadConfig({ env, flags: {}, isTerminal: false });
  const agent = new Agent({ config, log: memoryLog(), clock, ...(fetch && { fetch }) });
  await agent.pollOnce(new AbortController().signal, NOON + 3_600_000);
  const text = String(await agent.metrics('text'));
  await agent.stop();
  return text
    .split('\n')
    .filter((line) => /^(growatt|trucki)_/.test(line))
    .map((line) => line.replace(/(plant_id|device_sn|plant_name|location|account|stick)="[^"]*"/g, '$1=""'))
    .toSorted();
}

async function startStick(t: TestContext, options: Partial<TruckiStickOptions> = {}) {
  const stick = await startTruckiStick({
    firmware: 'jsonlive',
    remotes: 2,
    meter: true,
    now: () => NOON,
    ...options,
  });
  t.after(() => stick.close());
  return {
    TRUCKI_TARGETS: `shed=${stick.address}`,
    ...(options.password !== undefined && { TRUCKI_PASSWORD: options.password }),
  };
}

for (const [firmware, path] of [
  ['jsonlive', 'jsonlive'],
  ['v1.12', 'json'],
] as const) {
  test(`the answers of a stick with /${path} hold no secret and read the same`, async (t) => {
    const env = await startStick(t, { firmware, password: PASSWORD });
    const folder = newFolder(t);
    const { code, out, err } = await run(env, { out: folder });
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.match(out, /^Wrote \d files to .*case\. Read them before you publish them/);
    const text = textOf(folder);
    for (const secret of [
      PASSWORD,
      ...Object.values(STICK_SECRETS),
      '192.0.2',
      'T2SG0A1B2C',
      'pool.ntp',
      'shed',
    ])
      assert.ok(!text.includes(secret), secret);
    const { calls, kind, devices } = readCase(folder);
    assert.equal(kind, 'trucki');
    assert.equal(devices.length, 1);
    assert.equal(calls.at(-1)?.path, path);
    const replayed = await samplesOf(env, replay(folder));
    assert.deepEqual(replayed, await samplesOf(env));
    assert.ok(replayed.length > 30);
  });
}

const PLANT = {
  id: 7_654_321,
  name: 'Roof of Jane Doe',
  city: 'Musterstadt',
  country: 'Germany',
  latitude: 52.5163,
  longitude: 13.3777,
  createDate: '2026-06-01',
  timezone: 'GMT+2',
  zone: 120,
};
const V4_FAMILIES: readonly FamilyName[] = ['wit', 'sph-s', 'noah'];
const PERSONAL = ['7654321', '223344', 'Jane', 'Musterstadt', 'Germany', '52.5163', '13.3777', TOKEN];

async function startCloud(t: TestContext, v4 = true) {
  const plants = [homePlant(NOON, { ...PLANT, devices: everyFamily() })];
  const cloud = await startGrowattCloud({ token: TOKEN, plants, now: () => NOON, limits: false });
  t.after(() => cloud.close());
  const env = {
    GROWATT_TOKEN: TOKEN,
    GROWATT_BASE_URL: cloud.url,
    GROWATT_CALL_SPACING: '0',
    GROWATT_V4: String(v4),
  };
  return { cloud, env };
}

function assertMasked(folder: string): void {
  const text = textOf(folder);
  const serials = everyFamily().flatMap(({ sn, dataloggerSn }) => [sn, dataloggerSn]);
  for (const original of [...PERSONAL, ...serials])
    assert.ok(!text.toLowerCase().includes(original.toLowerCase()), original);
}

for (const { sn, family, dataloggerSn } of everyFamily()) {
  test(`the answers about a device of the family ${family} hold nothing personal and read the same`, async (t) => {
    const { cloud, env } = await startCloud(t, V4_FAMILIES.includes(family));
    const folder = newFolder(t);
    const device = family === 'meter' || family === 'env' ? `${dataloggerSn}-1` : sn;
    const { code, err } = await run(env, { out: folder, source: 'growatt/default', device });
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assertMasked(folder);
    // Lists, the plant, and the device.
    assert.ok(cloud.calls.length <= 5, `${cloud.calls.length} calls`);
    const { devices, device: masked = '', calls } = readCase(folder);
    assert.equal(devices.length, 1);
    assert.equal(devices[0]?.supported, true);
    assert.equal(masked.length, device.length);
    assert.equal(calls.length, cloud.calls.length);
    const replayed = await samplesOf({ ...env, GROWATT_DEVICE_SN: masked }, replay(folder));
    assert.deepEqual(replayed, await samplesOf({ ...env, GROWATT_DEVICE_SN: device }));
    assert.ok(replayed.length > 10);
  });
}

test('of what the cloud answers, nothing but what says whose it is changes', async (t) => {
  const { env } = await startCloud(t);
  const recorder = new Recorder(nodeFetch);
  await samplesOf(env, recorder.fetch);
  const masked = new Masker(captureRules, {}).mask(recorder.exchanges);
  assert.ok(masked.length > 20);
  const changed = new Set<string>();
  for (const [i, { body, complete }] of masked.entries()) {
    assert.ok(complete);
    const { tokens } = tokensOf(body);
    for (const [n, { type, key, value }] of tokensOf(recorder.exchanges[i]?.body ?? '').tokens.entries())
      if (type !== 'key' && tokens[n]?.value !== value) changed.add(key);
  }
  const expected =
    'ID battery1SerialNum city country dataLogSn datalogSn dataloggerSn deviceSn device_id inverterId latitude ' +
    'locale longitude name plant_id serialNum user_id';
  // Each family calls the parameter of a device after itself.
  const keys = [...changed].filter((key) => !key.endsWith('_sn'));
  assert.deepEqual(keys.toSorted(), expected.split(' '));
});

test('all devices of an account are recorded with as few calls as a poll takes', async (t) => {
  const { cloud, env } = await startCloud(t);
  const folder = newFolder(t);
  assert.equal((await run(env, { out: folder })).code, 0);
  assertMasked(folder);
  const made = cloud.calls.length;
  const replayed = await samplesOf(env, replay(folder));
  assert.deepEqual(replayed, await samplesOf(env));
  assert.equal(cloud.calls.length, 2 * made);
  const { devices, device } = readCase(folder);
  assert.equal(device, undefined);
  assert.equal(devices.length, everyFamily().length);
});

test('of an account with many plants only the first are recorded, and no further ones once a device is found', async (t) => {
  const plants = Array.from({ length: 13 }, (_, i) => {
    const devices = [{ sn: `ABC00000${i}X`, family: 'min' as const, dataloggerSn: `XYZ00000${i}` }];
    return homePlant(NOON, { ...PLANT, id: 5_000_000 + i, devices });
  });
  const cloud = await startGrowattCloud({ token: TOKEN, plants, now: () => NOON, limits: false });
  t.after(() => cloud.close());
  const env = { GROWATT_TOKEN: TOKEN, GROWATT_BASE_URL: cloud.url, GROWATT_CALL_SPACING: '0' };
  const lists = () => cloud.calls.filter(({ path }) => path.endsWith('device/list')).length;
  assert.equal((await run(env, { out: newFolder(t) })).code, 0);
  assert.equal(lists(), 10);
  assert.equal((await run(env, { out: newFolder(t), device: 'ABC000002X' })).code, 0);
  assert.equal(lists(), 13);
  assert.equal((await run(env, { out: newFolder(t), device: 'ABC0000012X' })).code, 0);
  assert.equal(lists(), 26);
});

test('a device that the account does not have is a sentence, and is not named in what is written', async (t) => {
  const { env } = await startCloud(t);
  const folder = newFolder(t);
  const { code, err } = await run(env, { out: folder, device: 'ABC1234567' });
  assert.equal(code, 1);
  assert.equal(err, 'growatt/default: the account has no device ABC1234567: discover lists its devices\n');
  assertMasked(folder);
  assert.ok(!textOf(folder).includes('ABC1234567'));
});

test('a refused token is a sentence, and the refusal is what is written', async (t) => {
  const { env } = await startCloud(t);
  const folder = newFolder(t);
  const { code, err } = await run({ ...env, GROWATT_TOKEN: 'another-token-0123456789' }, { out: folder });
  assert.equal(code, 1);
  assert.match(err, /refuses the token/);
  assert.match(readFileSync(join(folder, '01-plant-list.json'), 'utf8'), /"error_code":10011/);
  assert.ok(!textOf(folder).includes('another-token'));
});

test('a stick that does not answer is a sentence and exit code 1, and nothing is written', async (t) => {
  const folder = newFolder(t);
  const env = { TRUCKI_TARGETS: await deadAddress() };
  await assert.rejects(
    run(env, { out: folder }),
    (error) => error instanceof RunError && /: GET \/jsonlive: no answer from /.test(error.message),
  );
  assert.equal(existsSync(folder), false);
});

test('an answer that is not one of a stick is written as far as it is JSON, with exit code 1', async (t) => {
  const page = await scriptedServer(t, always('<html>Router of Jane Doe</html>'));
  const folder = newFolder(t);
  const { code, err } = await run({ TRUCKI_TARGETS: page.url.host }, { out: folder });
  assert.equal(code, 1);
  assert.match(err, /^trucki\/.*: GET \/jsonlive: a web page came instead of data\n$/);
  assert.equal(readFileSync(join(folder, '01-jsonlive.json'), 'utf8'), '');
  assert.equal(readCase(folder).calls[0]?.complete, false);
  assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /1 of the answers are not complete/);
});

test('the folder must be new or empty, and no call is made before that is known', async (t) => {
  const server = await scriptedServer(t, always('{"VGRID":230}'));
  const env = { TRUCKI_TARGETS: server.url.host };
  const folder = newFolder(t);
  mkdirSync(folder);
  writeFileSync(join(folder, 'case.json'), 'mine');
  await assert.rejects(run(env, { out: folder }), { name: 'UsageError', message: /the folder is not empty/ });
  const file = join(folder, 'case.json');
  await assert.rejects(run(env, { out: file }), {
    name: 'RunError',
    message: /cannot be written \(ENOTDIR\)/,
  });
  assert.equal(server.requests.length, 0);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
  rmSync(file);
  assert.equal((await run(env, { out: folder })).code, 0);
  assert.deepEqual(readdirSync(folder), ['01-jsonlive.json', 'README.md', 'case.json']);
});

test('of several sources one must be named', async (t) => {
  const env = { TRUCKI_TARGETS: 'a=192.0.2.1,b=192.0.2.2' };
  const out = newFolder(t);
  await assert.rejects(run(env, { out }), {
    name: 'UsageError',
    message: 'capture needs --source; there are: trucki/a, trucki/b.',
  });
  await assert.rejects(run(env, { out, source: 'trucki/c' }), {
    name: 'UsageError',
    message: '--source "trucki/c" is not configured; there are: trucki/a, trucki/b.',
  });
});

test('a signal ends it with one line and exit code 0, and nothing is written', async (t) => {
  const stop = new AbortController();
  const hanging = await scriptedServer(t, () => stop.abort());
  const folder = newFolder(t);
  const result = await run({ TRUCKI_TARGETS: hanging.url.host }, { out: folder }, stop.signal);
  assert.deepEqual(result, { code: 0, out: '', err: 'Stopped.\n' });
  assert.equal(existsSync(folder), false);
});
