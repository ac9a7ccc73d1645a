import type { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { FaultOrder, Faults } from '../faults.ts';
import { exceptionBody, type Wire, type WireRequest } from './wire.ts';

/** What can go wrong between a client and an inverter; each was measured on a real gateway or dongle. */
export type ModbusFault =
  | 'short'
  | 'long'
  | 'cut-off'
  | 'wrong-id'
  | 'wrong-unit'
  | 'wrong-function'
  | 'wrong-checksum'
  | 'previous-answer'
  | 'previous-registers'
  | 'byte-by-byte'
  | 'silence'
  | 'reset'
  | 'close'
  | 'exception'
  | 'busy'
  | 'gateway-silent'
  | 'slow';

/** One request that goes wrong. */
export interface FaultyExchange {
  readonly socket: Socket;
  readonly wire: Wire;
  readonly request: WireRequest;
  /** What would have been answered, from the function code on; undefined for silence. */
  readonly body: Buffer | undefined;
  /** The answer before, as it went out and from its function code on. */
  readonly previous: { readonly frame: Buffer; readonly body: Buffer } | undefined;
}

const SLOW_MS = 1500;
const REGISTERS_OF_BLOCK = 125;

/** What is sent in the place of the answer; undefined: nothing. */
type Responder = (exchange: FaultyExchange) => Buffer | undefined | Promise<Buffer | undefined>;

const answerOf = ({ wire, request, body }: FaultyExchange) => body && wire.frame(request, body);

function changed(exchange: FaultyExchange, change: (frame: Buffer) => Buffer): Buffer | undefined {
  const frame = answerOf(exchange);
  return frame && change(Buffer.from(frame));
}

/** An answer with so many registers, whatever was asked: the byte count agrees with what comes. */
function resized(exchange: FaultyExchange, count: number): Buffer | undefined {
  const { wire, request, body } = exchange;
  if (!body) return undefined;
  const words = Buffer.alloc(2 * count);
  body.copy(words, 0, 2);
  return wire.frame(request, Buffer.concat([Buffer.from([request.functionCode, 2 * count]), words]));
}

const refusal =
  (code: number): Responder =>
  ({ wire, request }) =>
    wire.frame(request, exceptionBody(request.functionCode, code));

const responders: Readonly<Record<ModbusFault, Responder>> = {
  short: (exchange) => resized(exchange, Math.max(1, Math.floor(exchange.request.count / 2))),
  long: (exchange) => resized(exchange, Math.min(REGISTERS_OF_BLOCK, exchange.request.count + 5)),
  'cut-off': (exchange) => changed(exchange, (frame) => frame.subarray(0, frame.length - 3)),
  'wrong-id': (exchange) => {
    const request = { ...exchange.request, transaction: (exchange.request.transaction + 7) & 0xffff };
    return answerOf({ ...exchange, request });
  },
  'wrong-unit': (exchange) =>
    answerOf({ ...exchange, request: { ...exchange.request, unit: exchange.request.unit + 1 } }),
  'wrong-function': ({ wire, request, body }) =>
    body && wire.frame(request, Buffer.concat([Buffer.from([request.functionCode ^ 7]), body.subarray(1)])),
  'wrong-checksum': (exchange) =>
    changed(exchange, (frame) => {
      frame.writeUInt8(frame.readUInt8(frame.length - 1) ^ 0x55, frame.length - 1);
      return frame;
    }),
  'previous-answer': (exchange) => exchange.previous?.frame ?? answerOf(exchange),
  'previous-registers': (exchange) =>
    exchange.previous ? exchange.wire.frame(exchange.request, exchange.previous.body) : answerOf(exchange),
  'byte-by-byte': async (exchange) => {
    for (const byte of answerOf(exchange) ?? []) {
      if (!exchange.socket.destroyed) exchange.socket.write(Buffer.from([byte]));
      await nextTurn();
    }
    return undefined;
  },
  silence: () => undefined,
  reset: ({ socket }) => {
    socket.resetAndDestroy();
    return undefined;
  },
  close: ({ socket }) => {
    socket.end();
    return undefined;
  },
  exception: refusal(4),
  busy: refusal(6),
  'gateway-silent': refusal(11),
  slow: async (exchange) => {
    await delay(SLOW_MS);
    return answerOf(exchange);
  },
};

/**
 * A queue of orders for things to go wrong. `match` of an order is compared with the request as text, such as
 * `unit 1 input 3000 125`.
 */
export function createModbusFaults() {
  const queue: { order: FaultOrder<ModbusFault>; left: number }[] = [];
  const faults: Faults<ModbusFault> = {
    next: (order) => void queue.push({ order, left: order.times ?? 1 }),
    clear: () => void queue.splice(0),
  };
  /** Uses up the first order for this request, if there is one. */
  function take(request: string): Responder | undefined {
    const index = queue.findIndex(({ order }) => request.includes(order.match ?? ''));
    const entry = queue[index];
    if (!entry) return undefined;
    entry.left -= 1;
    if (entry.left <= 0) queue.splice(index, 1);
    return responders[entry.order.kind];
  }
  return { faults, take };
}
