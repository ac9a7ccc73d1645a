import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { grids, limitSeries, type limits } from '../../deploy/prometheus/limits.ts';
import { alerts } from '../../deploy/prometheus/rule-files.ts';
import { type AlertCase, alertCases } from './alert-cases.ts';
import { eventually, freePort, startProgram } from './support.ts';

const run = promisify(execFile);
const RULES = 'deploy/prometheus/alerts.yaml';

interface Received {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

describe('The alerts', () => {
  it('promtool accepts the rules and the configuration that loads them', async () => {
    await run('promtool', ['check', 'rules', '--lint-fatal', RULES]);
    await run('promtool', ['check', 'config', '--lint-fatal', 'deploy/prometheus/prometheus.yaml']);
  });

  it('each has a case in which it fires and one in which it is silent', () => {
    assert.deepEqual(Object.keys(alertCases).sort(), alerts.map(({ name }) => name).sort());
  });

  for (const [name, { fires, silent, evaluatedEvery }] of Object.entries(alertCases)) {
    it(`${name} fires`, (t) => expectFiring(t, name, fires, {}, evaluatedEvery));
    it(`${name} is silent`, (t) => expectFiring(t, name, { ...silent, labels: '' }, {}, evaluatedEvery));
  }

  it('call plants by their names, sticks by theirs, and both are right where an agent overlaps with its successor', async (t) => {
    const { name, severity, summary: _, ...texts } = alertNamed('SolarOverTemperature');
    const expected = (labels: Record<string, string>, summary: string) => ({
      exp_labels: { severity, ...labels },
      exp_annotations: {
        summary,
        description: texts.description,
        action: texts.action,
        runbook_url: `https://github.com/solar-otel-agent/solar-otel-agent/blob/main/docs/alerts.md#${name.toLowerCase()}`,
      },
    });
    const series = {
      'growatt_inverter_temperature_celsius{plant_id="1",device_sn="A",instance="before"}': '60x10',
      'growatt_inverter_temperature_celsius{plant_id="1",device_sn="A",instance="after"}': '61x10',
      'growatt_inverter_temperature_celsius{plant_id="2",device_sn="B"}': '70x10',
      'growatt_plant_info{plant_id="1",plant_name="Barn \\"old\\""}': '1x10',
      'trucki_inverter_temperature_celsius{stick="shed"}': '58x10',
    };
    await promtool(t, series, {
      alert_rule_test: [
        {
          alertname: name,
          eval_time: '30m',
          exp_alerts: [
            expected({ plant_id: '1', device_sn: 'A' }, 'A of Barn "old" is at 61 °C.'),
            expected({ plant_id: '2', device_sn: 'B' }, 'B of 2 is at 70 °C.'),
            expected({ stick: 'shed' }, 'stick shed is at 58 °C.'),
          ],
        },
      ],
    });
  });

  it('the recording rules of money price the flow through one connection, for a plant with several hybrids too', async (t) => {
    const price = (plant: number, direction: string) =>
      `solar_energy_price{plant_id="${plant}",currency="EUR",direction="${direction}"}`;
    const series = {
      'growatt_grid_import_energy_total_kwh{plant_id="1",device_sn="A"}': '1000+0.1x40',
      'growatt_grid_import_energy_total_kwh{plant_id="1",device_sn="B"}': '500+0.1x40',
      'growatt_grid_export_energy_total_kwh{plant_id="1",device_sn="A"}': '70+0.2x40',
      'growatt_meter_import_energy_total_kwh{plant_id="1",device_sn="M"}': '1+9x40',
      'growatt_meter_import_energy_total_kwh{plant_id="2",device_sn="N"}': '5+0.3x40',
      [price(1, 'import')]: '0.3x40',
      [price(2, 'import')]: '-0.5x40',
      [price(1, 'export')]: '0.1x40',
    };
    const labels = (record: string, plant: number) => `${record}{currency="EUR",plant_id="${plant}"}`;
    const [cost, revenue] = ['import_cost', 'export_revenue'].map(
      (what) => `plant:solar_${what}_per_hour:rate1h`,
    );
    const test = (record = '', values: readonly number[]) => ({
      expr: `round(${record}, 0.0001)`,
      eval_time: '2h',
      exp_samples: values.map((value, index) => ({ labels: labels('', index + 1), value })),
    });
    // Each five minutes 0.1, 0.3 and 0.2 kWh.
    await promtool(t, series, { promql_expr_test: [test(cost, [0.36, -1.8]), test(revenue, [0.24])] });
  });

  for (const [grid, [low = 0, high = 0, slow = 0, fast = 0]] of Object.entries(grids)) {
    it(`in a grid of ${grid} the limits can be set, and then hold`, async (t) => {
      const values = {
        grid_voltage_low_volts: low,
        grid_voltage_high_volts: high,
        grid_frequency_low_hz: slow,
        grid_frequency_high_hz: fast,
      };
      const series = (volts: number, hertz: number) => ({
        'growatt_ac_voltage_volts{plant_id="1",device_sn="A"}': `${volts}x10`,
        'growatt_ac_frequency_hz{plant_id="1",device_sn="A"}': `${hertz}x10`,
      });
      const labels = 'severity="warning",plant_id="1",device_sn="A"';
      for (const name of ['SolarGridVoltage', 'SolarGridFrequency']) {
        const inside = series((low + high) / 2, (slow + fast) / 2);
        await expectFiring(t, name, { series: inside, at: '30m', labels: '' }, values);
        await expectFiring(t, name, { series: series(high + 1, fast + 1), at: '30m', labels }, values);
      }
    });
  }

  it('a real Alertmanager is told what happened, where, and what to do', async (t) => {
    const manager = await startProgram(t, {
      program: 'prometheus-alertmanager',
      package: 'prometheus-alertmanager',
      ready: '/-/ready',
      args: async ({ folder, port }) => {
        const file = join(folder, 'alertmanager.yml');
        await writeFile(file, stringify({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] }));
        return [
          `--config.file=${file}`,
          `--storage.path=${folder}`,
          `--web.listen-address=127.0.0.1:${port}`,
          '--cluster.listen-address=',
        ];
      },
    });
    const agent = `127.0.0.1:${await freePort()}`;
    await startProgram(t, {
      program: 'prometheus',
      package: 'prometheus',
      ready: '/-/ready',
      args: async ({ folder, port }) => {
        const file = join(folder, 'prometheus.yml');
        // Nothing is waited for in a test.
        const rules = (await readFile(RULES, 'utf8')).replaceAll(/^( +for: ).*/gm, '$10s');
        await writeFile(join(folder, 'alerts.yaml'), rules);
        const configuration = {
          global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
          rule_files: ['alerts.yaml'],
          scrape_configs: [{ job_name: 'solar-otel-agent', static_configs: [{ targets: [agent] }] }],
          alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${manager.port}`] }] }] },
        };
        await writeFile(file, stringify(configuration));
        return [
          `--config.file=${file}`,
          `--storage.tsdb.path=${folder}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ];
      },
    });
    const alert = await eventually('the alert at the Alertmanager', async () => {
      const response = await fetch(`${manager.url}/api/v2/alerts`);
      const all = (await response.json()) as Received[];
      return all.find(({ labels }) => labels.alertname === 'SolarAgentDown');
    });
    assert.equal(alert.labels.instance, agent);
    assert.equal(alert.labels.severity, 'critical');
    assert.equal(alert.annotations.summary, `The agent at ${agent} cannot be scraped.`);
    assert.match(alert.annotations.action ?? '', /healthz/);
    assert.match(alert.annotations.runbook_url ?? '', /\/docs\/alerts\.md#solaragentdown$/);
  });
});

const alertNamed = (name: string) => alerts.find((alert) => alert.name === name) ?? assert.fail(name);

type Limits = Partial<Record<keyof typeof limits, number>>;

/** Compares what fires over series: labels, parted by `;`. */
async function expectFiring(
  t: TestContext,
  name: string,
  { series, at, labels }: AlertCase['fires'],
  values: Limits = {},
  evaluatedEvery?: string,
): Promise<void> {
  const state = `alertname="${name}",alertstate="firing"`;
  const samples = labels
    .split('; ')
    .filter(Boolean)
    .map((each) => ({ labels: `ALERTS{${state},${each}}`, value: 1 }));
  const expected = [{ expr: `ALERTS{${state}}`, eval_time: at, exp_samples: samples }];
  await promtool(t, series, { promql_expr_test: expected }, values, evaluatedEvery);
}

/** Runs the rules over series, with other limits if so wished. @throws AssertionError when not all is as expected */
async function promtool(
  t: TestContext,
  series: Readonly<Record<string, string>>,
  expected: object,
  values: Limits = {},
  evaluatedEvery = '1m',
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  let rules = await readFile(RULES, 'utf8');
  for (const [limit, value] of Object.entries(values)) {
    const head = `record: ${limitSeries(limit as keyof typeof limits)}\n        expr: vector(`;
    const [before = '', after = ''] = rules.split(head);
    assert.ok(after !== '', limit);
    rules = before + head + after.replace(/^[\d.]+/, `${value}`);
  }
  await writeFile(join(folder, 'alerts.yaml'), rules);
  const input_series = Object.entries(series).map(([each, values]) => ({ series: each, values }));
  const tests = [{ interval: '5m', input_series, ...expected }];
  const file = join(folder, 'test.yaml');
  const content = { rule_files: ['alerts.yaml'], evaluation_interval: evaluatedEvery, tests };
  await writeFile(file, stringify(content, { lineWidth: 0 }));
  await run('promtool', ['test', 'rules', file]).catch(
    (error: Error & { stdout?: string; stderr?: string }) => assert.fail(`${error.stderr}${error.stdout}`),
  );
}
