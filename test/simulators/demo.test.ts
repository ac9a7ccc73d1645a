import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoPlants, demoTrouble } from '../../src/simulators/growatt/demo-plants.ts';
import { measure } from '../../src/simulators/growatt/measurement.ts';
import { pastPower } from '../../src/simulators/growatt/past.ts';
import { createWorld } from '../../src/simulators/growatt/world.ts';
import { sinElevation } from '../../src/simulators/sun.ts';
import { startSimulator as startStick } from '../../src/simulators/trucki/simulator.ts';
import { NOON } from './helper.ts';

const HOUR = 3_600_000;
const worldOf = (count = 1) =>
  createWorld(demoPlants(NOON, count), { now: () => NOON, uploadEvery: 10_000, seed: 1 });

test('the demo is in a real city where the sun is up, at any time of the year', () => {
  for (let hour = 0; hour < 24; hour += 1) {
    for (const month of [0, 3, 5, 8, 11]) {
      const now = Date.UTC(2026, month, 15, hour, 20);
      const [home] = demoPlants(now);
      assert.ok(sinElevation(home!, now) > 0.5, `${home!.city} at ${new Date(now).toISOString()}`);
      const localHour = (((hour + Number(home!.zone) / 60) % 24) + 24) % 24;
      assert.ok(localHour >= 7 && localHour <= 14, `${localHour} o'clock in ${home!.city}`);
      assert.equal(home!.timezone, `GMT${Number(home!.zone) < 0 ? '' : '+'}${Number(home!.zone) / 60}`);
    }
  }
});

test('in the house of the demo, what comes from sun, battery and grid is what house, battery and grid take', () => {
  const world = worldOf();
  const [min, hybrid, meter] = world.devices();
  assert.deepEqual(
    [min, hybrid, meter].map((device) => device?.spec.family),
    ['min', 'sph', 'meter'],
  );
  let [charged, discharged, exported] = [0, 0, 0];
  for (let at = NOON - 24 * HOUR; at < NOON; at += HOUR / 4) {
    const sun = measure(min!, at).power.ac;
    const { pv, discharge, charge, load, gridImport, gridExport } = measure(hybrid!, at).power;
    const difference = sun + pv + discharge + gridImport - load - charge - gridExport;
    assert.ok(Math.abs(difference) < 1, `${difference} W at ${at}`);
    const seen = measure(meter!, at).power;
    assert.deepEqual([seen.gridImport, seen.gridExport], [gridImport, gridExport]);
    charged += charge;
    exported += gridExport;
    discharged += discharge;
  }
  assert.ok(charged > 0 && exported > 0 && discharged > 0);
});

test('the curve of the demo begins with yesterday, and ends with what the inverters give now', () => {
  const past = [...pastPower(worldOf())];
  assert.ok(past.every(({ plant, at, watts }) => plant === '1234567' && at < NOON && watts >= 0));
  const [min, hybrid] = worldOf().devices();
  const now = measure(min!, NOON - 1).power.ac + measure(hybrid!, NOON - 1).power.pv;
  assert.ok(Math.abs((past.at(-1)?.watts ?? 0) - now) < 0.2 * now);
  assert.ok(NOON - past[0]!.at > 24 * HOUR);
  const hours = new Set(past.map(({ at }) => Math.floor(at / HOUR)));
  assert.equal(hours.size, Math.ceil((NOON - past[0]!.at) / HOUR), 'a hybrid works by night too');
});

test('in a fleet one inverter has a fault and gives nothing, and one has been silent for hours', () => {
  const plants = demoPlants(NOON, 12);
  assert.equal(plants.length, 12);
  assert.equal(new Set(plants.map(({ id }) => id)).size, 12);
  const world = worldOf(12);
  const trouble = demoTrouble(plants, NOON);
  for (const [serial, disturbance] of trouble) world.disturb(serial, disturbance);
  const views = trouble.map(([serial]) => world.view(world.device(serial)!));
  assert.deepEqual(
    views.map(({ measurement, lost }) => [measurement.state, lost]),
    [
      ['fault', false],
      ['normal', true],
    ],
  );
  assert.equal(views[0]?.measurement.power.ac, 0);
  const silent = [...pastPower(world)].filter(({ plant }) => plant === String(plants[6]!.id));
  assert.ok(NOON - silent.at(-1)!.at >= 2.9 * HOUR);
  assert.deepEqual(demoTrouble(demoPlants(NOON, 10), NOON), []);
});

test('the stick of the demo has a curve since yesterday too, and only in the demo', async (t) => {
  const start = async (demo: boolean) => {
    const stick = await startStick({ host: '127.0.0.1', port: 0, demo, inverters: [] });
    t.after(() => stick.close());
    return stick;
  };
  const past = [...((await start(true)).past ?? [])];
  assert.ok(past.length > 24 * 60);
  assert.ok(past.every(({ stick, watts }) => stick === 'shed' && watts >= 0 && watts < 3000));
  assert.equal((await start(false)).past, undefined);
});
