import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { version } from '../../src/base/version.ts';
import { renderText } from '../../src/export/text-format.ts';
import type { SourceStatus } from '../../src/model/status.ts';
import { createOwnMetrics } from '../../src/telemetry/own.ts';
import { createProvider } from '../../src/telemetry/provider.ts';
import { parseExposition } from '../export/exposition-parser.ts';

/** The agent's own metrics, and what a scrape shows of one of them: values by their labels. */
function setUp(t: TestContext, sources: readonly SourceStatus[] = []) {
  const { provider, ownReader, ownMeter } = createProvider();
  t.after(() => provider.shutdown());
  return {
    own: createOwnMetrics(ownMeter, () => sources),
    async shown(metric: string): Promise<Record<string, number>> {
      const { resourceMetrics } = await ownReader.collect();
      const { samples } = parseExposition(renderText(resourceMetrics, 'text'));
      return Object.fromEntries(
        samples
          .filter(({ name }) => name === metric)
          .map(({ labels, value }) => [Object.values(labels).join(' '), value]),
      );
    },
  };
}

test('limits that were reached are counted by name', async (t) => {
  const { own, shown } = setUp(t);
  for (const limit of ['list_rows', 'devices', 'list_rows'] as const) own.limitReached(limit);
  assert.deepEqual(await shown('solar_agent_limit_reached_total'), {
    list_rows: 2,
    devices: 1,
    label_length: 0,
    unknown_statuses: 0,
    series: 0,
  });
});

test('polls, their durations, calls, retries and rejections are counted by source', async (t) => {
  const { own, shown } = setUp(t);
  const calls = own.callObserver('a/1');
  calls.attempted('plant/list', 'timeout', 30_000, 3000);
  calls.retried('plant/list');
  calls.attempted('plant/list', 'success', 100, 3000);
  own.polled('a/1', 'partial', 4);
  own.polled('a/1', 'success', 0.2);
  own.rejected('a/1', 'total_fell');
  assert.deepEqual(await shown('solar_agent_polls_total'), {
    'a/1 success': 1,
    'a/1 partial': 1,
    'a/1 failure': 0,
  });
  assert.deepEqual(await shown('solar_agent_requests_total'), {
    'a/1 plant/list timeout': 1,
    'a/1 plant/list success': 1,
  });
  assert.deepEqual(await shown('solar_agent_retries_total'), { 'a/1': 1 });
  assert.deepEqual(await shown('solar_agent_suspect_readings_total'), { 'a/1 total_fell': 1 });
  assert.deepEqual(await shown('solar_agent_poll_duration_seconds_sum'), { 'a/1': 4.2 });
  const buckets = await shown('solar_agent_poll_duration_seconds_bucket');
  assert.deepEqual([buckets['a/1 0.1'], buckets['a/1 0.25'], buckets['a/1 5']], [0, 1, 2]);
});

test('the state of each source is shown as it is at the scrape', async (t) => {
  const common = { state: 'ok', intervalSeconds: 300 } as const;
  const { shown } = setUp(t, [
    { ...common, name: 'a/1', circuit: 'closed', lastSuccess: 1000, nextPoll: 1300.5 },
    { ...common, name: 'a/2', circuit: 'half-open' },
    { ...common, name: 'a/3', circuit: 'open', intervalSeconds: 5 },
  ]);
  assert.deepEqual(await shown('solar_agent_circuit_state'), { 'a/1': 0, 'a/2': 1, 'a/3': 2 });
  assert.deepEqual(await shown('solar_agent_poll_interval_seconds'), { 'a/1': 300, 'a/2': 300, 'a/3': 5 });
  assert.deepEqual(await shown('solar_agent_last_poll_success_timestamp_seconds'), { 'a/1': 1000 });
  assert.deepEqual(await shown('solar_agent_next_poll_timestamp_seconds'), { 'a/1': 1300.5 });
});

test('the process is described in seconds and bytes', async (t) => {
  const { shown } = setUp(t);
  const single = async (metric: string) => (await shown(metric))[''] ?? Number.NaN;
  assert.deepEqual(await shown('solar_agent_build_info'), { [version]: 1 });
  const started = await single('process_start_time_seconds');
  assert.ok(Math.abs(started - (Date.now() / 1000 - process.uptime())) < 60, `${started}`);
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const before = cpuSeconds();
  const cpu = await single('process_cpu_seconds_total');
  assert.ok(cpu >= before && cpu <= cpuSeconds(), `${cpu}`);
  const memory = await single('process_resident_memory_bytes');
  assert.ok(memory > 2e7 && memory < 4e9, `${memory}`);
});

test('the lag of the event loop is what a task waits for others', async (t) => {
  const { shown } = setUp(t);
  setImmediate(() => {
    const end = performance.now() + 50;
    while (performance.now() < end);
  });
  const { '': lag = 0 } = await shown('nodejs_eventloop_lag_seconds');
  assert.ok(lag >= 0.05 && lag < 20, `${lag}`);
});
