import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { unknownVariables } from '../../src/config/unknown-variables.ts';
import { parseExposition, type Sample } from '../export/exposition-parser.ts';
import { home, NOON, startStation } from '../faults/station.ts';

const MINUTE = 60_000;
/** What 0.1.0 wrote 40 minutes after noon, and what it was given; its README says how it was made. */
const OLD = fileURLToPath(new URL('fixtures/0.1.0/', import.meta.url));
const old = (name: string) => readFileSync(join(OLD, name), 'utf8');
const oldSamples = parseExposition(old('metrics.txt')).samples;
const WRITTEN = NOON + 40 * MINUTE;
const SERIAL = 'SIMMIN0001';

interface OldState {
  readonly sources: { readonly 'growatt/default': { readonly source: { readonly ledger: Ledger } } };
}
type Ledger = Readonly<Record<string, { readonly doneAt: number }>>;
const { ledger } = (JSON.parse(old('state.json')) as OldState).sources['growatt/default'].source;

/** An agent of today with the variables of that one, ten seconds after it ended. */
async function upgraded(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'upgrade-'));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(join(OLD, 'state.json'), join(folder, 'state.json'));
  const station = await startStation(t, {
    start: WRITTEN + 10_000,
    plants: [home()],
    env: {
      TRUCKI_LEGACY_NAMES: 'true',
      TRUCKI_INTERVAL: '5s',
      GROWATT_DISCOVERY_INTERVAL: '3h',
      COLLECT_HISTORY: 'true',
      HISTORY_DAYS: '2',
      STATE_DIR: folder,
    },
  });
  const agent = station.boot();
  void agent.run();
  await station.pass(0);
  return { station, agent };
}

const series = ({ name, labels }: Sample) => `${name} ${JSON.stringify(Object.entries(labels).toSorted())}`;
const ofDevices = ({ name }: Sample) => !name.startsWith('solar_agent_');

test('after an upgrade from 0.1.0 the first poll shows the days that it had read, without reading them again', async (t) => {
  const { station, agent } = await upgraded(t);
  await station.pass(MINUTE);
  const isPast = ({ name }: Sample) => /_daily_|_hourly_/.test(name);
  const known = oldSamples.filter(isPast);
  assert.ok(known.length >= 4 + 17);
  assert.deepEqual((await agent.scrape()).samples.filter(isPast), known);
  const asked = station.attempts.filter(({ to }) => to === 'cloud').map(({ path }) => path);
  assert.deepEqual(asked, ['/v1/device/tlx/tlx_last_data']);
});

test('after an upgrade from 0.1.0 no call comes sooner than the cloud allows, and nothing is listed again', async (t) => {
  const { station, agent } = await upgraded(t);
  await station.pass(30 * MINUTE);
  const first = new Map<string, number>();
  for (const { to, path, at } of station.attempts)
    if (to === 'cloud' && !first.has(path)) first.set(path, at);
  assert.deepEqual([...first.keys()].toSorted(), ['/v1/device/tlx/tlx_last_data', '/v1/plant/data']);
  for (const [path, at] of first) {
    const [, made] = Object.entries(ledger).find(([call]) => path.includes(call.split(' ')[0]!)) ?? [];
    assert.ok(at >= made!.doneAt + 5 * MINUTE, path);
  }
  assert.deepEqual(
    agent.log.lines.filter((line) => /^(?:warn|error)/.test(line)),
    [],
  );
});

test('after an upgrade from 0.1.0 every series that it had is there again, with its name and its labels', async (t) => {
  const { station, agent } = await upgraded(t);
  await station.pass(30 * MINUTE);
  const now = new Set((await agent.scrape()).samples.map(series));
  const lost = oldSamples.filter(ofDevices).filter((sample) => !now.has(series(sample)));
  assert.deepEqual(lost.map(series), []);
});

test('after an upgrade from 0.1.0 its names of agent metrics are there', async (t) => {
  const { station, agent } = await upgraded(t);
  await station.pass(30 * MINUTE);
  const now = new Set((await agent.scrape()).samples.map(({ name }) => name));
  const names = oldSamples.filter((sample) => !ofDevices(sample)).map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => !now.has(name)),
    [],
  );
});

test('after an upgrade from 0.1.0 totals that it had seen do not fall', async (t) => {
  const { station, agent } = await upgraded(t);
  station.cloud.disturb(SERIAL, { lifetimeZero: true });
  await station.pass(6 * MINUTE);
  const totalIn = (samples: readonly Sample[]) =>
    samples.find(({ name }) => name === 'growatt_energy_total_kwh')?.value;
  const { samples } = await agent.scrape();
  assert.ok(samples.some(({ name }) => name === 'growatt_current_power_watts'));
  assert.equal(totalIn(samples), totalIn(oldSamples));
});

/** As far as 0.1.0 resolved it, in its form. */
function inOldForm({ exporter, pushgateway, otlp, sources, derived: _, ...config }: Config) {
  const { growatt, trucki } = sources;
  return {
    accounts: growatt.accounts.map(({ region: _, plants, ...account }) => ({
      ...account,
      plants: plants.map(({ devices, ...plant }) => ({
        ...plant,
        ...(devices.length > 0 && { deviceSns: devices }),
      })),
    })),
    growatt: { ...growatt.growatt, ...growatt.exporter },
    trucki: { interval: trucki.interval, legacyNames: trucki.legacyNames, sticks: trucki.targets },
    mode: exporter.mode,
    listen: exporter.listenAddr,
    pushgateway,
    otlp: otlp && {
      url: otlp.metricsEndpoint,
      protocol: otlp.protocol,
      headers: otlp.headers,
      compression: otlp.compression,
      timeout: otlp.timeout,
      interval: otlp.interval,
      exponentialHistograms: otlp.histogramAggregation === 'base2_exponential_bucket_histogram',
      resourceAttributes: otlp.resourceAttributes,
    },
    history: growatt.history,
    ...config,
  };
}

/** Plain objects, without what is undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

test('each variable of 0.1.0 is known, and means what it meant', () => {
  const env = parseEnv(old('environment'));
  assert.deepEqual(unknownVariables({ env }), []);
  const config = loadConfig({ env, isTerminal: false });
  assert.deepEqual(plain(inOldForm(config)), JSON.parse(old('resolved.json')).environment);
});

test('the example of a configuration file of 0.1.0 means what it meant', () => {
  const env = { GROWATT_TOKEN: 'a-token', SHED_PASSWORD: 'a-password' };
  const config = loadConfig({ file: join(OLD, 'config.yaml'), env, isTerminal: false });
  assert.deepEqual(plain(inOldForm(config)), JSON.parse(old('resolved.json')).file);
});

test('the deployments keep the state where those of 0.1.0 kept it', () => {
  const present = (file: string) => readFileSync(join('deploy', file), 'utf8');
  const stateOfUnit = (unit: string) => unit.match(/^StateDirectory=.*$|^Environment=STATE_DIR=.*$/gm);
  assert.deepEqual(
    stateOfUnit(present('systemd/solar-otel-agent.service')),
    stateOfUnit(old('solar-otel-agent.service')),
  );
  const stateOfCompose = (text: string) => {
    const { name, services } = parse(text, { merge: true });
    return [
      name,
      services.live.volumes.find((volume: string) => volume.endsWith('/var/lib/solar-otel-agent')),
    ];
  };
  assert.deepEqual(stateOfCompose(present('compose/compose.yaml')), stateOfCompose(old('compose.yaml')));
  const claimsIn = (text: string) =>
    (parse(text) as readonly { path: string; value: unknown }[]).find(({ path }) => /Claim/.test(path))
      ?.value;
  assert.ok(claimsIn(old('stateful-set.yaml')));
  assert.deepEqual(
    claimsIn(present('kubernetes/sharded/stateful-set.yaml')),
    claimsIn(old('stateful-set.yaml')),
  );
});
