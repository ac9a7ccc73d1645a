import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inverterBank } from '../src/simulators/modbus/inverter.ts';
import { layoutOf } from '../src/simulators/modbus/layouts.ts';
import { type RegisterBank, startModbusServer } from '../src/simulators/modbus/server.ts';
import { connectTcp } from '../src/sources/modbus/connection.ts';
import { Gateway } from '../src/sources/modbus/gateway.ts';
import { plantFigures } from '../src/sources/modbus/metrics.ts';
import { ModbusSource } from '../src/sources/modbus/source.ts';
import { berlinHome, HOUR, MIDNIGHT, MIN, MINUTE, startWorld } from './sources/growatt/world.ts';

/** At the equator the sun is up for twelve hours on every day of the year. */
const equator = { latitude: 0, longitude: 15, zone: 60 } as const;
const INTERVAL = 2 * MINUTE;

/** A gateway whose requests hold the clock of the world until they are answered. */
class TrackedGateway extends Gateway {
  readonly #track: <T>(work: Promise<T>) => Promise<T>;

  constructor(options: ConstructorParameters<typeof Gateway>[0], track: <T>(work: Promise<T>) => Promise<T>) {
    super(options);
    this.#track = track;
  }

  override read(...request: Parameters<Gateway['read']>): ReturnType<Gateway['read']> {
    return this.#track(super.read(...request));
  }
}

/** A simulated home whose inverter is read in the cloud and over Modbus, in virtual time. */
async function startHome(t: TestContext, start = MIDNIGHT) {
  const world = await startWorld(t, { plants: [berlinHome(equator)], start });
  const [inverter] = world.cloud.inverters();
  assert.ok(inverter);
  const bank = inverterBank(layoutOf(inverter)!, inverter);
  const state = { isReachable: true };
  const unit: RegisterBank = {
    get awake() {
      return state.isReachable && bank.awake;
    },
    read: (...request) => bank.read(...request),
  };
  const { host, port, close } = await startModbusServer({
    units: new Map([[1, unit]]),
    silent: 'exception',
    now: () => world.clock.now(),
  });
  t.after(close);
  const { clock, track } = world;
  const gateway = new TrackedGateway(
    { address: { host, port }, framing: 'tcp', connect: connectTcp, clock, spacing: 0, keepOpen: false },
    track,
  );
  const local = () =>
    new ModbusSource({
      target: {
        ...{ name: 'roof', plantId: 'roof', plantName: 'roof', plantIsGiven: false, describesPlant: true },
        ...{ unit: 1, family: undefined, zone: undefined, zoneIsGiven: false, blockSize: 125 },
        freshFor: 3 * INTERVAL,
        plant: {
          plantIsGiven: false,
          serials: () => [MIN],
          size: 1,
          historyDays: 7,
          figures: plantFigures,
        },
      },
      interval: INTERVAL,
      gateway,
      clock,
    });
  return { ...world, state, local };
}

const sum = (counts: Record<string, number>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

test('an inverter that is read locally needs fewer than 90 cloud calls on a day of twelve sunny hours', async (t) => {
  const world = await startHome(t);
  const agent = world.run({ local: world.local() });
  let total = 0;
  for (let at = MIDNIGHT; at <= MIDNIGHT + 48 * HOUR; at += 10 * MINUTE) {
    await world.until(at);
    const shown = agent.store.samples().filter(({ metric }) => metric === 'growatt_energy_total_kwh');
    assert.ok(shown.length <= 1);
    assert.ok((shown[0]?.value ?? 0) >= total, `${shown[0]?.value} after ${total}`);
    total = shown[0]?.value ?? total;
  }
  const counts = world.callCounts(MIDNIGHT + 24 * HOUR, MIDNIGHT + 48 * HOUR);
  assert.ok(sum(counts) < 90, JSON.stringify(counts));
  assert.ok(total > 20);
});

test('when the local way fails, the cloud is asked at its own interval at once', async (t) => {
  const noon = MIDNIGHT + 12 * HOUR;
  const world = await startHome(t, noon);
  world.run({ local: world.local() });
  await world.until(noon + 2 * HOUR);
  const live = (from: number, to: number) => world.callCounts(from, to)['tlx/tlx_last_data'] ?? 0;
  assert.ok(live(noon + HOUR / 2, noon + 2 * HOUR) <= 3);
  world.state.isReachable = false;
  await world.until(noon + 3 * HOUR);
  assert.ok(live(noon + 2 * HOUR, noon + 2 * HOUR + 8 * MINUTE) >= 1);
  assert.ok(live(noon + 2 * HOUR, noon + 3 * HOUR) >= 10);
  world.state.isReachable = true;
  await world.until(noon + 5 * HOUR);
  assert.ok(live(noon + 3.5 * HOUR, noon + 5 * HOUR) <= 4);
});

test('local series wait for the list of the account, so that their plant never changes', async (t) => {
  const noon = MIDNIGHT + 12 * HOUR;
  const world = await startHome(t, noon);
  const agent = world.run({ local: world.local() });
  const plants = new Set<string | undefined>();
  for (let at = noon; at < noon + 2 * MINUTE; at += 1000) {
    await world.until(at);
    for (const { attributes } of agent.store.samples()) plants.add(attributes.plant_id);
  }
  plants.delete(undefined);
  assert.deepEqual([...plants], ['1']);
});
