import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Faults } from '../faults.ts';
import { boundedLog } from '../server.ts';
import { createModbusFaults, type ModbusFault } from './faults.ts';
import { exceptionBody, type FramingName, registersBody, type WireRequest, wires } from './wire.ts';

/** The registers of one inverter, as a gateway finds them at this moment. */
export interface RegisterBank {
  /** Whether the inverter answers at all; one without sun and battery switches itself off. */
  readonly awake: boolean;
  /** Registers from an address on; undefined where it has none. */
  read(space: 'holding' | 'input', address: number, count: number): readonly number[] | undefined;
}

export interface ModbusServerOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
  /** Default `tcp`. */
  framing?: FramingName;
  /** Epoch ms; default the system clock. */
  now?: () => number;
  /** Inverters by their unit id. */
  units: ReadonlyMap<number, RegisterBank>;
  /** Longest read that is not refused, in registers; default 125. */
  mostRegisters?: number;
  /** What a client gets for an inverter that is silent; default `silence`. */
  silent?: 'silence' | 'exception';
}

export interface ModbusRequest {
  at: number;
  unit: number;
  functionCode: number;
  address: number;
  count: number;
  /** Counted from 1. */
  connection: number;
  /** Whether it came while another request was being served, which a serial line cannot do. */
  overlapping: boolean;
}

/** A running simulated gateway. */
export interface ModbusServer {
  host: string;
  port: number;
  /** `host:port` */
  address: string;
  /** The last 10 000 requests, the oldest first. */
  requests: readonly ModbusRequest[];
  /** Connections accepted so far, and how many of them are open. */
  readonly connections: { accepted: number; open: number };
  faults: Faults<ModbusFault>;
  /** Ends every open connection. */
  disconnect(): void;
  close(): Promise<void>;
}

const READING: Readonly<Record<number, 'holding' | 'input'>> = { 3: 'holding', 4: 'input' };
const ILLEGAL_FUNCTION = 1;
const ILLEGAL_ADDRESS = 2;
const ILLEGAL_VALUE = 3;
const NO_RESPONSE = 11;
const REQUESTS_KEPT = 10_000;

/** Starts a simulated gateway; rejects when it cannot listen. */
export async function startModbusServer(options: ModbusServerOptions): Promise<ModbusServer> {
  const { framing = 'tcp', now = Date.now, units, mostRegisters = 125, silent = 'silence' } = options;
  const wire = wires[framing];
  const { faults, take } = createModbusFaults();
  const requests = boundedLog<ModbusRequest>(REQUESTS_KEPT);
  const open = new Set<Socket>();
  let accepted = 0;
  let serving = 0;
  let previous: { frame: Buffer; body: Buffer } | undefined;

  /** From the function code on; undefined for silence. */
  function answer({ unit, functionCode, address, count }: WireRequest): Buffer | undefined {
    const bank = units.get(unit);
    if (!bank?.awake) return silent === 'silence' ? undefined : exceptionBody(functionCode, NO_RESPONSE);
    const space = READING[functionCode];
    if (!space) return exceptionBody(functionCode, ILLEGAL_FUNCTION);
    if (count < 1 || count > mostRegisters) return exceptionBody(functionCode, ILLEGAL_VALUE);
    const registers = bank.read(space, address, count);
    return registers ? registersBody(functionCode, registers) : exceptionBody(functionCode, ILLEGAL_ADDRESS);
  }

  async function serve(socket: Socket, connection: number, request: WireRequest): Promise<void> {
    const { unit, functionCode, address, count } = request;
    requests.add({ at: now(), unit, functionCode, address, count, connection, overlapping: serving > 0 });
    serving += 1;
    try {
      const body = answer(request);
      const fault = take(`unit ${unit} ${READING[functionCode] ?? functionCode} ${address} ${count}`);
      const exchange = { socket, wire, request, body, previous };
      const frame = fault ? await fault(exchange) : body && wire.frame(request, body);
      if (!fault && frame && body) previous = { frame, body };
      if (frame && !socket.destroyed) socket.write(frame);
    } finally {
      serving -= 1;
    }
  }

  const server = createServer({ noDelay: true }, (socket) => {
    accepted += 1;
    const connection = accepted;
    let received = Buffer.alloc(0);
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      for (let next = wire.parse(received); next; next = wire.parse(received)) {
        received = received.subarray(next.length);
        void serve(socket, connection, next.request);
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const bound = server.address() as AddressInfo;
  // All interfaces are no address to connect to.
  const host = bound.address === '::' ? 'localhost' : bound.address;
  const disconnect = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    host,
    port: bound.port,
    address: `${host.includes(':') ? `[${host}]` : host}:${bound.port}`,
    requests: requests.entries,
    get connections() {
      return { accepted, open: open.size };
    },
    faults,
    disconnect,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        disconnect();
      }),
  };
}
