import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import { push } from '../../src/cli/commands/push.ts';
import { loadConfig } from '../../src/config/load.ts';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { memoryLog } from '../helpers/log.ts';
import { berlinHome, DAY, NOON, TOKEN } from '../sources/growatt/world.ts';
import { startPrometheus, startPushgateway } from './push-target.ts';
import { eventually } from './support.ts';

const PLANT = 12345;

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

test('Prometheus answers the history queries from what was pushed, and forgets days that are no longer pushed', async (t) => {
  const gateway = await startPushgateway(t);
  let offset = NOON;
  const now = () => offset + performance.now();
  const cloud = await startGrowattCloud({
    token: TOKEN,
    plants: [berlinHome({ id: PLANT, timezone: 'GMT+2' })],
    now,
    limits: false,
  });
  t.after(() => cloud.close());
  const env = {
    EXPORTER_MODE: 'push',
    COLLECT_HISTORY: 'true',
    PUSHGATEWAY_URL: gateway.url,
    GROWATT_TOKEN: TOKEN,
    GROWATT_BASE_URL: cloud.url,
    GROWATT_CALL_SPACING: '0',
    HISTORY_DAYS: '3',
  };
  const pushOnce = async () => {
    const log = memoryLog();
    const config = loadConfig({ env, isTerminal: false });
    const code = await push({ config, log, clock: { ...systemClock, now } }, new AbortController().signal);
    assert.equal(code, 0, log.lines.join('\n'));
  };
  const cloudSays = async (path: string) => {
    const response = await fetch(`${cloud.url}/v1/${path}`, { headers: { token: TOKEN } });
    return JSON.parse(await response.text()).data;
  };
  await pushOnce();
  const prometheus = await startPrometheus(t, gateway);
  const seriesOf = (query: string, count: number) =>
    eventually(`${count} series of ${query}`, async () => {
      const body = new URLSearchParams({ query });
      const response = await fetch(`${prometheus.url}/api/v1/query`, { method: 'POST', body });
      const { data } = (await response.json()) as { data: { result: Series[] } };
      return data.result.length === count ? data.result : undefined;
    });

  const { powers } = (await cloudSays(`plant/power?plant_id=${PLANT}&date=2026-06-11`)) as {
    powers: { time: string; power: number | null }[];
  };
  const byHour = Map.groupBy(
    powers.filter(({ power }) => power !== null),
    ({ time }) => time.slice(11, 13),
  );
  const hours = await seriesOf(
    `avg by (hour) (growatt_hourly_avg_power_watts{plant_id="${PLANT}"})`,
    byHour.size,
  );
  for (const { metric, value } of hours) {
    const some = byHour.get(metric.hour ?? '') ?? [];
    const mean = some.reduce((sum, { power }) => sum + (power ?? 0), 0) / some.length;
    assert.ok(Math.abs(Number(value[1]) - mean) < 0.001, `${metric.hour}: ${value[1]}, not ${mean}`);
  }

  const { energys } = (await cloudSays(
    `plant/energy?plant_id=${PLANT}&start_date=2026-06-09&end_date=2026-06-11&time_unit=day`,
  )) as { energys: { date: string; energy: string }[] };
  const days = await seriesOf(`sort(growatt_daily_energy_kwh{plant_id="${PLANT}"})`, 3);
  assert.deepEqual(
    Object.fromEntries(days.map(({ metric, value }) => [metric.date, Number(value[1])])),
    Object.fromEntries(energys.map(({ date, energy }) => [date, Number(energy)])),
  );
  const [peak] = await seriesOf(`growatt_daily_peak_power_watts{plant_id="${PLANT}",date="2026-06-11"}`, 1);
  assert.equal(Number(peak?.value[1]), Math.max(...powers.map(({ power }) => power ?? 0)));
  assert.equal(peak?.metric.job, 'growatt_exporter');

  // The other example queries go on beside them.
  await seriesOf(`growatt_current_power_watts{plant_id="${PLANT}"}`, 1);
  await seriesOf(`growatt_energy_today_kwh{plant_id="${PLANT}"}`, 1);
  await seriesOf(`rate(growatt_energy_total_kwh{plant_id="${PLANT}"}[5m]) * 1000`, 1);
  await seriesOf('growatt_inverter_temperature_celsius > -300', 1);

  offset += DAY;
  await pushOnce();
  await seriesOf(`growatt_daily_energy_kwh{date="2026-06-12"}`, 1);
  await seriesOf(`growatt_daily_energy_kwh{date="2026-06-09"}`, 0);
  await seriesOf(`growatt_daily_energy_kwh`, 3);
});
