import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ianaZone } from '../../../src/base/calendar.ts';
import { WeatherOfPlace } from '../../../src/derived/forecast/weather-of-place.ts';
import type { SimulatedSky } from '../../../src/model/simulator.ts';
import { type OpenMeteoFault, startOpenMeteo } from '../../../src/simulators/forecast/server.ts';
import { clearSky, sinElevation } from '../../../src/simulators/sun.ts';
import { BERLIN, HOUR, MIDNIGHT, MINUTE, polled, setUp } from './support.ts';

const NOON = MIDNIGHT + 13 * HOUR;
const DAY = 24 * HOUR;

const cloudless: SimulatedSky = (place, at) => ({
  irradiance: clearSky(sinElevation(place, at)),
  temperature: 20,
});
/** All of the light comes from the sky, 1 W/m² more with each hour since midnight; it stands still for hours. */
const even: SimulatedSky = (_place, at) => ({
  irradiance: 300 + Math.floor((at - MIDNIGHT) / HOUR),
  temperature: 20,
});

async function weather(t: TestContext, sky: SimulatedSky = cloudless, plane: object = {}) {
  let now = NOON;
  const server = await startOpenMeteo({ sky, now: () => now });
  t.after(server.close);
  const section = {
    source: 'open-meteo',
    base_url: server.url,
    planes: [{ plant_id: '7', tilt: 0, kwp: 5, ...plane }],
  };
  const made = setUp({ section, at: NOON });
  const source = made.source();
  return {
    ...made,
    server,
    source,
    /** Lets time pass, and polls. */
    async after(ms: number) {
      now += ms;
      made.world.now = now;
      return await polled(source);
    },
    /** The same plant after a restart. */
    restarted() {
      const again = setUp({ section, at: now });
      const source = again.source();
      return { ...again, source };
    },
  };
}

test('power is expected in the weather of the quarter of an hour', async (t) => {
  const { after } = await weather(t, even);
  const { values, failed } = await after(0);
  assert.equal(failed, false);
  // The answer has one digit; the sun's hour has begun.
  assert.equal(values.solar_irradiance_watts_per_square_meter, 313);
  const dc = 5000 * 0.313 * (1 - 0.0037 * (20 + 313 / (25 + 6.84 * 3 * 0.616) - 25)) * 0.91;
  const share = (dc / 5000) * 0.96;
  const efficiency = (0.96 / 0.9637) * (-0.0162 * share - 0.0059 / share + 0.9858);
  assert.ok(Math.abs(values.solar_expected_power_watts! - dc * efficiency) < 0.5);
  assert.ok(values.solar_clear_sky_power_watts! > 2 * values.solar_expected_power_watts!);
  const later = await after(HOUR);
  assert.equal(later.values.solar_irradiance_watts_per_square_meter, 314);
});

test('irradiance is that of the quarter before the time of the service, not after it', async (t) => {
  const { after } = await weather(t, even);
  const irradiance = async (ms: number) => (await after(ms)).values.solar_irradiance_watts_per_square_meter;
  assert.equal(await irradiance(-1), 312);
  assert.equal(await irradiance(1), 313);
});

test('under a clear sky the weather makes no difference but for the model of the sky', async (t) => {
  const { after } = await weather(t, cloudless, { tilt: 35 });
  const { values } = await after(0);
  const ratio = values.solar_expected_power_watts! / values.solar_clear_sky_power_watts!;
  assert.ok(ratio > 0.9 && ratio < 1.1, String(ratio));
  const [today, tomorrow] = [
    values.solar_expected_energy_today_kwh!,
    values.solar_expected_energy_tomorrow_kwh!,
  ];
  assert.ok(today > 25 && today < 40);
  assert.ok(Math.abs(today - tomorrow) < 0.5);
});

test('the service is asked once an hour, for a place rounded to a hundredth of a degree', async (t) => {
  const { after, server, calls, world } = await weather(t);
  for (let minute = 0; minute < 60; minute++) await after(MINUTE);
  assert.equal(server.calls.length, 1);
  await after(MINUTE);
  assert.equal(server.calls.length, 2);
  const [call] = server.calls;
  assert.equal(call?.latitude, '52.52');
  assert.equal(call?.longitude, '13.41');
  assert.deepEqual(calls, Array(2).fill('forecast/7 v1/forecast success'));
  assert.ok(world.now > NOON);
});

test('plants at one place share a call', async (t) => {
  const { world, server, create } = await weather(t);
  world.plants = [world.plants[0]!, { ...world.plants[0]!, id: '8' }];
  const sources = [...create(), ...create()];
  await Promise.all(sources.map(polled));
  for (const source of sources) assert.ok((await polled(source)).values.solar_expected_power_watts! > 0);
  assert.equal(server.calls.length, 1);
});

test('of plants that share a forecast one keeps it for the next run', async (t) => {
  const { world, create } = await weather(t);
  world.plants = [world.plants[0]!, { ...world.plants[0]!, id: '8' }];
  const sources = [...create(), ...create()];
  for (const source of sources) await polled(source);
  const kept = sources.map((source) => JSON.stringify(source.snapshot?.()).includes('fetchedAt'));
  assert.deepEqual(kept, [true, false]);
});

test('a restart needs no call while the weather is not an hour old', async (t) => {
  const { after, source, server, restarted } = await weather(t);
  const before = await after(0);
  const state = JSON.parse(JSON.stringify(source.snapshot?.()));
  await after(30 * MINUTE);
  const again = restarted();
  again.source.restore?.(state);
  const { values } = await polled(again.source);
  assert.equal(server.calls.length, 1);
  assert.equal(values.solar_expected_energy_today_kwh, before.values.solar_expected_energy_today_kwh);
  assert.throws(() => again.source.restore?.({ weather: { slots: 'many' } }));
});

test('where the service knows nothing, nothing is expected, and the rest of the day is not made up', async (t) => {
  const { after, server } = await weather(t);
  server.faults.next({ kind: 'nulls' });
  const { values } = await after(0);
  assert.ok(values.solar_expected_power_watts! > 0);
  assert.ok(values.solar_expected_energy_today_kwh! > 0, 'the last day of the answer is another one');
  const later = await after(2 * DAY - 13 * HOUR - 30 * MINUTE);
  assert.ok(later.values.solar_expected_energy_tomorrow_kwh! > 0, 'asked anew');
  server.faults.next({ kind: 'http-500', times: 100 });
  const night = await after(20 * HOUR);
  assert.equal(night.failed, true);
});

test('negative irradiance is none', async (t) => {
  const { after, server } = await weather(t);
  const right = await after(0);
  server.faults.next({ kind: 'negative' });
  const { values } = await after(2 * HOUR);
  assert.equal(server.calls.length, 2);
  assert.equal(values.solar_expected_energy_tomorrow_kwh, right.values.solar_expected_energy_tomorrow_kwh);
});

test('an answer for the middle of a cell of the grid is taken, one for another country is not', async (t) => {
  const { after, server } = await weather(t);
  server.faults.next({ kind: 'far-away', times: 3 });
  const { values, said, failed } = await after(0);
  assert.equal(values.solar_expected_power_watts, undefined);
  assert.ok(values.solar_clear_sky_power_watts! > 0, 'which needs no weather');
  assert.match(said[0]!, /the answer is for another place/);
  assert.equal(failed, true);
  assert.equal((await after(5 * MINUTE)).failed, false);
});

test('wind in another unit is refused', async (t) => {
  const { after, server } = await weather(t);
  server.faults.next({ kind: 'kilometres-per-hour', times: 3 });
  assert.match((await after(0)).said[0]!, /wind_speed_10m is not in m\/s/);
});

test('a day without a quarter of an hour, and columns of several lengths, are refused', async (t) => {
  const { after, server } = await weather(t);
  server.faults.next({ kind: 'gap', times: 3 });
  assert.match((await after(0)).said[0]!, /the times are not quarters of an hour in order/);
  server.faults.next({ kind: 'short-column', times: 3 });
  assert.match((await after(5 * MINUTE)).said[0]!, /diffuse_radiation is not as long as time/);
});

test('today and tomorrow are known wherever the plant is, at every hour', async (t) => {
  const places = [
    { ...BERLIN, zone: ianaZone('Pacific/Honolulu'), place: { latitude: 21.3, longitude: -157.86 } },
    { ...BERLIN, zone: ianaZone('Pacific/Kiritimati'), place: { latitude: 1.87, longitude: -157.4 } },
  ];
  for (const place of places) {
    const { world, after } = await weather(t);
    world.plants = [place];
    for (let hour = 0; hour < 24; hour++) {
      const { values } = await after(HOUR);
      for (const day of ['today', 'tomorrow']) {
        const energy = values[`solar_expected_energy_${day}_kwh`];
        assert.ok(energy !== undefined && energy > 10, `${place.zone}, hour ${hour}, ${day}: ${energy}`);
      }
    }
  }
});

const FAULTS: Readonly<Partial<Record<OpenMeteoFault, RegExp>>> = {
  'http-500': /answered HTTP 500/,
  reset: /no answer from/,
  truncated: /not valid JSON/,
  oversize: /the answer is larger than 524288 bytes/,
  'gzip-bomb': /the answer is larger than 524288 bytes/,
  redirect: /answered with a redirect/,
  'empty-body': /the answer is empty/,
};

for (const [kind, message] of Object.entries(FAULTS)) {
  test(`after ${kind} the last forecast stays, and the service is asked again in 5 minutes`, async (t) => {
    const { after, server } = await weather(t);
    const before = await after(0);
    server.faults.next({ kind: kind as OpenMeteoFault, times: 3 });
    const during = await after(61 * MINUTE);
    assert.match(during.said[0]!, message);
    assert.equal(
      during.values.solar_expected_energy_tomorrow_kwh,
      before.values.solar_expected_energy_tomorrow_kwh,
    );
    const asked = server.calls.length;
    const still = await after(4 * MINUTE);
    assert.match(still.said[0]!, message, 'it is still so');
    assert.equal(server.calls.length, asked);
    const again = await after(MINUTE);
    assert.equal(server.calls.length, asked + 1);
    assert.deepEqual([again.said, again.failed], [[], false]);
  });
}

test('while the service fails, it is asked ever less often, and its forecast is used for a day', async (t) => {
  const { after, server } = await weather(t);
  await after(0);
  server.faults.next({ kind: 'http-429', times: Number.POSITIVE_INFINITY, retryAfter: 1 });
  const asked: number[] = [];
  let values: Record<string, number> = {};
  for (let minute = 1; minute < 24 * 60; minute++) {
    const before = server.calls.length;
    values = (await after(MINUTE)).values;
    if (server.calls.length > before) asked.push(minute);
  }
  assert.deepEqual(asked.slice(0, 6), [60, 65, 75, 95, 135, 195]);
  assert.ok(values.solar_expected_energy_today_kwh! > 0);
  values = (await after(MINUTE)).values;
  assert.equal(values.solar_expected_energy_today_kwh, undefined);
  assert.ok(values.solar_clear_sky_power_watts! > 0);
});

test('Retry-After of a refused call is kept', async (t) => {
  const { after, server } = await weather(t);
  server.faults.next({ kind: 'http-429', retryAfter: 1800 });
  const { said, values } = await after(0);
  assert.match(said[0]!, /allows no more calls now \(HTTP 429\)/);
  assert.equal(values.solar_expected_power_watts, undefined);
  await after(29 * MINUTE);
  assert.equal(server.calls.length, 1);
  assert.ok((await after(MINUTE)).values.solar_expected_power_watts! > 0);
});

test('a source that is stopped amid a call says nothing of the service, and another one asks', async () => {
  const weather = new WeatherOfPlace();
  const now = () => NOON;
  const record = { fetchedAt: NOON, start: NOON, slots: [] };
  const first = Promise.withResolvers<typeof record>();
  const asked = [weather.renew(now, () => first.promise, {}), weather.renew(now, async () => record, {})];
  first.reject(new DOMException('stopped', 'AbortError'));
  await Promise.all(asked);
  assert.deepEqual([weather.record(NOON), weather.failure], [undefined, undefined]);
  await weather.renew(now, async () => record, {});
  assert.equal(weather.record(NOON), record);
});
