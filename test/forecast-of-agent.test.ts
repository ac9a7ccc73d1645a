import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startOpenMeteo } from '../src/simulators/forecast/server.ts';
import { simulatedAgent } from './helpers/agent.ts';

const MINUTE = 60_000;
const FORECAST = 'forecast/77';

/** A whole agent that has read its plant, and worked out what is expected of it. */
async function agentWith(t: TestContext, env: Record<string, string>) {
  const whole = await simulatedAgent(t, { env });
  const running = whole.run();
  const values = async () => {
    const { samples } = await whole.scrape();
    const ofPlant = samples.filter(
      ({ name, labels }) => name.startsWith('solar_') && labels.plant_id === '77',
    );
    return new Map(ofPlant.map(({ name, value }) => [name, Number(value)]));
  };
  const states = () => whole.agent.status().sources.map(({ name, state }) => `${name} ${state}`);
  return { ...whole, running, values, isThere: () => whole.until(() => states().includes(`${FORECAST} ok`)) };
}

function folder(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'forecast-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a plant that the account lists gets its expected power, with the metrics of a source', async (t) => {
  const { isThere, values, get, lines, clock, atRest } = await agentWith(t, {
    FORECAST_SOURCE: 'clear-sky',
  });
  await isThere();
  await atRest();
  // The next poll sees what the inverters said after the first one.
  await clock.pass(2 * MINUTE);
  const shown = await values();
  assert.ok(shown.get('solar_expected_power_watts')! > 6000);
  assert.ok(shown.get('solar_expected_energy_today_kwh')! > 50);
  // The inverters of the simulated home have counted since midnight, when nobody looked.
  assert.ok(shown.get('solar_performance_ratio')! > 0.3);
  const text = await get('/metrics');
  assert.match(text, /^solar_agent_polls_total\{source="forecast\/77",outcome="success"\} [1-9]/m);
  assert.match(
    text,
    /^solar_forecast_info\{plant_id="77",weather="none",assumed="tilt 35, azimuth 180"\} 1$/m,
  );
  assert.match(await get('/'), /expected now/);
  assert.ok(lines.some((line) => line.includes('assumed of the modules of plant 77')));
});

test('an agent that polls once compares what it has just read with what is expected', async (t) => {
  const { agent, abort, clock, scrape } = await simulatedAgent(t, {
    env: { FORECAST_SOURCE: 'clear-sky' },
  });
  await agent.pollOnce(abort.signal, clock.now() + MINUTE);
  const names = (await scrape()).samples.map(({ name }) => name);
  for (const name of ['solar_expected_power_watts', 'solar_performance_ratio'])
    assert.equal(names.filter((other) => other === name).length, 1, name);
});

test('a reload begins and ends it, and leaves the sources of devices alone', async (t) => {
  const { agent, isThere, values, configWith, until } = await agentWith(t, {});
  await until(() => agent.status().ready);
  assert.equal((await values()).size, 0);
  const begun = await agent.reconfigure(configWith({ FORECAST_SOURCE: 'clear-sky' }));
  assert.deepEqual(begun.started, [FORECAST]);
  assert.deepEqual(begun.kept, ['growatt/default', 'trucki/shed']);
  await isThere();
  assert.ok((await values()).has('solar_clear_sky_power_watts'));
  const changed = await agent.reconfigure(configWith({ FORECAST_PLANES: '77:3:20:90' }));
  assert.deepEqual(changed.replaced, [FORECAST]);
  await isThere();
  assert.ok((await values()).get('solar_clear_sky_power_watts')! < 3000);
  const ended = await agent.reconfigure(configWith({}));
  assert.deepEqual(ended.stopped, [FORECAST]);
  assert.equal((await values()).size, 0);
});

test('after a restart with its state the weather is there without a call', async (t) => {
  const weather = await startOpenMeteo({
    sky: () => ({ irradiance: 500, temperature: 20 }),
    now: () => Date.parse('2026-06-12T10:00:00Z'),
  });
  t.after(weather.close);
  const env = {
    FORECAST_SOURCE: 'open-meteo',
    FORECAST_BASE_URL: weather.url,
    STATE_DIR: folder(t),
  };
  const first = await agentWith(t, env);
  await first.isThere();
  const before = await first.values();
  assert.ok(before.get('solar_expected_power_watts')! > 3000);
  first.abort.abort();
  await first.running;
  await first.agent.stop();
  const second = await agentWith(t, env);
  await second.isThere();
  const after = await second.values();
  for (const [name, value] of before) assert.equal(after.get(name), value, name);
  assert.equal(weather.calls.length, 1);
});

test('while Open-Meteo cannot be reached, the page and the log say so, and the clear sky stays', async (t) => {
  const weather = await startOpenMeteo({ sky: () => ({ irradiance: 500, temperature: 20 }) });
  await weather.close();
  const { values, agent, lines, until, clock } = await agentWith(t, {
    FORECAST_SOURCE: 'open-meteo',
    FORECAST_BASE_URL: weather.url,
  });
  const problem = () => agent.status().sources.find(({ name }) => name === FORECAST)?.problem;
  const passing = clock.pass(MINUTE);
  await until(() => problem() !== undefined);
  await passing;
  assert.match(problem() ?? '', /GET v1\/forecast: no answer from 127\.0\.0\.1/);
  const shown = await values();
  assert.ok(shown.has('solar_clear_sky_power_watts') && !shown.has('solar_expected_power_watts'));
  await clock.pass(3 * MINUTE);
  assert.equal(lines.filter((line) => line.includes('"warn"') && line.includes('v1/forecast')).length, 1);
});
