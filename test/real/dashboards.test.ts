import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { dashboardQueries, queryVariables } from '../deploy/dashboards.ts';
import { END_SECONDS, writeDemoHistory } from './demo-history.ts';
import { startProgram } from './support.ts';

const run = promisify(execFile);

/** Queries that find nothing in the demo, and why. */
const EMPTY: Readonly<Record<string, string>> = {
  'max by (target) (growatt_modbus_up)': 'no inverter is read over the local network',
  'Plants that cannot be read': 'all can be read',
};

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly Series[] };
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

describe('A Prometheus with nine days of the demo', () => {
  let url: string;
  let stop: () => Promise<void>;

  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    const ends: (() => unknown)[] = [() => rm(folder, { recursive: true })];
    // The programs run until the whole suite has ended.
    const suite = { after: (end: () => unknown) => ends.unshift(end) } as unknown as TestContext;
    stop = async () => {
      for (const end of ends) await end();
    };
    const file = await writeDemoHistory(suite, folder);
    const blocks = ['tsdb', 'create-blocks-from', '--max-block-duration=744h', 'openmetrics', file];
    await run('promtool', [...blocks, join(folder, 'data')], { maxBuffer: 1 << 24 });
    ({ url } = await startProgram(suite, {
      program: 'prometheus',
      package: 'prometheus',
      ready: '/-/ready',
      args: ({ port }) => [
        '--config.file=/dev/null',
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=127.0.0.1:${port}`,
      ],
    }));
  });
  after(() => stop());

  const ask = async (query: string): Promise<readonly Series[]> => {
    const body = new URLSearchParams({ query, time: `${END_SECONDS}` });
    const response = await fetch(`${url}/api/v1/query`, { method: 'POST', body });
    const { status, error, data } = (await response.json()) as Answer;
    assert.equal(status, 'success', `${query}: ${error}`);
    return data?.result ?? [];
  };
  const single = async (query: string): Promise<number> => {
    const [series, ...more] = await ask(query);
    assert.ok(series && more.length === 0, query);
    return Number(series.value[1]);
  };
  const panel = (dashboard: string, title: string): string =>
    dashboardQueries().find((each) => each.dashboard === dashboard && each.panel === title)?.expr ??
    assert.fail(`${dashboard} has no panel ${title}`);

  it('every query of every panel gives data', async () => {
    const unused = new Set(Object.keys(EMPTY));
    for (const { dashboard, panel, expr, legend } of dashboardQueries()) {
      const found = await ask(expr);
      const empty = [expr, panel].find((each) => each in EMPTY);
      if (empty) unused.delete(empty);
      assert.equal(found.length === 0, empty !== undefined, `${dashboard}: ${panel}: ${expr}`);
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g))
        for (const { metric } of found) assert.ok(metric[label], `${panel}: a series has no ${label}`);
    }
    assert.deepEqual([...unused], []);
  });

  it('every variable lists values, plants and devices by their names', async () => {
    const options = new Map<string, string[]>();
    for (const { name, query, regex } of queryVariables()) {
      const [, inner = ''] = /^(?:query_result|label_values)\((.*?)(?:, \w+)?\)$/.exec(query) ?? [];
      const pattern = new RegExp(regex?.replaceAll(/^\/|\/$/g, '') || '(?<text>.*)');
      // As Grafana writes a series before it applies the pattern.
      const lines = (await ask(inner)).map(({ metric: { __name__, ...labels }, value }) => {
        const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
        return `${__name__ ?? ''}{${pairs.join(',')}} ${value[1]} ${value[0] * 1000}`;
      });
      assert.ok(lines.length > 0, name);
      const texts = lines.map((line) => pattern.exec(line)?.groups?.text ?? assert.fail(`${name}: ${line}`));
      options.set(name, texts.sort());
    }
    assert.deepEqual(options.get('fleet: plant'), [
      'Home in Palermo (simulated)',
      'North (simulated)',
      'South (simulated)',
      'West (simulated)',
    ]);
    assert.ok(options.get('home: device')?.includes('SPH 6000 SIMSPH0101'));
  });

  it('a sum counts a device once while an agent and its successor overlap', async () => {
    for (const metric of ['growatt_current_power_watts', 'growatt_energy_total_kwh']) {
      const both = await single(`sum(${metric})`);
      const one = await single(`sum(${metric}{instance="demo:9120"})`);
      assert.ok(Math.abs(both - 2 * one) < 1e-6 * both, metric);
    }
    const power = await single('sum(growatt_current_power_watts{instance="demo:9120"})');
    assert.equal(await single(panel('home', 'Current power')), power);
    assert.equal(await single(panel('fleet', 'Power')), power);
    assert.equal(await single(panel('fleet', 'Plants')), 4);
  });

  it('the fault and the silence show in the fleet', async () => {
    assert.equal(await single(panel('fleet', 'Faulty devices')), 1);
    assert.equal(await single(panel('fleet', 'Silent devices')), 1);
    const names = async (title: string) =>
      (await ask(panel('fleet', title))).map(({ metric }) => metric.device_sn);
    assert.deepEqual(await names('Faulty'), ['SIMFAULT02']);
    assert.deepEqual(await names('Silent'), ['SIMQUIET03']);
  });

  it('a house with a smart meter and no hybrid has flows, self-consumption and autarky, too', async () => {
    const of = (title: string, legend: string) =>
      dashboardQueries()
        .find((each) => each.panel === title && each.legend === legend)
        ?.expr.replaceAll('plant_id=~".*"', 'plant_id="2000003"') ?? assert.fail(`${title}: ${legend}`);
    const sun = await single('max(growatt_current_power_watts{device_sn="SIMMIN0301"})');
    const meter = await single('max(growatt_meter_power_watts{plant_id="2000003"})');
    assert.ok(meter < 0, 'it exports');
    assert.equal(await single(of('Flow', 'grid')), meter);
    assert.ok(Math.abs((await single(of('Flow', 'house'))) - (sun + meter)) < 0.001);
    const pv = await single('max(growatt_pv_energy_today_kwh{plant_id="2000003"})');
    const exported = await single('max(growatt_meter_export_energy_today_kwh{plant_id="2000003"})');
    const share = await single(of('Self-consumption today', 'self-consumption'));
    assert.ok(Math.abs(share - (1 - exported / pv)) < 1e-9 && share > 0 && share < 1, `${share}`);
    const autarky = await single(of('Autarky today', 'autarky'));
    assert.ok(autarky > 0 && autarky <= 1, `${autarky}`);
  });

  it('the energy of a day is that of the day of the plant, wherever the plant is', async () => {
    const days = await ask(panel('home', 'Daily energy, 30 days'));
    const of = (date: string) =>
      days.find(({ metric }) => metric.date === date && metric.plant_id === '1234567');
    const known = await single('max(growatt_daily_energy_kwh{plant_id="1234567",date="2026-06-01"})');
    assert.equal(Number(of('2026-06-01')?.value[1]), known);
    assert.equal(
      Number(of('today')?.value[1]),
      await single('max(growatt_plant_energy_today_kwh{plant_id="1234567"})'),
    );
  });

  it('the map of hours has all hours of all weekdays, and the night is dark', async () => {
    const cells = await ask(panel('home', 'Power by hour and weekday, 8 weeks'));
    assert.equal(cells.length, 7 * 24);
    const mean = (hour: string) => {
      const values = cells.filter(({ metric }) => metric.hour === hour).map(({ value }) => Number(value[1]));
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    assert.ok(mean('12') > 50 * mean('01'), `${mean('12')} ${mean('01')}`);
  });

  it('every recipe of the documentation gives the numbers that stand beside it', async () => {
    const page = await readFile('docs/recipes.md', 'utf8');
    const recipes = [...page.matchAll(/```promql\n([^`]*)```\n\nIn the demo: (.*)\.\n/g)];
    assert.ok(recipes.length > 12);
    assert.equal(recipes.length, page.match(/```promql/g)?.length);
    for (const [, query = '', numbers = ''] of recipes) {
      const found = await ask(query);
      const stated = [...numbers.matchAll(/(?:([\w(][^:,]*): )?(\d[\d.]*)(?= |,|$)/g)];
      assert.equal(found.length, stated.length, `${query}: ${JSON.stringify(found)}`);
      for (const [, name, number] of stated) {
        const series = name ? found.find(({ metric }) => Object.values(metric).includes(name)) : found[0];
        const value = Number(series?.value[1]);
        // Polls come a little earlier or later each time.
        const near = Math.abs(value - Number(number)) <= 0.05 * Math.abs(value) + 0.005;
        assert.ok(near, `${query}: ${name ?? ''} ${value}, not ${number}`);
      }
    }
  });
});
