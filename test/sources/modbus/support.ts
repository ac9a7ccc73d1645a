import type { TestContext } from 'node:test';
import type { Reading, SourceEvent } from '../../../src/model/reading.ts';
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
import { plantFigures } from '../../../src/sources/modbus/metrics.ts';
import {
  ModbusSource,
  type ModbusSourceOptions,
  type ModbusTarget,
} from '../../../src/sources/modbus/source.ts';
import { instantClock } from '../../helpers/clock.ts';
import { eventsOf, valuesOf } from '../../helpers/context.ts';

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
export const QUICK: RetryOptions = { timeout: 500, retries: 2, firstDelay: 10 };

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

/** A source of one unit of a simulated gateway. */
export function sourceTo(
  server: { host: string; port: number },
  options: Partial<ModbusSourceOptions> = {},
  target: Partial<ModbusTarget> = {},
): ModbusSource {
  return new ModbusSource({
    target: {
      name: 'roof',
      plantId: '7',
      plantName: 'Home',
      plantIsGiven: true,
      zoneIsGiven: target.zone !== undefined,
      freshFor: 90_000,
      plant: { plantIsGiven: true, serials: () => [], size: 1, historyDays: 0, figures: plantFigures },
      describesPlant: false,
      unit: 1,
      family: undefined,
      zone: undefined,
      blockSize: 125,
      ...target,
    },
    interval: 30_000,
    gateway: gatewayTo(server),
    clock: instantClock(Date.parse('2026-06-12T10:00:00Z')),
    retry: QUICK,
    ...options,
  });
}

/** The reading of the inverter in the events of one poll. */
export function readingIn(events: readonly SourceEvent[]): Reading {
  const readings = events.filter((event) => event.type === 'reading').map(({ reading }) => reading);
  const reading = readings.find(({ entity }) => /^device\/[^/]*$/.test(entity));
  if (!reading) throw new Error('no reading of the inverter');
  return reading;
}

/** What a poll says of the inverter, each value by `metric` or `metric{label="value"}`, but for its time. */
export async function polled(source: ModbusSource): Promise<Record<string, number>> {
  const { growatt_last_update_timestamp_seconds: _, ...values } = valuesOf(readingIn(await eventsOf(source)));
  return values;
}
