import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/base/clock.ts';
import { push } from '../../../src/cli/commands/push.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { startGrowattCloud } from '../../../src/simulators/growatt/cloud.ts';
import { startFakePushgateway } from '../../export/fake-pushgateway.ts';
import { memoryLog } from '../../helpers/log.ts';
import { berlinHome, DAY, MIDNIGHT, MINUTE, NOON, TOKEN } from './world.ts';

/** Push mode over a simulated cloud and a Pushgateway that keeps what it gets. */
async function startPushing(t: TestContext) {
  const gateway = await startFakePushgateway(t);
  const clock = { ...systemClock, offset: 0, now: () => clock.offset + performance.now() };
  const cloud = await startGrowattCloud({
    token: TOKEN,
    plants: [berlinHome({ timezone: 'GMT+2' })],
    now: () => clock.now(),
    limits: false,
  });
  t.after(() => cloud.close());
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = {
    EXPORTER_MODE: 'push',
    PUSHGATEWAY_URL: `http://${gateway.host}`,
    GROWATT_CALL_SPACING: '0',
    GROWATT_TOKEN: TOKEN,
    GROWATT_BASE_URL: cloud.url,
    COLLECT_HISTORY: 'true',
    HISTORY_DAYS: '3',
  };
  return {
    folder,
    cloud,
    async push(at: number, more: Record<string, string> = {}) {
      clock.offset = at;
      const config = loadConfig({ env: { ...env, ...more }, isTerminal: false });
      const code = await push({ config, log: memoryLog(), clock }, new AbortController().signal);
      const body = gateway.pushes.at(-1)?.body ?? '';
      const matches = (pattern: RegExp) => [...body.matchAll(pattern)].map(([, match]) => match);
      return {
        code,
        energies: matches(/^growatt_daily_energy_kwh\{plant_id="1",date="(.*?)"\} [\d.]+$/gm),
        peaks: matches(/^growatt_daily_peak_power_watts\{plant_id="1",date="(.*?)"\} [\d.]+$/gm),
        hours: matches(/^growatt_hourly_avg_power_watts\{plant_id="1",hour="(\d\d)"\} [\d.]+$/gm),
      };
    },
    curves: () => cloud.calls.filter(({ path }) => path.endsWith('plant/power')).length,
  };
}

test('a push carries the days with it, and those no longer wanted are not in the next one', async (t) => {
  const pushing = await startPushing(t);
  const first = await pushing.push(NOON);
  assert.equal(first.code, 0);
  assert.deepEqual(first.energies.toSorted(), ['2026-06-09', '2026-06-10', '2026-06-11']);
  assert.deepEqual(first.peaks.toSorted(), first.energies.toSorted());
  assert.ok(first.hours.length >= 15 && first.hours.includes('12'));
  const next = await pushing.push(NOON + DAY);
  assert.deepEqual(next.energies.toSorted(), ['2026-06-10', '2026-06-11', '2026-06-12']);
});

test('with STATE_DIR a push reads only the day that is new', async (t) => {
  const pushing = await startPushing(t);
  const state = { STATE_DIR: pushing.folder };
  await pushing.push(NOON, state);
  assert.equal(pushing.curves(), 3);
  assert.equal((await pushing.push(NOON + 5 * MINUTE, state)).energies.length, 3);
  assert.equal(pushing.curves(), 3);
  const next = await pushing.push(MIDNIGHT + DAY + 5 * MINUTE, state);
  assert.equal(pushing.curves(), 4);
  assert.deepEqual(next.energies.toSorted(), ['2026-06-10', '2026-06-11', '2026-06-12']);
});

test('a push before HISTORY_SCHEDULE does not have the day before yet', async (t) => {
  const pushing = await startPushing(t);
  const { energies } = await pushing.push(MIDNIGHT + DAY + 4 * MINUTE);
  assert.deepEqual(energies.toSorted(), ['2026-06-09', '2026-06-10', '2026-06-11']);
});
