import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { dashboardQueries } from '../deploy/dashboards.ts';
import { prepared } from './programs.ts';
import { eventually, freePort, startProgram } from './support.ts';

const run = promisify(execFile);

/** Panels that stay empty over the demo: its plant has neither battery nor grid meter, its stick no fault. */
const EMPTY_IN_DEMO =
  /^(State of charge|Battery power|Grid and load|Held back)|growatt_ac_phase_voltage_volts\{/;

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly unknown[] };
}

describe('Prometheus and its surroundings', () => {
  it('promtool accepts the configuration and its alerts', async () => {
    await run('promtool', ['check', 'config', '--lint-fatal', 'deploy/prometheus/prometheus.yaml']);
  });

  it('the alerts fire when they should and not otherwise', async () => {
    await run('promtool', ['test', 'rules', 'deploy/prometheus/alerts.test.yaml']);
  });

  it("Docker Compose's own parser takes compose.yaml", async () => {
    const args = ['-format=json', 'compose.yaml'];
    const { stdout } = await run(prepared('compose-go'), args, { cwd: 'deploy/compose' });
    const { services } = JSON.parse(stdout) as {
      services: Readonly<Record<string, { profiles?: string[] }>>;
    };
    const always = Object.keys(services).filter((name) => services[name]?.profiles === undefined);
    assert.deepEqual(always.sort(), ['grafana', 'otel-collector', 'prometheus', 'pushgateway']);
  });

  it('every query of the dashboard is answered by a Prometheus that scrapes the demo', async (t) => {
    const agentPort = await freePort();
    const agent = spawn(process.execPath, ['src/main.ts', 'demo'], {
      env: { EXPORTER_LISTEN_ADDR: `127.0.0.1:${agentPort}` },
      stdio: 'ignore',
    });
    const ended = once(agent, 'exit');
    t.after(async () => {
      agent.kill();
      await ended;
    });
    const { url } = await startProgram(t, {
      program: 'prometheus',
      package: 'prometheus',
      ready: '/-/ready',
      args: async ({ folder, port }) => {
        const file = join(folder, 'prometheus.yaml');
        await writeFile(
          file,
          `scrape_configs: [{ job_name: solar-otel-agent, scrape_interval: 2s, scrape_timeout: 2s,
             static_configs: [{ targets: ['127.0.0.1:${agentPort}'] }] }]`,
        );
        return [
          `--config.file=${file}`,
          `--storage.tsdb.path=${folder}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ];
      },
    });
    const ask = async (expr: string): Promise<number> => {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`);
      const { status, error, data } = (await response.json()) as Answer;
      assert.equal(status, 'success', `${expr}: ${error}`);
      return data?.result.length ?? 0;
    };
    await eventually(
      'the demo in Prometheus',
      async () =>
        ((await ask('growatt_current_power_watts and growatt_inverter_status')) > 0 &&
          (await ask('rate(solar_agent_polls_total[1m])')) > 0) ||
        undefined,
    );
    for (const { panel, expr } of await dashboardQueries()) {
      if (EMPTY_IN_DEMO.test(panel) || EMPTY_IN_DEMO.test(expr)) await ask(expr);
      else await eventually(`data in ${panel}: ${expr}`, async () => (await ask(expr)) || undefined);
    }
  });
});
