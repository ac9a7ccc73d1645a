import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedZone } from '../../../src/base/calendar.ts';
import { forecast } from '../../../src/derived/forecast/part.ts';
import { expectedUnderClearSky, type Plane } from '../../../src/derived/forecast/plane.ts';
import { turbidityAt } from '../../../src/derived/forecast/turbidity.ts';
import { eventsOf } from '../../helpers/context.ts';
import { BERLIN, configOf, HOUR, MIDNIGHT, MINUTE, polled, samples, setUp } from './support.ts';

const NOON = Date.parse('2026-06-21T11:08Z');
const SECTION = { source: 'clear-sky', turbidity: Array(12).fill(3) };

/** The plane of the oracle, whose losses and inverter are those of the settings. */
const PLANE: Plane = {
  latitude: 52.52,
  longitude: 13.405,
  altitude: 34,
  tilt: 35,
  azimuth: 180,
  rated: 5000,
  coefficient: -0.0037,
  losses: 0.09,
  acLimit: 5000,
};

test('nothing is expected unless a source or planes are configured', () => {
  assert.deepEqual(forecast.create(configOf(undefined), {} as never), []);
  assert.equal(configOf({ planes: [{ plant_id: 7 }] }).source, 'clear-sky');
});

test('a plant has what the model gives for its place and rated power, and assumptions are said once', async () => {
  const { source, world } = setUp({ section: SECTION, at: NOON });
  const one = source();
  const { values, said } = await polled(one);
  // 4483.6 W of DC in the oracle, at 34 m; less 9 % of losses, through the inverter.
  assert.ok(Math.abs(values.solar_clear_sky_power_watts! - 3920.8) < 2);
  assert.equal(values.solar_expected_power_watts, values.solar_clear_sky_power_watts);
  assert.ok(Math.abs(values.solar_irradiance_watts_per_square_meter! - 992.9) < 1);
  assert.ok(Math.abs(values.solar_sun_elevation_degrees! - (90 - 29.083)) < 0.001);
  assert.deepEqual(said, [
    'assumed of the modules of plant 7: tilt 35, azimuth 180; state what they are in forecast.planes',
  ]);
  world.now += MINUTE;
  assert.deepEqual((await polled(one)).said, []);
});

test('the energy of a day is the integral of its power, that of tomorrow included', async () => {
  const { source, world } = setUp({ section: SECTION, at: MIDNIGHT });
  const one = source();
  const { values } = await polled(one);
  let sum = 0;
  for (let at = MIDNIGHT; at < MIDNIGHT + 24 * HOUR; at += MINUTE)
    sum += expectedUnderClearSky({ ...PLANE, altitude: 0 }, at, { turbidity: Array(12).fill(3) }).ac / 60_000;
  assert.ok(Math.abs(values.solar_expected_energy_today_kwh! - sum) < 0.002 * sum);
  const tomorrow = values.solar_expected_energy_tomorrow_kwh;
  world.now += 24 * HOUR;
  assert.equal((await polled(one)).values.solar_expected_energy_today_kwh, tomorrow);
});

test('the power of the whole day is told in quarters of an hour, once for each day', async () => {
  const { source, world } = setUp({ section: SECTION, at: MIDNIGHT });
  const one = source();
  const { days, values } = await polled(one);
  assert.equal(days.length, 1);
  const [{ plant, start, step, watts } = assert.fail()] = days;
  assert.deepEqual([plant, start, step, watts.length], ['7', MIDNIGHT, 15 * MINUTE, 96]);
  const energy = watts.reduce((sum: number, power) => sum + power! / 4000, 0);
  assert.ok(Math.abs(energy - values.solar_expected_energy_today_kwh!) < 0.001);
  world.now += 12 * HOUR;
  assert.deepEqual((await polled(one)).days, []);
  world.now += 12 * HOUR;
  assert.equal((await polled(one)).days[0]?.start, MIDNIGHT + 24 * HOUR);
});

test('a day ends at midnight of the plant, in a day of 23 hours too', async () => {
  const night = Date.parse('2026-03-28T22:59:00Z');
  const { source, world } = setUp({ section: SECTION, at: night });
  const one = source();
  const before = (await polled(one)).values;
  world.now += MINUTE;
  const after = (await polled(one)).values;
  assert.equal(after.solar_expected_energy_today_kwh, before.solar_expected_energy_tomorrow_kwh);
  assert.notEqual(after.solar_expected_energy_today_kwh, before.solar_expected_energy_today_kwh);
  world.now += 23 * HOUR - 1;
  assert.equal(
    (await polled(one)).values.solar_expected_energy_today_kwh,
    after.solar_expected_energy_today_kwh,
  );
  world.now += 1;
  assert.equal(
    (await polled(one)).values.solar_expected_energy_today_kwh,
    after.solar_expected_energy_tomorrow_kwh,
  );
});

test('several planes of a plant add up, and their irradiance is the mean by their power', async () => {
  const plane = { plant_id: '7', tilt: 30, kwp: 2 };
  const expected = async (planes: readonly unknown[]) => {
    const { source } = setUp({ section: { ...SECTION, planes }, at: NOON - 3 * HOUR });
    const { values } = await polled(source());
    return {
      power: values.solar_clear_sky_power_watts!,
      irradiance: values.solar_irradiance_watts_per_square_meter!,
    };
  };
  const east = await expected([{ ...plane, azimuth: 90 }]);
  const west = await expected([{ ...plane, azimuth: 270, kwp: 3 }]);
  const both = await expected([
    { ...plane, azimuth: 90 },
    { ...plane, azimuth: 270, kwp: 3 },
  ]);
  assert.ok(east.power > west.power, 'in the morning the plane to the east has more, though it is smaller');
  assert.ok(Math.abs(both.power - east.power - west.power) < 0.2);
  assert.ok(Math.abs(both.irradiance - (2 * east.irradiance + 3 * west.irradiance) / 5) < 0.2);
});

test('a plant that is described anew gets another curve of the same day', async () => {
  const { source, world } = setUp({ section: SECTION, at: NOON });
  const one = source();
  const before = (await polled(one)).values.solar_expected_energy_today_kwh!;
  world.shown = samples({ growatt_plant_peak_power_watts: 2500 });
  const after = (await polled(one)).values.solar_expected_energy_today_kwh!;
  assert.ok(Math.abs(after - before / 2) < 0.01);
});

test('what is shown ends after ten minutes, and at midnight', async () => {
  const { source, world } = setUp({ section: SECTION, at: NOON });
  const holdsFor = async () =>
    (await eventsOf(source())).map((event) => event.type === 'reading' && event.reading.holdsFor)[0];
  assert.equal(await holdsFor(), 10 * MINUTE);
  world.now = MIDNIGHT + 24 * HOUR - 3 * MINUTE;
  assert.equal(await holdsFor(), 3 * MINUTE);
});

test('the power is cut off at the limit of the inverter', async () => {
  const planes = [{ plant_id: '7', ac_limit_w: 2500 }];
  const { source } = setUp({ section: { ...SECTION, planes }, at: NOON });
  assert.equal((await polled(source())).values.solar_expected_power_watts, 2500);
});

test('south of the equator modules are taken to face north, and the turbidity is that of the other half of the year', async () => {
  const sydney = { ...BERLIN, place: { latitude: -33.87, longitude: 151.21 } };
  const { source } = setUp({ section: { source: 'clear-sky' }, at: NOON, plants: [sydney] });
  assert.match((await polled(source())).said[0]!, /tilt 35, azimuth 0;/);
  assert.equal(turbidityAt({ latitude: 1, longitude: 0 }, NOON), 3.9);
  assert.equal(turbidityAt({ latitude: -1, longitude: 0 }, NOON), 2.7);
  const months = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  assert.equal(turbidityAt({ latitude: -1, longitude: 0 }, NOON, months), 6);
  const midnight = Date.parse('2026-06-30T23:00Z');
  assert.equal(turbidityAt({ latitude: 1, longitude: 0 }, midnight, months), 6);
  assert.equal(turbidityAt({ latitude: 1, longitude: 30 }, midnight, months), 7);
});

test('with no zone known, the day is that of the sun', async () => {
  const place = { latitude: -36.85, longitude: 174.76 };
  const none = setUp({ section: SECTION, at: NOON, plants: [{ id: '7', place }] });
  const zoned = setUp({ section: SECTION, at: NOON, plants: [{ id: '7', place, zone: fixedZone(720) }] });
  const [one, other] = await Promise.all([polled(none.source()), polled(zoned.source())]);
  assert.ok(one.values.solar_expected_energy_today_kwh! > 5);
  assert.equal(one.values.solar_expected_energy_today_kwh, other.values.solar_expected_energy_today_kwh);
});

test('a plant whose zone is not known yet is looked at again soon', async () => {
  const unzoned = { id: '7', place: BERLIN.place! };
  const { source, world } = setUp({ section: SECTION, at: NOON, plants: [unzoned] });
  const one = source();
  assert.ok((await polled(one)).values.solar_expected_power_watts! > 0);
  assert.equal(one.interval(), 5000);
  world.plants = [BERLIN];
  const [day] = (await polled(one)).days;
  assert.equal(day?.start, Date.parse('2026-06-20T22:00Z'));
  assert.equal(one.interval(), MINUTE);
});

test('without planes, each plant with a place has a source; those of other shards have none', () => {
  const names = (sources: readonly { name: string }[]) => sources.map(({ name }) => name);
  const plants = [BERLIN, { ...BERLIN, id: '8' }, { id: '9' }];
  const all = setUp({ section: SECTION, plants });
  assert.deepEqual(names(all.create()), ['forecast/7', 'forecast/8']);
  const planes = [{ plant_id: '8' }, { plant_id: '10' }, { plant_id: '8', azimuth: 90 }];
  const configured = setUp({ section: { ...SECTION, planes }, plants });
  assert.deepEqual(names(configured.create()), ['forecast/8', 'forecast/10']);
  const sharded = setUp({ section: { ...SECTION, planes }, plants, isSharded: true });
  assert.deepEqual(names(sharded.create()), ['forecast/8']);
});

test('what is missing of a plant is said once it had time to be listed', async () => {
  const { source, world } = setUp({ section: SECTION, at: NOON });
  world.shown = [];
  const one = source();
  assert.deepEqual(await polled(one), { values: {}, days: [], said: [], failed: false });
  assert.equal(one.interval(), 5000, 'it may be listed in a moment');
  world.now += MINUTE;
  assert.deepEqual((await polled(one)).said, [
    'no power is expected of plant 7: the rated PV power is unknown: state kwp in forecast.planes',
  ]);
  assert.equal(one.interval(), MINUTE);
  const two = setUp({ section: { planes: [{ plant_id: '7', kwp: 3 }, { plant_id: '7' }] } });
  const several = two.source();
  two.world.now += MINUTE;
  assert.match((await polled(several)).said[0]!, /of several planes each needs kwp/);
  world.shown = samples({ growatt_plant_peak_power_watts: 800 });
  assert.ok((await polled(one)).values.solar_clear_sky_power_watts! < 800);
});

test('settings that contradict each other are refused', () => {
  const refused = (section: unknown, message: RegExp) => assert.throws(() => configOf(section), { message });
  refused(
    { turbidity: [3, 3] },
    /forecast\.turbidity: must hold twelve numbers, from January on; it holds 2/,
  );
  refused({ planes: [{ plant_id: 7, latitude: 5 }] }, /planes\[0\]\.longitude: is missing/);
  refused({ planes: [{ plant_id: 7, azimuth: 361 }] }, /planes\[0\]\.azimuth: .*a number from 0 to 360/);
  refused({ planes: [{ plant_id: 7, kwp: '5 kW' }] }, /planes\[0\]\.kwp/);
  refused({ planes: [{ kwp: 5 }] }, /planes\[0\]\.plant_id: is missing/);
  const apart = [5, 6].map((latitude) => ({ plant_id: 7, latitude, longitude: 3 }));
  refused({ planes: apart }, /planes\[1\]\.latitude: .*is not the place of the other planes of plant 7/);
  assert.throws(() => configOf({}, { FORECAST_PLANES: '7:5:35:180:5000:9' }), /FORECAST_PLANES/);
});
