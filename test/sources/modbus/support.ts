import type { TestContext } from 'node:test';
import { createCallPolicy, type RetryOptions } from '../../../src/policy/call-policy.ts';
import {
  type ModbusServer,
  type ModbusServerOptions,
  type RegisterBank,
  startModbusServer,
} from '../../../src/simulators/modbus/server.ts';
import { ModbusClient } from '../../../src/sources/modbus/client.ts';
import { connectTcp } from '../../../src/sources/modbus/connection.ts';
import { Gateway, type GatewayOptions } from '../../../src/sources/modbus/gateway.ts';
import { instantClock } from '../../helpers/clock.ts';

export type Words = Readonly<Record<number, number>>;

/** Which registers a bank has beyond those that are given: first and last, holding and input alike. */
export type Ranges = readonly (readonly [first: number, last: number])[];

export interface Bank extends RegisterBank {
  awake: boolean;
  holding: Record<number, number>;
  input: Record<number, number>;
}

/** An inverter that is nothing but registers: those within `ranges` are 0 unless given, others do not exist. */
export function bankOf(input: Words, holding: Words = {}, ranges: Ranges = [[0, 0xffff]]): Bank {
  const exists = (at: number) => ranges.some(([first, last]) => at >= first && at <= last);
  return {
    awake: true,
    holding: { ...holding },
    input: { ...input },
    read(space, address, count) {
      const words = Array.from({ length: count }, (_, i) => address + i);
      return words.every(exists) ? words.map((at) => (this[space][at] ?? 0) & 0xffff) : undefined;
    },
  };
}

/** A gateway that serves these inverters; it ends with the test. */
export async function serveBanks(
  t: TestContext,
  units: Readonly<Record<number, RegisterBank>>,
  options: Partial<ModbusServerOptions> = {},
): Promise<ModbusServer> {
  const server = await startModbusServer({
    units: new Map(Object.entries(units).map(([unit, bank]) => [Number(unit), bank])),
    ...options,
  });
  t.after(() => server.close());
  return server;
}

/** Short times, since every wait for an answer is a real one. */
export const QUICK: RetryOptions = { timeout: 250, retries: 2, firstDelay: 10 };

/** The agent's side of a simulated gateway. */
export function gatewayTo(server: { host: string; port: number }, options: Partial<GatewayOptions> = {}) {
  const { host, port } = server;
  return new Gateway({
    address: { host, port },
    framing: 'tcp',
    connect: connectTcp,
    clock: instantClock(),
    spacing: 0,
    keepOpen: true,
    ...options,
  });
}

/** A client of one unit. */
export function clientOf(gateway: Gateway, unit = 1, retry: RetryOptions = QUICK): ModbusClient {
  const policy = createCallPolicy({ clock: instantClock(), retry, rateLimiter: gateway.rateLimiter });
  return new ModbusClient({ gateway, unit, policy });
}
