import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { discover } from '../../src/cli/commands/discover.ts';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { everyFamily, homePlant } from '../../src/simulators/growatt/plants.ts';
import type { PlantSpec } from '../../src/simulators/growatt/specs.ts';
import { startSimulator } from '../../src/simulators/modbus/simulator.ts';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';
import { always, deadAddress, scriptedServer } from '../helpers/http.ts';

const NOON = Date.parse('2026-06-12T10:00:00Z');
const TOKEN = 'a-token-for-tests';
const home = (changes: Partial<PlantSpec> = {}) =>
  homePlant(NOON, {
    id: 1,
    name: 'A plant with a name that is much too long',
    createDate: '2026-06-01',
    ...changes,
  });

async function startCloud(t: TestContext, plants: PlantSpec[]) {
  const cloud = await startGrowattCloud({ token: TOKEN, plants, now: () => NOON });
  t.after(() => cloud.close());
  return cloud;
}

async function run(
  env: Record<string, string>,
  json = false,
  signal = new AbortController().signal,
  isTerminal = false,
) {
  let out = '';
  let err = '';
  const program = {
    env: { GROWATT_TOKEN: TOKEN, GROWATT_CALL_SPACING: '0', ...env },
    out: async (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    isTerminal,
    columns: 80,
    signal,
  };
  const code = await discover({ configFile: undefined, flags: {}, json }, program);
  assert.ok(!`${out}${err}`.includes(TOKEN));
  return { code, out, err };
}

test('the table fits 80 columns and shortens everything but serial numbers and addresses', async (t) => {
  const devices = [
    ...everyFamily(),
    {
      sn: 'A-SERIAL-NUMBER-OF-24-CH',
      family: 'min' as const,
      dataloggerSn: 'X',
      model: 'A long name of a model',
    },
  ];
  const { url } = await startCloud(t, [home({ devices }), home({ id: 2, name: 'Empty', devices: [] })]);
  const { code, out } = await run({ GROWATT_BASE_URL: url });
  assert.equal(code, 0);
  const lines = out.split('\n');
  const [source, title] = lines;
  assert.equal(source, 'growatt/default');
  assert.equal(title, 'PLANT                DEVICE             FAMILY    MODEL        LAST UPDATE READ');
  for (const line of lines) {
    const whole = line.includes('A-SERIAL') ? 80 + 6 : 80;
    assert.ok([...line].length <= whole, `${[...line].length}: ${line}`);
  }
  const row = (sn: string) => lines.find((line) => line.includes(sn)) ?? '';
  assert.match(
    row('SIMMAX01'),
    /^1 A plant with a na… SIMMAX01 {11}max {7}MAX 80KTL3 … 06-12 \d\d:\d\d yes$/,
  );
  assert.match(row('A-SERIAL-NUMBER-OF-24-CH'), / yes$/);
  assert.equal(lines.filter((line) => line.includes('SIMMAX01')).length, 1, 'though it is listed twice');
  assert.match(row('SIMLOG0110-1'), /meter .* yes$/);
  assert.equal(row('2 Empty'), '2 Empty');
});

test('a device that nobody can read says no', async (t) => {
  const answers: Record<string, unknown> = {
    '/v1/plant/list': { count: 1, plants: [{ plant_id: 7, name: 'Roof' }] },
    '/v1/device/list': { count: 1, devices: [{ device_sn: 'NEW1', type: 99, model: 'FUTURE' }] },
  };
  const server = await scriptedServer(t, (request, response) => {
    const data = answers[new URL(request.url ?? '/', 'http://cloud').pathname];
    response.end(JSON.stringify({ data, error_code: 0, error_msg: '' }));
  });
  const { code, out } = await run({ GROWATT_BASE_URL: server.url.origin });
  assert.equal(code, 0);
  assert.match(out, /^7 Roof +NEW1 +type 99 +FUTURE +no$/m);
  assert.equal(server.requests.length, 2, 'and no value is read');
});

test('--json says the same to programs', async (t) => {
  const { url } = await startCloud(t, [home()]);
  const { code, out } = await run({ GROWATT_BASE_URL: url }, true);
  assert.equal(code, 0);
  const [survey, ...more] = JSON.parse(out);
  assert.equal(more.length, 0);
  assert.equal(survey.source, 'growatt/default');
  assert.equal(survey.problem, undefined);
  assert.equal(survey.devices.length, 2);
  const { lastUpdate, ...first } = survey.devices[0];
  assert.match(lastUpdate, /^2026-06-12 \d\d:\d\d:\d\d$/);
  assert.deepEqual(first, {
    plant: '1 A plant with a name that is much too long',
    device: 'SIMMIN0001',
    family: 'min',
    model: 'MIN 6000TL-X',
    supported: true,
  });
});

test('an account that cannot be asked is one sentence and exit code 1, and the others are shown', async (t) => {
  const { url } = await startCloud(t, [home()]);
  const stick = await startTruckiStick({ firmware: 'jsonlive', now: () => NOON });
  t.after(() => stick.close());
  const env = {
    GROWATT_BASE_URL: url,
    GROWATT_TOKEN: 'another-token',
    TRUCKI_TARGETS: `shed=${stick.address}`,
  };
  const { code, out } = await run(env);
  assert.equal(code, 1);
  const host = new URL(url).host;
  assert.equal(
    out.split('\n').slice(0, 2).join('\n'),
    `growatt/default\n  ${host} refuses the token (plant/list: 10011 error_permission_denied): check the token and GROWATT_BASE_URL`,
  );
  assert.match(out, /^trucki\/shed\n/m);
  assert.ok(out.includes(stick.address));
});

test('a cloud that is not there, or is something else, is a sentence too', async (t) => {
  const limited = await scriptedServer(
    t,
    always('{"error_code":10012,"error_msg":"error_frequently_access"}'),
  );
  const { code, out } = await run({ GROWATT_BASE_URL: limited.url.origin });
  assert.equal(code, 1);
  assert.match(out, /^ {2}rate limited on plant\/list: pausing it until \d\d:\d\d$/m);
  assert.equal(limited.requests.length, 1, 'a rate limit is not tried again');
  const address = await deadAddress();
  const dead = await run({ TRUCKI_TARGETS: address, GROWATT_TOKEN: '' });
  assert.equal(dead.code, 1);
  assert.match(dead.out, new RegExp(`^ {2}.*${address}`, 'm'));
});

test('a signal ends it in the middle of a call, with exit code 0 and one line', async (t) => {
  const stop = new AbortController();
  const hanging = await scriptedServer(t, () => stop.abort());
  const { code, out, err } = await run({ GROWATT_BASE_URL: hanging.url.href }, false, stop.signal);
  assert.deepEqual({ code, out, err }, { code: 0, out: '', err: 'Stopped.\n' });
});

test('a terminal shows beforehand how many calls there will be, and how far they are', async (t) => {
  const { url } = await startCloud(t, [home(), home({ id: 2, devices: everyFamily() })]);
  const stick = await startTruckiStick({ firmware: 'jsonlive', now: () => NOON });
  t.after(() => stick.close());
  const env = { GROWATT_BASE_URL: url, GROWATT_V4: 'true', TRUCKI_TARGETS: `shed=${stick.address}` };
  const { code, out, err } = await run(env, false, undefined, true);
  assert.equal(code, 0);
  assert.match(out, /^growatt\/default\n/);
  const shown = err.split('\r\u001b[K');
  assert.equal(shown.at(-1), '', 'the line is cleared before the table');
  const lines = shown
    .slice(1, -1)
    .map((line) => line.replace(/^Listing plants and devices: /, '').replace(/, \d+ s left$/, ''));
  assert.deepEqual(lines, [
    '0 of at least 3 calls',
    '1 of at least 4 calls',
    '2 of at least 4 calls',
    // The second plant has a meter and a sensor behind dataloggers.
    '3 of at least 6 calls',
    '4 of at least 6 calls',
    '5 of at least 6 calls',
    '6 of at least 6 calls',
  ]);
  const narrow = shown.every((line) => line.length < 80);
  assert.ok(narrow);
});

test('an inverter on the local network is listed with what its family was recognised by', async (t) => {
  const { inverters } = await startCloud(t, [home()]);
  const { env, close } = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    demo: true,
    inverters: inverters(),
  });
  t.after(close);
  const local = { GROWATT_TOKEN: '', ...env };
  const { out, code } = await run(local);
  assert.equal(code, 0);
  assert.match(
    out,
    /^modbus\/SIMMIN0001\nPLANT.*\n.* SIMMIN0001 +min +MIN TL-X, M… now +yes\n {2}holding 43: 5200, MIN TL-X/m,
  );
  const [first] = JSON.parse((await run(local, true)).out) as [{ devices: [{ evidence: string[] }] }];
  assert.match(first.devices[0].evidence[0] ?? '', /^holding 43: 5200/);
});
