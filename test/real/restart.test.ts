import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { folderFor, frozenDevices, runAgent, startCollector } from './collector/running.ts';
import { eventually, startProgram } from './support.ts';

const POWER = 'sum(growatt_current_power_watts)';
const ENERGY = 'sum(growatt_energy_today_kwh)';
const SERIES = 'count(growatt_current_power_watts)';
/** More than 0 once several scrapes have seen the power of an agent that was started after START. */
const RESTARTED = 'count(count_over_time((process_start_time_seconds > START)[10s:1s]) >= 5)';
const MOST = [POWER, ENERGY, SERIES].map((query) => `max_over_time((${query})[5m:1s])`);

/** A Prometheus that scrapes the Collector each second as the Collector's configuration advises. */
async function startPrometheus(t: TestContext, collector: string) {
  const { url } = await startProgram(t, {
    program: 'prometheus',
    package: 'prometheus',
    ready: '/-/ready',
    args: async ({ folder, port }) => {
      const file = join(folder, 'prometheus.yaml');
      const { host } = new URL(collector);
      await writeFile(
        file,
        `scrape_configs: [{ job_name: collector, honor_labels: true, scrape_interval: 1s, scrape_timeout: 1s,
           static_configs: [{ targets: ['${host}'] }] }]`,
      );
      return [
        `--config.file=${file}`,
        `--storage.tsdb.path=${folder}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ];
    },
  });
  return async (query: string): Promise<number | undefined> => {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
    const [only] = data.result;
    return only && Number(only.value[1]);
  };
}

describe('A restart of the agent that exports to the Collector', () => {
  for (const [how, hasFolder] of [
    ['with STATE_DIR', true],
    ['without STATE_DIR', false],
  ] as const) {
    it(`does not double a sum in Prometheus, ${how}`, async (t) => {
      const { url, ports } = await startCollector(t);
      const ask = await startPrometheus(t, url);
      const variables = {
        ...(await frozenDevices(t)),
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.OTLP_HTTP}`,
        OTEL_METRIC_EXPORT_INTERVAL: '500',
        ...(hasFolder && { STATE_DIR: await folderFor(t) }),
      };
      const first = await runAgent(t, variables);
      const before = await eventually('the power in Prometheus', async () => {
        const values = [await ask(POWER), await ask(ENERGY), await ask(SERIES)];
        return values.every((value) => value !== undefined) ? values : undefined;
      });
      await first.stop();
      const stopped = Date.now() / 1000;
      const second = await runAgent(t, variables);
      await eventually(
        'the exports of the agent after its restart',
        async () => ((await ask(RESTARTED.replace('START', String(stopped)))) ?? 0) > 0 || undefined,
      );
      // The Collector still shows what the first one exported, so that it would be added if it were another series.
      const most = await Promise.all(MOST.map(ask));
      assert.deepEqual(most, before);
      await second.stop();
    });
  }
});
