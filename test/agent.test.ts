import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { STICK_SECRETS } from '../src/simulators/trucki/settings.ts';
import type { Exposition } from './export/exposition-parser.ts';
import { type AgentSetUp, NOON, PASSWORD, simulatedAgent, TOKEN } from './helpers/agent.ts';
import { deadAddress } from './helpers/http.ts';

const MINUTE = 60_000;

/** The values of one metric, by their labels but for these. */
function valuesOf({ samples }: Exposition, metric: string, label = ''): Record<string, number> {
  const found = samples.filter(({ name }) => name === metric);
  return Object.fromEntries(found.map(({ labels, value }) => [labels[label] ?? '', value]));
}

const devices = ['SIMMIN0001', 'SIMMIN0002'];

test('a home and a stick: every metric of the seed is there, with its names, types and labels', async (t) => {
  const { run, agent, scrape, stick, until } = await simulatedAgent(t);
  void run();
  await until(() => agent.status().ready && agent.status().sources.every(({ state }) => state === 'ok'));
  let exposition = await scrape();
  while (Object.keys(valuesOf(exposition, 'growatt_energy_year_kwh')).length === 0)
    exposition = await scrape();

  const gauges = `current_power_watts inverter_temperature_celsius pv1_voltage_volts pv2_voltage_volts
    pv1_current_amps pv2_current_amps pv_power_watts ac_voltage_volts ac_current_amps ac_frequency_hz
    inverter_status energy_today_kwh`.split(/\s+/);
  for (const name of gauges) {
    const values = valuesOf(exposition, `growatt_${name}`, 'device_sn');
    assert.deepEqual(Object.keys(values), devices, name);
    assert.equal(exposition.headers.get(`TYPE growatt_${name}`), 'gauge');
  }
  assert.equal(exposition.headers.get('TYPE growatt_energy_total_kwh'), 'counter');
  const ofDevices = exposition.samples.filter(({ name }) =>
    gauges.some((gauge) => name === `growatt_${gauge}`),
  );
  for (const { labels } of ofDevices) assert.deepEqual(Object.keys(labels), ['plant_id', 'device_sn']);

  const power = valuesOf(exposition, 'growatt_current_power_watts', 'device_sn');
  assert.ok(devices.every((sn) => (power[sn] ?? 0) > 100 && (power[sn] ?? 0) < 7000));
  assert.deepEqual(valuesOf(exposition, 'growatt_inverter_status', 'device_sn'), {
    SIMMIN0001: 1,
    SIMMIN0002: 1,
  });
  for (const name of [
    'growatt_energy_month_kwh',
    'growatt_energy_year_kwh',
    'growatt_up',
    'growatt_plant_status',
  ]) {
    assert.deepEqual(Object.keys(valuesOf(exposition, name, 'plant_id')), ['77'], name);
  }
  assert.deepEqual(valuesOf(exposition, 'growatt_up', 'plant_id'), { '77': 1 });
  assert.deepEqual(valuesOf(exposition, 'growatt_account_up', 'account'), { default: 1 });
  const info = exposition.samples.find(({ name }) => name === 'growatt_plant_info');
  assert.deepEqual(Object.keys(info?.labels ?? {}), ['plant_id', 'plant_name', 'location', 'peak_power_kw']);
  assert.match(info?.labels.plant_name ?? '', /^Home "A"\P{Cc}B$/u);
  const types = exposition.samples.filter(({ name }) => name === 'growatt_device_info');
  assert.deepEqual(
    types.map(({ labels }) => labels.device_type),
    ['min', 'min'],
  );

  assert.deepEqual(valuesOf(exposition, 'trucki_up', 'stick'), { shed: 1 });
  assert.deepEqual(valuesOf(exposition, 'trucki_inverter_reachable', 'inverter'), { '1': 1, '2': 1 });
  assert.equal(stick.settingsChanged, 0);
  assert.ok(exposition.samples.every(({ value }) => Number.isFinite(value)));
  assert.ok(exposition.samples.every(({ labels }) => !('otel_scope_name' in labels)));
});

test('before the first poll there are no values, only the counters at 0', async (t) => {
  const { scrape, agent, get } = await simulatedAgent(t);
  const exposition = await scrape();
  assert.ok(exposition.samples.every(({ name }) => !/^(growatt|trucki)_/.test(name)));
  const polls = exposition.samples.filter(({ name }) => name === 'solar_agent_polls_total');
  assert.deepEqual(
    polls.map(({ labels, value }) => [labels.source, labels.outcome, value]).toSorted(),
    ['growatt/default', 'trucki/shed'].flatMap((source) =>
      ['failure', 'partial', 'success'].map((outcome) => [source, outcome, 0]),
    ),
  );
  assert.deepEqual(valuesOf(exposition, 'solar_agent_retries_total', 'source'), {
    'growatt/default': 0,
    'trucki/shed': 0,
  });
  assert.equal(agent.status().ready, false);
  assert.match(await get('/readyz'), /not tried yet: growatt\/default, trucki\/shed/);
});

test('the agent is ready only when every source has been tried, not just some of them', async (t) => {
  const { run, agent, cloud, get, until } = await simulatedAgent(t);
  cloud.faults.next({ kind: 'hang', match: 'plant/list' });
  void run();
  await until(() => agent.status().sources.some(({ state }) => state === 'ok'));
  await until(() => cloud.calls.length > 0);
  assert.equal(agent.status().ready, false);
  assert.equal(await get('/readyz'), 'not ready; not tried yet: growatt/default\n');
});

test('an account whose plants are listed and whose devices do not answer yet has not been tried', async (t) => {
  const { run, agent, cloud, get, until } = await simulatedAgent(t);
  cloud.faults.next({ kind: 'hang', match: 'tlxs_data' });
  void run();
  await until(() => cloud.calls.some(({ path }) => path.includes('tlxs_data')));
  assert.equal(agent.status().ready, false);
  assert.match(await get('/readyz'), /not tried yet: growatt\/default/);
});

test('twenty scrapes at once and twenty in a row cause no call', async (t) => {
  const { run, agent, get, cloud, stick, until, atRest } = await simulatedAgent(t);
  void run();
  await until(() => agent.status().ready);
  await atRest();
  const calls = () => cloud.calls.length + stick.requests.length;
  const before = calls();
  const texts = await Promise.all(Array.from({ length: 20 }, () => get('/metrics')));
  for (let i = 0; i < 20; i++) await get('/metrics', { accept: 'application/openmetrics-text' });
  assert.equal(calls(), before);
  const stable = (text: string) =>
    text
      .split('\n')
      .filter((line) => /^(growatt|trucki)_/.test(line))
      .join('\n');
  assert.equal(new Set(texts.map(stable)).size, 1);
});

test('when the stick goes down, its values stay for STALE_AFTER, and the other source never notices', async (t) => {
  const { run, agent, clock, scrape, stick, until, atRest } = await simulatedAgent(t, {
    env: { STALE_AFTER: '10m', TRUCKI_INTERVAL: '1m' },
  });
  void run();
  await until(() => agent.status().ready);
  await atRest();
  stick.faults.next({ kind: 'http-500', times: Number.POSITIVE_INFINITY });
  const status = () => agent.status().sources.find(({ name }) => name === 'trucki/shed');
  const letPass = async (minutes: number) => {
    for (let i = 0; i < minutes * 4; i++) {
      await clock.pass(MINUTE / 4);
      await atRest();
    }
  };
  await letPass(2);
  assert.deepEqual([status()?.state, status()?.problem?.includes('HTTP 500')], ['failing', true]);
  const failing = await scrape();
  assert.deepEqual(valuesOf(failing, 'trucki_up', 'stick'), { shed: 0 });
  assert.deepEqual(Object.keys(valuesOf(failing, 'trucki_grid_voltage_volts', 'stick')), ['shed']);
  await letPass(12);
  const stale = await scrape();
  assert.deepEqual(valuesOf(stale, 'trucki_grid_voltage_volts', 'stick'), {});
  assert.deepEqual(Object.keys(valuesOf(stale, 'trucki_inverter_energy_total_kwh', 'stick')), ['shed']);
  assert.deepEqual(valuesOf(stale, 'growatt_up', 'plant_id'), { '77': 1 });
  assert.equal(valuesOf(stale, 'solar_agent_circuit_state', 'source')['trucki/shed'], 2);
  stick.faults.clear();
  await letPass(2);
  assert.deepEqual(valuesOf(await scrape(), 'trucki_up', 'stick'), { shed: 1 });
  assert.equal(status()?.state, 'ok');
});

test('a removed inverter is gone after the next discovery, a new one is there', async (t) => {
  const { run, agent, clock, cloud, scrape, until, atRest } = await simulatedAgent(t, {
    env: { GROWATT_DISCOVERY_INTERVAL: '1h', TRUCKI_INTERVAL: '1h' },
  });
  void run();
  await until(() => agent.status().ready);
  await atRest();
  cloud.removeDevice('SIMMIN0002');
  cloud.addDevice(77, { sn: 'SIMMIN0003', family: 'min', dataloggerSn: 'SIMLOG0003' });
  let power: Record<string, number> = {};
  for (let minutes = 0; minutes < 120 && !('SIMMIN0003' in power); minutes++) {
    await clock.pass(MINUTE);
    await atRest();
    power = valuesOf(await scrape(), 'growatt_current_power_watts', 'device_sn');
  }
  assert.deepEqual(Object.keys(power), ['SIMMIN0001', 'SIMMIN0003']);
});

test('while nothing is new, scrapes share the text of the devices, however much time passes', async (t) => {
  const { agent, abort, clock } = await simulatedAgent(t);
  const devices = async () => (await agent.metrics('text')).bytes[0];
  await agent.pollOnce(abort.signal, NOON + MINUTE);
  const first = await devices();
  clock.jump(5 * MINUTE);
  assert.equal(await devices(), first);
  assert.match(String(first), /^growatt_current_power_watts/m);
  await agent.pollOnce(abort.signal, NOON + 7 * MINUTE);
  assert.notEqual(await devices(), first);
});

test('a signal ends the agent at once, also while both sources hang', async (t) => {
  const { run, cloud, stick, abort, lines, until } = await simulatedAgent(t);
  cloud.faults.next({ kind: 'hang', times: Number.POSITIVE_INFINITY });
  stick.faults.next({ kind: 'hang', times: Number.POSITIVE_INFINITY });
  const running = run();
  await until(() => cloud.calls.length > 0 && stick.requests.length > 0);
  const before = performance.now();
  abort.abort(new Error('SIGTERM'));
  await running;
  assert.ok(performance.now() - before < 500);
  assert.deepEqual(
    lines.filter((line) => /"level":"(warn|error)"/.test(line)),
    [],
  );
});

test('no secret is in the metrics, the log, the status or the page, however things fail', async (t) => {
  const address = await deadAddress();
  const cases: AgentSetUp[] = [
    {},
    { stick: { firmware: 'v1.12' } },
    {
      stick: { password: 'another-password' },
      baseUrl: `http://${address}`,
      env: { TRUCKI_LEGACY_NAMES: 'true' },
    },
  ];
  for (const options of cases) {
    const { agent, clock, cloud, lines, get, abort } = await simulatedAgent(t, options);
    cloud.setToken(options.baseUrl ? TOKEN : 'revoked');
    const polling = agent.pollOnce(abort.signal, NOON + MINUTE);
    const done = polling.then(() => true);
    while (!(await Promise.race([done, clock.pass(MINUTE)])));
    const shown = [...lines, await get('/metrics'), await get('/api/v1/status'), await get('/')].join('\n');
    assert.ok(lines.length > 0);
    const basic = Buffer.from(`admin:${PASSWORD}`).toString('base64');
    for (const secret of [TOKEN, PASSWORD, basic, ...Object.values(STICK_SECRETS)]) {
      assert.ok(!shown.includes(secret), secret);
    }
  }
});

test('one poll tells whether all sources could be read', async (t) => {
  const { agent, abort, stick, clock } = await simulatedAgent(t);
  assert.equal(await agent.pollOnce(abort.signal, NOON + MINUTE), true);
  stick.faults.next({ kind: 'redirect', times: 3 });
  const polling = agent.pollOnce(abort.signal, NOON + MINUTE).then(String);
  let outcome: string | undefined;
  while (outcome === undefined) outcome = (await Promise.race([polling, clock.pass(MINUTE)])) ?? undefined;
  assert.equal(outcome, 'false');
});

test('when the agent stops, the state of all sources is on the disk', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { agent, abort } = await simulatedAgent(t, { env: { STATE_DIR: folder } });
  await agent.pollOnce(abort.signal, NOON + MINUTE);
  const path = join(folder, 'state.json');
  assert.ok(!existsSync(path), 'not written with each poll');
  await agent.stop();
  const { sources } = JSON.parse(readFileSync(path, 'utf8'));
  assert.deepEqual(Object.keys(sources), ['growatt/default', 'trucki/shed']);
  assert.ok(JSON.stringify(sources['growatt/default'].source).includes('SIMMIN0001'));
  assert.ok('trucki_inverter_energy_total_kwh' in sources['trucki/shed'].entities.stick.totals);
});

test('two shards read all sources, each of them once', async (t) => {
  const TRUCKI_TARGETS = Array.from({ length: 12 }, (_, i) => `s${i}=127.0.0.1:${i + 1}`).join(',');
  const namesOf = async (SHARD: string) => {
    const { agent } = await simulatedAgent(t, { env: { SHARD, TRUCKI_TARGETS } });
    return agent.status().sources.map(({ name }) => name);
  };
  const all = await namesOf('0/1');
  const [first, second] = [await namesOf('0/2'), await namesOf('1/2')];
  assert.equal(all.length, 13);
  assert.ok(first.length > 0 && second.length > 0);
  assert.deepEqual([...first, ...second].toSorted(), all.toSorted());
});
