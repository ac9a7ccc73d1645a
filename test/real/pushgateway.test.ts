import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { push } from '../../src/cli/commands/push.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';
import { memoryLog } from '../helpers/log.ts';
import { berlinHome, NOON, startCloud, TOKEN } from '../simulators/helper.ts';
import { startPrometheus, startPushgateway } from './push-target.ts';
import { eventually } from './support.ts';

/** It is noon in Berlin, and time goes on from there. */
const clock = { ...systemClock, now: () => NOON + performance.now() };
const PLANT = '12345';

/** Starts a simulated home of two inverters and a stick. @returns the variables that name them */
async function startHome(t: TestContext): Promise<Record<string, string>> {
  const { cloud } = await startCloud(t, { plants: [berlinHome({ id: Number(PLANT) })], now: clock.now });
  const stick = await startTruckiStick({ firmware: 'jsonlive', now: clock.now });
  t.after(() => stick.close());
  return {
    EXPORTER_MODE: 'push',
    GROWATT_TOKEN: TOKEN,
    GROWATT_BASE_URL: cloud.url,
    GROWATT_CALL_SPACING: '0',
    TRUCKI_TARGETS: `shed=${stick.address}`,
  };
}

async function pushOnce(env: Record<string, string>) {
  const log = memoryLog();
  const config = loadConfig({ env, isTerminal: false });
  const code = await push({ config, log, clock }, new AbortController().signal);
  return { code, log: log.lines };
}

const textOf = async (url: string) => await (await fetch(url)).text();

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

test('Prometheus answers the example queries from what was pushed to a Pushgateway', async (t) => {
  const [home, gateway] = await Promise.all([startHome(t), startPushgateway(t)]);
  const env = { ...home, PUSHGATEWAY_URL: gateway.url };
  const { code, log } = await pushOnce(env);
  assert.equal(code, 0, log.join('\n'));
  const prometheus = await startPrometheus(t, gateway);

  const ask = async (query: string): Promise<readonly Series[]> => {
    const response = await fetch(`${prometheus.url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query }),
    });
    const answer = (await response.json()) as { status: string; error?: string; data: { result: Series[] } };
    assert.equal(answer.status, 'success', answer.error);
    return answer.data.result;
  };
  /** As many series as there must be, as soon as they are scraped. */
  const seriesOf = (query: string, count: number) =>
    eventually(`${count} series of ${query}`, async () => {
      const series = await ask(query);
      return series.length === count ? series : undefined;
    });

  const [power] = await seriesOf(`growatt_current_power_watts{plant_id="${PLANT}"}`, 2);
  assert.equal(power?.metric.job, 'growatt_exporter');
  assert.ok(Number(power.value[1]) > 0);
  await seriesOf(`growatt_energy_today_kwh{plant_id="${PLANT}"}`, 2);
  await seriesOf(`rate(growatt_energy_total_kwh{plant_id="${PLANT}"}[5m]) * 1000`, 2);
  const warm = await ask('growatt_inverter_temperature_celsius > -300');
  const hot = warm.filter(({ value: [, celsius] }) => Number(celsius) > 55);
  assert.equal(warm.length, 2);
  assert.equal((await ask('growatt_inverter_temperature_celsius > 55')).length, hot.length);

  await seriesOf(`growatt_energy_month_kwh{plant_id="${PLANT}"} > 0`, 1);
  await seriesOf('growatt_up{job="growatt_exporter"} == 1', 1);
  await seriesOf('trucki_up{stick="shed"} == 1', 1);
  await seriesOf('solar_agent_build_info', 1);
  await seriesOf('push_time_seconds{job="growatt_exporter"} > 0', 1);
});

test('a group with odd labels under a path of its own is kept apart and replaced by the next push', async (t) => {
  const [home, gateway] = await Promise.all([startHome(t), startPushgateway(t, '/push')]);
  const grouping = { instance: 'pi 4', path: '/var/tmp', empty: '', dots: '..', odd: 'ü100%+?#;&=\\"' };
  const env = {
    ...home,
    PUSHGATEWAY_URL: `${gateway.url}/push/`,
    PUSHGATEWAY_JOB: 'roof/top',
    PUSHGATEWAY_GROUPING: Object.entries(grouping)
      .map((pair) => pair.join('='))
      .join(),
  };
  assert.equal((await pushOnce(env)).code, 0);
  assert.equal((await pushOnce({ ...env, GROWATT_DEVICE_SN: 'SIMMIN0002' })).code, 0);
  const answer = (await (await fetch(`${gateway.url}/push/api/v1/metrics`)).json()) as {
    data: Record<string, { metrics: { labels: Record<string, string> }[] }>[];
  };
  assert.equal(answer.data.length, 1);
  const power = answer.data[0]?.growatt_current_power_watts?.metrics.map(({ labels }) => labels);
  assert.deepEqual(power, [{ ...grouping, job: 'roof/top', plant_id: PLANT, device_sn: 'SIMMIN0002' }]);
});

test('a Pushgateway that holds the metric with another type says which one, and the rest stays', async (t) => {
  const [home, gateway] = await Promise.all([startHome(t), startPushgateway(t)]);
  const response = await fetch(`${gateway.url}/metrics/job/another`, {
    method: 'PUT',
    body: '# TYPE growatt_current_power_watts counter\ngrowatt_current_power_watts 1\n',
  });
  assert.equal(response.status, 200);
  const { code, log } = await pushOnce({ ...home, PUSHGATEWAY_URL: gateway.url });
  assert.equal(code, 1);
  const errors = log.filter((line) => line.startsWith('error: '));
  assert.equal(errors.length, 1);
  assert.match(
    errors[0] ?? '',
    /^error: Push to .*: refused \(HTTP 400\): .*"growatt_current_power_watts".* is not a .*; delete the group/,
  );
  assert.doesNotMatch(await textOf(`${gateway.url}/metrics`), /^growatt_up/m);
});
