import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { grids, limitSeries, limits } from '../../deploy/prometheus/limits.ts';
import { alerts, ruleFiles } from '../../deploy/prometheus/rule-files.ts';
import { loadConfig } from '../../src/config/load.ts';

interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

const { groups } = parse(readFileSync('deploy/prometheus/alerts.yaml', 'utf8')) as {
  groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
};

describe('The alerts', () => {
  it('and the page about them are committed as their sources make them', () => {
    for (const [path, text] of Object.entries(ruleFiles))
      assert.equal(readFileSync(path, 'utf8'), text, `${path}: run npm run monitoring`);
  });

  it('each says what happened, where, and what to do, with a link to its section', () => {
    const page = readFileSync('docs/alerts.md', 'utf8');
    const sections = [...page.matchAll(/^## (Solar\w+)$/gm)].map(([, name]) => name);
    const shipped = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert !== undefined);
    assert.deepEqual(
      sections,
      shipped.map(({ alert }) => alert),
    );
    for (const { alert = '', annotations = {} } of shipped) {
      for (const kind of ['summary', 'description', 'action'])
        assert.match(annotations[kind] ?? '', /^.{15,}\.$/s, `${alert}: ${kind}`);
      assert.match(annotations.runbook_url ?? '', new RegExp(`/docs/alerts\\.md#${alert.toLowerCase()}$`));
    }
  });

  it('their limits stand at the head of the file, each is used, and those of the grid are given for other grids', () => {
    const [head, ...others] = groups;
    assert.deepEqual(
      head?.rules,
      Object.entries(limits).map(([name, { value }]) => ({
        record: limitSeries(name as keyof typeof limits),
        expr: `vector(${value})`,
      })),
    );
    const rest = others.flatMap(({ rules }) => rules.map(({ expr }) => expr)).join();
    for (const { record = '' } of head.rules) assert.ok(rest.includes(`scalar(${record})`), record);
    const { grid_voltage_low_volts, grid_voltage_high_volts, grid_frequency_low_hz, grid_frequency_high_hz } =
      limits;
    const given = [
      grid_voltage_low_volts,
      grid_voltage_high_volts,
      grid_frequency_low_hz,
      grid_frequency_high_hz,
    ];
    assert.deepEqual(
      grids['230 V, 50 Hz'],
      given.map(({ value }) => value),
    );
    // 10 % around a nominal voltage, 1 % around a nominal frequency.
    for (const [grid, [low = 0, high = 0, slow = 0, fast = 0]] of Object.entries(grids)) {
      const [, volts, hertz] = (/^(\d+) V, (\d+) Hz/.exec(grid) ?? []).map(Number);
      assert.ok(
        Math.abs(low / (volts ?? 0) - 0.9) < 0.003 && Math.abs(high / (volts ?? 0) - 1.1) < 0.003,
        grid,
      );
      assert.deepEqual([slow, fast], [0.99 * (hertz ?? 0), 1.01 * (hertz ?? 0)]);
    }
  });

  it('expect the jobs that the deployments and the agent name', () => {
    const jobs = alerts.flatMap(({ expr }) => [...expr.matchAll(/job="([^"]*)"/g)].map(([, job]) => job));
    assert.deepEqual([...new Set(jobs)].sort(), ['growatt_exporter', 'solar-otel-agent']);
    const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
    for (const file of ['README.md', 'otel-collector.yaml', ...pages.map((name) => `docs/${name}`)]) {
      const text = readFileSync(file, 'utf8');
      const named = [...text.matchAll(/job_name: ['"]?([\w-]+)|\bjob="([^"]+)"/g)];
      for (const [found, scraped, label] of named)
        assert.ok(
          ['solar-otel-agent', 'pushgateway', 'growatt_exporter'].includes(scraped ?? label ?? ''),
          `${file}: ${found}`,
        );
    }
    const { scrape_configs } = parse(readFileSync('deploy/prometheus/prometheus.yaml', 'utf8'));
    assert.equal(scrape_configs[0].job_name, 'solar-otel-agent');
    const { pushgateway } = loadConfig({ env: { GROWATT_TOKEN: 'a-token' }, isTerminal: false });
    assert.equal(pushgateway.job, 'growatt_exporter');
    assert.ok(alerts.some(({ expr }) => expr.startsWith('absent(up{job="solar-otel-agent"})')));
  });
});
