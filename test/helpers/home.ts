import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { inverterBank } from '../../src/simulators/modbus/inverter.ts';
import { layoutOf } from '../../src/simulators/modbus/layouts.ts';
import { type RegisterBank, startModbusServer } from '../../src/simulators/modbus/server.ts';
import { connectTcp } from '../../src/sources/modbus/connection.ts';
import { Gateway } from '../../src/sources/modbus/gateway.ts';
import { plantFigures } from '../../src/sources/modbus/metrics.ts';
import { ModbusSource } from '../../src/sources/modbus/source.ts';
import { berlinHome, MIDNIGHT, MIN, MINUTE, startWorld } from '../sources/growatt/world.ts';

/** At the equator the sun is up for twelve hours on every day of the year. */
const equator = { latitude: 0, longitude: 15, zone: 60 } as const;

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
export async function startHome(
  t: TestContext,
  { start = MIDNIGHT, interval = 2 * MINUTE }: { start?: number; interval?: number } = {},
) {
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
  const gatewayServer = await startModbusServer({
    units: new Map([[1, unit]]),
    silent: 'exception',
    now: () => world.clock.now(),
  });
  t.after(() => gatewayServer.close());
  const { host, port } = gatewayServer;
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
        freshFor: Math.max(3 * interval, 90_000),
        plant: {
          plantIsGiven: false,
          serials: () => [MIN],
          size: 1,
          historyDays: 7,
          figures: plantFigures,
        },
      },
      interval,
      gateway,
      clock,
    });
  return { ...world, state, local, faults: gatewayServer.faults };
}
