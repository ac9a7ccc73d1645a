import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { collect, plan } from '../../src/backfill/collect.ts';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import type { PlantSpec } from '../../src/simulators/growatt/specs.ts';
import {
  emptyFolder,
  emptyJournal,
  exposition,
  fakeReader,
  plantWith,
  sourceOf,
} from '../backfill/support.ts';
import { startProgram } from './support.ts';

const TOKEN = 'a-token-for-tests';
const DAY = 24 * 60 * 60_000;
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString().slice(0, 10);

/** A simulated home and the command line on it. */
async function startHome(t: TestContext, changes: Partial<PlantSpec> = {}, spacing = '0') {
  const berlin = { latitude: 52.5, longitude: 13.4, timezone: 'GMT+1', zone: 'Europe/Berlin' };
  const plants = [homePlant(Date.now(), { id: 1, ...berlin, createDate: daysAgo(3), ...changes })];
  const cloud = await startGrowattCloud({ token: TOKEN, plants, limits: false });
  t.after(() => cloud.close());
  const folder = emptyFolder(t);
  const config = join(folder, 'agent.yaml');
  const file = {
    token: TOKEN,
    base_url: cloud.url,
    plants: [{ id: '1', timezone: 'Europe/Berlin' }],
    growatt: { call_spacing: spacing },
  };
  await writeFile(config, JSON.stringify(file));
  const start = (...args: string[]) => {
    const argv = [MAIN, 'backfill', '--config', config, ...args];
    const child = spawn(process.execPath, argv, { env: {}, stdio: ['ignore', 'ignore', 'pipe'] });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, err }));
    return { child, ended };
  };
  const ask = async (path: string) => {
    const response = await fetch(`${cloud.url}/v1/${path}`, { headers: { token: TOKEN } });
    return JSON.parse(await response.text()).data;
  };
  return { cloud, folder, start, ask };
}

async function createBlocks(file: string, folder: string): Promise<void> {
  const args = ['tsdb', 'create-blocks-from', '--max-block-duration=744h', 'openmetrics', file, folder];
  await promisify(execFile)('promtool', args);
}

/** A Prometheus on blocks of the past. @returns the raw samples of a range selector at a time */
async function startPrometheus(t: TestContext, blocks: string) {
  const prometheus = await startProgram(t, {
    program: 'prometheus',
    package: 'prometheus',
    async args({ folder, port }) {
      const file = join(folder, 'prometheus.yml');
      await writeFile(file, '');
      return [
        `--config.file=${file}`,
        `--storage.tsdb.path=${blocks}`,
        '--storage.tsdb.retention.time=10y',
        `--web.listen-address=127.0.0.1:${port}`,
      ];
    },
    ready: '/-/ready',
  });
  const ask = async (path: string, parameters: Record<string, string>) => {
    const url = `${prometheus.url}/api/v1/${path}?${new URLSearchParams(parameters)}`;
    const { data } = (await (await fetch(url)).json()) as {
      data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
    };
    return data.result;
  };
  return {
    samples: (query: string, time: string) => ask('query', { query, time }),
    range: (query: string, start: string, end: string, step: string) =>
      ask('query_range', { query, start, end, step }),
  };
}

test('blocks of a backfill over a day of 25 hours answer with what the cloud says', async (t) => {
  const home = await startHome(t, {
    createDate: '2025-10-20',
    devices: [
      { sn: 'SPH0000001', family: 'sph', dataloggerSn: 'LOG0000001', peakPowerW: 6000, batteryKwh: 10 },
    ],
  });
  const out = join(home.folder, 'past.om');
  const { code, err } = await home.start('--from', '2025-10-24', '--to', '2025-10-27', '--out', out).ended;
  assert.equal(code, 0, err);
  const blocks = join(home.folder, 'blocks');
  await createBlocks(out, blocks);
  const prometheus = await startPrometheus(t, blocks);

  const { powers } = await home.ask('plant/power?plant_id=1&date=2025-10-26');
  const expected = (powers as { power: number | null }[]).toReversed().map(({ power }) => power);
  assert.equal(expected.length, 300);
  const [power] = await prometheus.samples('growatt_plant_power_watts[25h]', '2025-10-26T22:59:59Z');
  const start = Date.parse('2025-10-25T22:00:00Z') / 1000;
  assert.deepEqual(
    power?.values,
    expected.map((watts, i) => [start + i * 300, String(watts)]),
  );
  const [range] = await prometheus.range(
    'growatt_plant_power_watts{plant_id="1"}',
    '2025-10-25T22:00:00Z',
    '2025-10-26T22:55:00Z',
    '5m',
  );
  assert.deepEqual(range?.values, power?.values);

  const { energys } = await home.ask(
    'plant/energy?plant_id=1&start_date=2025-10-24&end_date=2025-10-27&time_unit=day',
  );
  const days = await prometheus.samples('growatt_daily_energy_kwh{plant_id="1"}[5d]', '2025-10-28T00:00:00Z');
  const ends = [
    '2025-10-24T21:59:59Z',
    '2025-10-25T21:59:59Z',
    '2025-10-26T22:59:59Z',
    '2025-10-27T22:59:59Z',
  ];
  assert.deepEqual(
    days.map(({ metric, values }) => [metric.date, values]).toSorted(),
    (energys as { date: string; energy: string }[]).map(({ date, energy }, i) => [
      date,
      [[Date.parse(ends[i]!) / 1000, String(Number(energy))]],
    ]),
  );
  const [peak] = await prometheus.samples(
    'growatt_daily_peak_power_watts{date="2025-10-26"}[5d]',
    '2025-10-28T00:00:00Z',
  );
  assert.equal(Number(peak?.values[0]?.[1]), Math.max(...expected.map((watts) => watts ?? 0)));
  const total = await prometheus.samples('growatt_plant_energy_total_kwh[5d]', '2025-10-28T00:00:00Z');
  assert.deepEqual(total, [], 'days so long ago have no lifetime total');
});

test('the lifetime total of the last days grows by the energy of each and joins the live total', async (t) => {
  const home = await startHome(t, { createDate: daysAgo(9) });
  const out = join(home.folder, 'past.om');
  const { code, err } = await home.start('--out', out).ended;
  assert.equal(code, 0, err);
  const blocks = join(home.folder, 'blocks');
  await createBlocks(out, blocks);
  const prometheus = await startPrometheus(t, blocks);
  const yesterday = /to (\d{4}-\d{2}-\d{2}) of 1 plant/.exec(err)?.[1] ?? '';
  const time = new Date(Date.parse(`${yesterday}T00:00Z`) + DAY).toISOString();
  const [total] = await prometheus.samples('growatt_plant_energy_total_kwh[20d]', time);
  const values = total?.values.map(([, text]) => Number(text)) ?? [];
  assert.ok(values.length > 100);
  for (const [i, value] of values.slice(1).entries()) assert.ok(value >= values[i]!);
  const data = await home.ask('plant/data?plant_id=1');
  // At night "today" may still be the day before.
  const live = [Number(data.total_energy) - Number(data.today_energy), Number(data.total_energy)];
  assert.ok(
    live.some((kwh) => Math.abs(kwh - values.at(-1)!) < 0.001),
    `${values.at(-1)} beside ${live}`,
  );
  const days = await prometheus.samples('growatt_daily_energy_kwh[20d]', time);
  const sum = days.reduce((kwh, { values: [first] }) => kwh + Number(first?.[1]), 0);
  assert.ok(Math.abs(values.at(-1)! - values[0]! - sum) < 0.01);
});

test('promtool takes plant ids with odd characters', async (t) => {
  const journal = emptyJournal(t);
  const assignments = await plan([sourceOf(fakeReader([plantWith({ id: 'a"b\\c\nd,e}☀' })]))], journal, {
    from: '2026-06-10',
    to: undefined,
  });
  await collect(assignments, journal, () => {});
  const folder = emptyFolder(t);
  const file = join(folder, 'odd.om');
  await writeFile(file, await exposition(assignments, journal));
  const blocks = join(folder, 'blocks');
  await promisify(execFile)('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, blocks]);
  const prometheus = await startPrometheus(t, blocks);
  const series = await prometheus.samples('{__name__=~"growatt_.+"}[5d]', '2026-06-13T00:00:00Z');
  assert.equal(series.length, 6);
  for (const { metric } of series) assert.equal(metric.plant_id, 'a"b\\c\nd,e}☀');
});

test('a backfill that is killed or stopped goes on, and writes byte for byte the same file', async (t) => {
  const home = await startHome(t, { createDate: '2026-01-01' }, '5ms');
  const range = ['--from', '2026-01-05', '--to', '2026-02-03'];
  const whole = join(home.folder, 'whole.om');
  assert.equal((await home.start(...range, '--out', whole).ended).code, 0);
  const callsOfOne = home.cloud.calls.length;
  const out = join(home.folder, 'past.om');
  for (const signal of ['SIGKILL', 'SIGINT', 'SIGKILL', 'SIGTERM'] as const) {
    const until = home.cloud.calls.length + 7;
    const { child, ended } = home.start(...range, '--out', out);
    const watch = setInterval(() => home.cloud.calls.length >= until && child.kill(signal), 1);
    const result = await ended;
    clearInterval(watch);
    if (signal === 'SIGKILL') assert.equal(result.signal, 'SIGKILL');
    else assert.match(result.err, /Interrupted\. Run the same command again to resume\.\n$/);
    if (signal !== 'SIGKILL') assert.equal(result.code, 0);
    assert.equal(existsSync(out), false);
  }
  const { code, err } = await home.start(...range, '--out', out).ended;
  assert.equal(code, 0, err);
  assert.ok(readFileSync(out).equals(readFileSync(whole)));
  // Each end may cost the one call whose answer it met.
  assert.ok(home.cloud.calls.length <= 2 * callsOfOne + 4);
  assert.deepEqual((await readdir(home.folder)).toSorted(), ['agent.yaml', 'past.om', 'whole.om']);
});

test('an outage ends it with one line that says what to do', async (t) => {
  const home = await startHome(t);
  await home.cloud.close();
  const { code, err } = await home.start('--out', join(home.folder, 'past.om')).ended;
  assert.equal(code, 1);
  const [first, second, ...others] = err.trimEnd().split('\n');
  assert.equal(first, 'Looking up the plants');
  assert.match(second ?? '', /^plant\/list: .*\. Run the same command again to resume\.$/);
  assert.deepEqual(others, []);
});
