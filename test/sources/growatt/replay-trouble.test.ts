import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Disturbance } from '../../../src/simulators/growatt/specs.ts';
import { type Allowances, startAudit } from './audit.ts';
import { type Agent, berlinHome, DAY, HOUR, MIN, MINUTE, NOON, startWorld, type World } from './world.ts';

const plant = berlinHome();

/** Runs for hours, with what happens at which minute, and checks every sample of every minute. */
async function replay(
  t: TestContext,
  minutes: number,
  events: Record<number, (world: World) => void>,
  allow: (minute: number) => Allowances = () => ({}),
  each: (minute: number, agent: Agent) => void = () => {},
) {
  const world = await startWorld(t, { account: { plants: [{ id: '1', timezone: 'Europe/Berlin' }] } });
  const audit = startAudit(plant);
  const agent = world.run();
  for (let minute = 0; minute < minutes; minute++) {
    await world.until(NOON + (minute + 0.5) * MINUTE);
    events[minute]?.(world);
    audit.check(agent, NOON + (minute + 0.5) * MINUTE, allow(minute));
    each(minute, agent);
  }
  return { world, agent };
}

const disturb = (disturbance: Disturbance) => (world: World) => world.cloud.disturb(MIN, disturbance);
const heldAt = (minute: number) => ({ heldSince: NOON + minute * MINUTE });

test('a lifetime total that reads 0 for hours of daylight is held at its last value', async (t) => {
  const { agent } = await replay(
    t,
    240,
    { 30: disturb({ lifetimeZero: true }), 180: disturb({}) },
    (minute) => (minute >= 30 && minute < 190 ? heldAt(30) : {}),
    (minute, { value }) => {
      if (minute > 1) assert.ok((value('growatt_energy_total_kwh') ?? 0) > 100, `minute ${minute}`);
    },
  );
  assert.ok(agent.rejections.filter((reason) => reason === 'total_fell').length > 20);
  assert.equal(agent.value('growatt_up'), 1);
});

test('a datalogger that is silent for hours: power ends after half an hour, energies stand', async (t) => {
  let gone = 0;
  await replay(
    t,
    300,
    { 60: disturb({ silentSince: NOON + 60 * MINUTE }), 240: disturb({}) },
    (minute) => (minute >= 60 && minute < 275 ? { ...heldAt(60), silent: true } : {}),
    (minute, { value }) => {
      const power = value('growatt_current_power_watts');
      if (minute > 100 && minute < 235) assert.equal(power, undefined, `minute ${minute}`);
      if (power === undefined) gone++;
      if (minute > 275) assert.notEqual(power, undefined, `minute ${minute}`);
    },
  );
  assert.ok(gone > 130 && gone < 190);
});

test('data of three hours ago that is replayed for a while is ignored', async (t) => {
  const { agent } = await replay(
    t,
    120,
    { 60: disturb({ replayMs: 3 * HOUR }), 70: disturb({}) },
    (minute) => (minute >= 60 && minute < 85 ? heldAt(60) : {}),
  );
  assert.ok(agent.rejections.includes('older_reading'));
});

test('data that arrives hours late, after the datalogger was silent, is not shown as the present', async (t) => {
  const { agent } = await replay(
    t,
    330,
    {
      60: disturb({ silentSince: NOON + 60 * MINUTE }),
      240: disturb({ replayMs: 2.5 * HOUR }),
      250: disturb({ replayMs: 2 * HOUR }),
      260: disturb({ replayMs: HOUR }),
      270: disturb({}),
    },
    (minute) => (minute >= 60 && minute < 310 ? { ...heldAt(60), silent: true } : {}),
  );
  assert.ok(agent.rejections.includes('older_reading'));
  assert.notEqual(agent.value('growatt_current_power_watts'), undefined);
});

test("an inverter's clock that is set back is believed after three readings, one that is set ahead at once", async (t) => {
  for (const clockSkewMs of [-3 * HOUR, 3 * HOUR, -40 * MINUTE]) {
    const world = await startWorld(t, { account: { plants: [{ id: '1', timezone: 'Europe/Berlin' }] } });
    const agent = world.run();
    const audit = startAudit(plant);
    await world.until(NOON + 30 * MINUTE);
    world.cloud.disturb(MIN, { clockSkewMs });
    for (let minute = 30; minute < 90; minute++) {
      const at = NOON + (minute + 0.5) * MINUTE;
      await world.until(at);
      // Only the time of the reading is as wrong as the clock that gave it.
      const values = agent.values();
      delete values.growatt_last_update_timestamp_seconds;
      audit.check({ ...agent, values: () => values }, at);
      if (minute > 60)
        assert.notEqual(values.growatt_current_power_watts, undefined, `${clockSkewMs}: ${minute}`);
    }
  }
});

test("the agent's clock may jump both ways: nothing false is shown, and readings go on", async (t) => {
  for (const jump of [-26 * HOUR, -2 * HOUR, 2 * HOUR, 26 * HOUR]) {
    let jumped = 0;
    let clock: World['clock'] | undefined;
    // The cloud's clock goes on as before.
    const now = () => (clock?.now() ?? NOON) - jumped;
    const world = await startWorld(t, { cloud: { now } });
    clock = world.clock;
    const audit = startAudit(plant);
    const agent = world.run();
    await world.until(NOON + 30 * MINUTE);
    jumped = jump;
    clock.jump(jump);
    for (let minute = 31; minute < 120; minute++) {
      await clock.pass(MINUTE);
      // Of the day and the time of a reading the agent can know no more than of its own.
      const values = agent.values();
      const known = Object.entries(values).filter(([metric]) => !/today|last_update|status/.test(metric));
      audit.check({ ...agent, values: () => Object.fromEntries(known) }, now(), heldAt(31));
      if (minute > 50) {
        assert.notEqual(values.growatt_current_power_watts, undefined, `${jump / HOUR} h: minute ${minute}`);
        assert.ok((values.growatt_energy_today_kwh ?? 0) > 5 || jump > 0);
        assert.equal(values.growatt_up, 1);
      }
    }
  }
});

test('a fault shows as status 3 with its code, and only as long as it lasts', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  const seen: unknown[] = [];
  for (const [minute, faultCode] of [
    [10, 302],
    [20, 0],
    [30, 0],
  ] as const) {
    await world.until(NOON + minute * MINUTE);
    seen.push([agent.value('growatt_inverter_status'), agent.value('growatt_fault_code')]);
    world.cloud.disturb(MIN, { faultCode });
  }
  assert.deepEqual(seen, [
    [1, 0],
    [3, 302],
    [1, 0],
  ]);
});

test('a true reset of the lifetime total is believed after three newer readings', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  await world.until(NOON + 8 * MINUTE);
  const before = agent.value('growatt_energy_total_kwh') ?? 0;
  // An exchanged inverter of the same number has counted 12.5 kWh less.
  world.cloud.removeDevice(MIN);
  world.cloud.addDevice(1, { ...plant.devices[0]!, lifetimeKwhAtCreate: 0 });
  await world.until(NOON + 20 * MINUTE);
  assert.equal(agent.value('growatt_energy_total_kwh'), before);
  await world.until(NOON + 22 * MINUTE);
  const after = agent.value('growatt_energy_total_kwh') ?? 0;
  assert.ok(after < before - 10 && after > before - 12.5);
  // The total of AC, of PV and of both inputs, each in two readings.
  assert.deepEqual(
    agent.rejections,
    Array.from({ length: 8 }, () => 'total_fell'),
  );
});

test('a device that is gone takes its samples with it, and is back with the discovery after its return', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  await world.until(NOON + 30 * MINUTE);
  world.cloud.removeDevice(MIN);
  await world.until(NOON + 40 * MINUTE);
  assert.deepEqual(agent.values({ device_sn: MIN }), {});
  world.cloud.addDevice(1, plant.devices[0]!);
  await world.until(NOON + 190 * MINUTE);
  assert.ok((agent.value('growatt_current_power_watts') ?? 0) > 100);
});

test('an outage over midnight shows nothing of yesterday', async (t) => {
  const world = await startWorld(t, { start: NOON + 8 * HOUR });
  const agent = world.run();
  await world.until(NOON + 9 * HOUR);
  world.cloud.faults.next({ kind: 'http-500', times: Number.POSITIVE_INFINITY });
  for (let minute = 0; minute < 240; minute++) {
    const at = NOON + 9 * HOUR + minute * MINUTE;
    await world.until(at);
    const today = agent.value('growatt_energy_today_kwh');
    if (at >= NOON + DAY / 2) assert.equal(today, undefined);
    else assert.ok((today ?? 0) > 5);
  }
});
