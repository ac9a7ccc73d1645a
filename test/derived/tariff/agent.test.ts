import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startPriceServer } from '../../../src/simulators/tariff/server.ts';
import { home, type RunningAgent, startStation } from '../../faults/station.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** In Berlin, with some hours of sun to come. */
const AFTERNOON = Date.parse('2026-06-12T15:00:00Z');

const HYBRID = home({
  oneHouse: true,
  householdW: 3000,
  createDate: '2026-06-10',
  devices: [
    { sn: 'SPH1', family: 'sph', dataloggerSn: 'LOG1', batteryKwh: 5, peakPowerW: 4000 },
    { sn: 'METER1', family: 'meter', dataloggerSn: 'LOG2' },
  ],
});

const FIXED = {
  TARIFF_CURRENCY: 'EUR',
  TARIFF_IMPORT_PRICE: '0.4',
  TARIFF_EXPORT_PRICE: '0.1',
  TRUCKI_INTERVAL: '2h',
};

function startFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tariff-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The samples of money, each by `metric{labels}`. */
async function moneyOf(agent: RunningAgent): Promise<Readonly<Record<string, number>>> {
  const { samples } = await agent.scrape();
  return Object.fromEntries(
    samples
      .filter(({ name }) => /^solar_(energy|import|export|savings|unpriced)/.test(name))
      .map(({ name, labels, value }) => [`${name}{${Object.values(labels).toSorted().join()}}`, value]),
  );
}

const totalOf = async (agent: RunningAgent, metric: string) =>
  (await agent.scrape()).samples.find(({ name }) => name === metric)?.value ?? Number.NaN;

const EXPORT_TOTAL = 'growatt_grid_export_energy_total_kwh';
const IMPORT_TOTAL = 'growatt_grid_import_energy_total_kwh';

test('the agent prices what a plant reports, and a restart changes nothing of that', async (t) => {
  const env = { ...FIXED, STATE_DIR: startFolder(t) };
  const station = await startStation(t, { plants: [HYBRID], env, start: AFTERNOON });
  const first = station.boot();
  void first.run();
  await station.pass(10 * MINUTE);
  const begun = await totalOf(first, IMPORT_TOTAL);
  assert.equal((await moneyOf(first))['solar_import_cost_total{1,EUR}'], 0);
  await station.pass(5 * HOUR);
  const grown = (await totalOf(first, IMPORT_TOTAL)) - begun;
  assert.ok(grown > 1, `${grown} kWh`);
  const shown = await moneyOf(first);
  assert.deepEqual(Object.keys(shown).toSorted(), [
    'solar_energy_price{1,EUR,export}',
    'solar_energy_price{1,EUR,import}',
    'solar_export_charge_total{1,EUR}',
    'solar_export_revenue_total{1,EUR}',
    'solar_import_cost_total{1,EUR}',
    'solar_import_credit_total{1,EUR}',
    'solar_savings_total{1,EUR}',
    'solar_unpriced_energy_kwh_total{1,export}',
    'solar_unpriced_energy_kwh_total{1,import}',
  ]);
  assert.equal(shown['solar_energy_price{1,EUR,import}'], 0.4);
  assert.ok(Math.abs((shown['solar_import_cost_total{1,EUR}'] ?? 0) - grown * 0.4) < 1e-6);
  assert.ok((shown['solar_savings_total{1,EUR}'] ?? 0) > 1);
  await first.stop();

  const second = station.boot();
  const atOnce = await moneyOf(second);
  assert.deepEqual(atOnce, {}, 'nothing that is older than the books');
  void second.run();
  await station.pass(2 * MINUTE);
  const soon = await moneyOf(second);
  assert.deepEqual(Object.keys(soon), Object.keys(shown));
  for (const [series, value] of Object.entries(soon)) {
    const before = shown[series] ?? Number.NaN;
    assert.ok(value >= before && value < before + 0.1, `${series} was ${before} and is ${value}`);
  }
  await station.pass(2 * HOUR);
  const later = await moneyOf(second);
  const whole = (await totalOf(second, IMPORT_TOTAL)) - begun;
  assert.ok(whole > grown);
  assert.ok(Math.abs((later['solar_import_cost_total{1,EUR}'] ?? 0) - whole * 0.4) < 1e-6);
  assert.deepEqual(
    second.log.lines.filter((line) => /^(error|warn)/.test(line)),
    [],
  );
});

test('what flowed while the agent was down is priced when it is back; without STATE_DIR it begins at 0', async (t) => {
  for (const folder of [startFolder(t), '']) {
    const station = await startStation(t, { plants: [HYBRID], env: { ...FIXED, STATE_DIR: folder } });
    const first = station.boot();
    void first.run();
    await station.pass(10 * MINUTE);
    const begun = await totalOf(first, IMPORT_TOTAL);
    await first.stop();
    await station.pass(12 * HOUR);
    const second = station.boot();
    void second.run();
    await station.pass(20 * MINUTE);
    const missed = (await totalOf(second, IMPORT_TOTAL)) - begun;
    assert.ok(missed > 1);
    const cost = (await moneyOf(second))['solar_import_cost_total{1,EUR}'] ?? Number.NaN;
    if (folder === '') assert.ok(cost < 0.4, `${cost}`);
    else assert.ok(Math.abs(cost - missed * 0.4) < 1e-6, `${cost} of ${missed} kWh`);
    await second.stop();
  }
});

test('prices of a market are asked for and shown, their failure is told, and energy is then not priced at 0', async (t) => {
  let time = () => 0;
  const prices = await startPriceServer({ now: () => time() });
  t.after(() => prices.close());
  const env = {
    TARIFF_IMPORT_SOURCE: 'energy-charts',
    TARIFF_IMPORT_ZONE: 'DE-LU',
    TARIFF_IMPORT_BASE_URL: prices.url,
    TRUCKI_INTERVAL: '2h',
  };
  const station = await startStation(t, { plants: [HYBRID], env, start: Date.parse('2026-06-12T20:00:00Z') });
  time = () => station.clock.now();
  prices.faults.next({ kind: 'http-500', times: 3 });
  const agent = station.boot();
  void agent.run();
  await station.pass(9 * MINUTE);
  const failing = agent.agent.status().sources.find(({ name }) => name === 'tariff/import');
  assert.equal(failing?.state, 'failing');
  assert.match(failing?.problem ?? '', /price: 127\.0\.0\.1:\d+ answered HTTP 500/);
  assert.equal((await moneyOf(agent))['solar_energy_price{1,EUR,import}'], undefined);
  await station.pass(3 * HOUR);
  assert.equal(agent.agent.status().sources.find(({ name }) => name === 'tariff/import')?.state, 'ok');
  const shown = await moneyOf(agent);
  assert.notEqual(shown['solar_energy_price{1,EUR,import}'], undefined);
  assert.ok((shown['solar_import_cost_total{1,EUR}'] ?? 0) > 0);
  assert.equal(shown['solar_export_revenue_total{1,EUR}'], undefined, 'export has no price');
  const { samples } = await agent.scrape();
  const calls = samples.filter(
    ({ name, labels }) => name === 'solar_agent_requests_total' && labels.source === 'tariff/import',
  );
  assert.deepEqual(
    calls.map(({ labels, value }) => [labels.endpoint, labels.outcome, value]),
    [
      ['price', 'server', 3],
      ['price', 'success', 1],
    ],
  );
});

test('of a plant whose devices count no import and no export it is said that they have no price', async (t) => {
  const station = await startStation(t, { env: { ...FIXED, COLLECT_INTERVAL: '30m' } });
  const agent = station.boot();
  void agent.run();
  await station.pass(25 * HOUR);
  const lines = agent.log.lines.filter((line) => line.startsWith('warn: tariff/'));
  assert.deepEqual(lines, [
    'warn: tariff/import: plant 1: no device counts over its lifetime what is drawn from the grid, so that import has no cost; the meter of a Trucki stick counts only the day',
    'warn: tariff/export: plant 1: no device counts over its lifetime what is fed into the grid, so that export has no revenue, and no savings are known; the meter of a Trucki stick counts only the day',
  ]);
  assert.deepEqual(Object.keys(await moneyOf(agent)).toSorted(), [
    'solar_energy_price{1,EUR,export}',
    'solar_energy_price{1,EUR,import}',
  ]);
});

test('an agent that polls once and ends goes on counting from run to run, with STATE_DIR', async (t) => {
  const plant = { ...HYBRID, householdW: 1200 };
  const env = { ...FIXED, STATE_DIR: startFolder(t) };
  const station = await startStation(t, { plants: [plant], env, start: AFTERNOON - 6 * HOUR });
  const shown: Readonly<Record<string, number>>[] = [];
  const totals: (readonly [number, number])[] = [];
  for (let round = 0; round < 5; round++) {
    const running = station.boot({}, 2 * MINUTE);
    let isDone = false;
    const polled = running.agent.pollOnce(running.abort.signal, station.clock.now() + MINUTE).finally(() => {
      isDone = true;
    });
    while (!isDone) await station.pass(1000);
    await polled;
    shown.push(await moneyOf(running));
    totals.push([await totalOf(running, IMPORT_TOTAL), await totalOf(running, EXPORT_TOTAL)]);
    await running.stop();
    await station.pass(5 * HOUR);
  }
  const [begin, end] = [totals[0]!, totals.at(-1)!];
  const [cost, revenue] = ['solar_import_cost_total{1,EUR}', 'solar_export_revenue_total{1,EUR}'];
  assert.deepEqual([shown[0]?.[cost!], shown[0]?.[revenue!]], [0, 0]);
  assert.ok(end[0] - begin[0] > 0.5 && end[1] - begin[1] > 0.5, `${totals}`);
  assert.ok(Math.abs(shown.at(-1)![cost!]! - (end[0] - begin[0]) * 0.4) < 1e-6);
  assert.ok(Math.abs(shown.at(-1)![revenue!]! - (end[1] - begin[1]) * 0.1) < 1e-6);
});
