import { SourceError } from '../../base/errors.ts';
import { crc16 } from './crc.ts';

/** The two address spaces that are read; the same number means another register in each. */
export type Space = 'holding' | 'input';

/** One request: `count` registers from `address` on, of one inverter behind a gateway. */
export interface Query {
  readonly unit: number;
  readonly space: Space;
  readonly address: number;
  readonly count: number;
}

/** How requests and answers are framed on a TCP connection. */
export interface Framing {
  /** @param transaction 0 to 65535 @throws RangeError for a query that Modbus cannot express */
  encode(query: Query, transaction: number): Buffer;
  /**
   * Checks what has arrived so far of the answer to a query.
   * @returns its registers once it is complete; undefined until then
   * @throws SourceError `malformed` for anything that is not the answer to this query; a RefusedRead
   */
  decode(received: Buffer, query: Query, transaction: number): readonly number[] | undefined;
}

/** The longest read that the vendor's protocol II and Modbus itself allow, in registers. */
export const MOST_REGISTERS = 125;
/** No frame is longer: 253 bytes of unit, function and data, with the longer of the two frames around them. */
export const LONGEST_FRAME = 260;

/** Reading is all this program does: no other function code can be made of a query. */
const FUNCTIONS: Readonly<Record<Space, number>> = { holding: 3, input: 4 };
const EXCEPTION = 0x80;

/** A well-formed answer that says why the registers are not given; the connection stays usable. */
export class RefusedRead extends SourceError {
  /** The Modbus exception code. */
  readonly code: number;

  constructor(query: Query, code: number) {
    const [kind, words] = EXCEPTIONS[code] ?? (['refused', 'unknown reason'] as const);
    super(kind, `${describe(query)}: ${words} (Modbus exception ${code})`);
    this.code = code;
  }
}

/**
 * What exceptions mean here: 1 to 3 say that there are no such registers, or not so many at once; 10 and 11 come
 * from a gateway whose inverter is silent.
 */
const EXCEPTIONS: Readonly<Record<number, readonly ['refused' | 'server' | 'timeout', string]>> = {
  1: ['refused', 'illegal function'],
  2: ['refused', 'illegal data address'],
  3: ['refused', 'illegal data value'],
  4: ['server', 'device failure'],
  5: ['server', 'acknowledged, not answered'],
  6: ['server', 'device busy'],
  8: ['server', 'memory parity error'],
  10: ['timeout', 'the gateway has no path to the inverter'],
  11: ['timeout', 'the inverter does not answer the gateway'],
};

/** `input 3000 to 3124`, for messages. */
export function describe({ space, address, count }: Query): string {
  return count === 1 ? `${space} ${address}` : `${space} ${address} to ${address + count - 1}`;
}

const mismatch = (query: Query, what: string) => new SourceError('malformed', `${describe(query)}: ${what}`);

/** Unit, function, address and count: what both framings wrap. */
function requestBody({ unit, space, address, count }: Query): Buffer {
  const code = Object.hasOwn(FUNCTIONS, space) ? FUNCTIONS[space] : undefined;
  if (code === undefined) throw new RangeError(`No such address space: ${space}`);
  requireInteger('unit', unit, 1, 254);
  requireInteger('count', count, 1, MOST_REGISTERS);
  requireInteger('address', address, 0, 0x1_0000 - count);
  const body = Buffer.alloc(6);
  body.writeUInt8(unit, 0);
  body.writeUInt8(code, 1);
  body.writeUInt16BE(address, 2);
  body.writeUInt16BE(count, 4);
  return body;
}

function requireInteger(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${name} ${value} is not an integer from ${least} to ${most}`);
}

/**
 * Checks unit, function and byte count as far as they have arrived.
 * @returns how long the whole body is, exception included; undefined until that is known
 */
function bodyLength(body: Buffer, query: Query): number | undefined {
  if (body.length < 1) return undefined;
  if (body[0] !== query.unit) throw mismatch(query, `answer of unit ${body[0]}, not ${query.unit}`);
  if (body.length < 2) return undefined;
  const code = FUNCTIONS[query.space];
  if (body[1] === (code | EXCEPTION)) return 3;
  if (body[1] !== code) throw mismatch(query, `answer of function ${body[1]}, not ${code}`);
  if (body.length < 3) return undefined;
  if (body[2] !== 2 * query.count)
    throw mismatch(query, `answer of ${body[2]} bytes, not ${2 * query.count}`);
  return 3 + 2 * query.count;
}

/** The registers of a complete body. @throws RefusedRead */
function registersOf(body: Buffer, query: Query): readonly number[] {
  if (body[1] !== FUNCTIONS[query.space]) throw new RefusedRead(query, body.readUInt8(2));
  return Array.from({ length: query.count }, (_, i) => body.readUInt16BE(3 + 2 * i));
}

/** Transaction, protocol 0 and length, then the body. */
const HEADER = 6;

const tcp: Framing = {
  encode(query, transaction) {
    const body = requestBody(query);
    const header = Buffer.alloc(HEADER);
    header.writeUInt16BE(transaction, 0);
    header.writeUInt16BE(body.length, 4);
    return Buffer.concat([header, body]);
  },
  decode(received, query, transaction) {
    if (received.length < HEADER) return undefined;
    const [answered, protocol, length] = [0, 2, 4].map((at) => received.readUInt16BE(at));
    if (answered !== transaction) throw mismatch(query, 'answer to another request');
    if (protocol !== 0) throw mismatch(query, `answer of protocol ${protocol}, not 0`);
    const body = received.subarray(HEADER);
    const expected = bodyLength(body, query);
    if (expected === undefined) return undefined;
    if (length !== expected) throw mismatch(query, `answer announces ${length} bytes, not ${expected}`);
    if (body.length > expected) throw mismatch(query, 'more bytes than the answer announces');
    return body.length < expected ? undefined : registersOf(body, query);
  },
};

const CRC = 2;

const rtu: Framing = {
  encode(query) {
    const body = requestBody(query);
    const crc = Buffer.alloc(CRC);
    crc.writeUInt16LE(crc16(body), 0);
    return Buffer.concat([body, crc]);
  },
  decode(received, query) {
    const expected = bodyLength(received, query);
    if (expected === undefined || received.length < expected + CRC) return undefined;
    if (received.length > expected + CRC) throw mismatch(query, 'more bytes than the answer announces');
    const body = received.subarray(0, expected);
    if (received.readUInt16LE(expected) !== crc16(body)) throw mismatch(query, 'wrong checksum');
    return registersOf(body, query);
  },
};

/** Modbus TCP, and Modbus RTU sent as it is over TCP by a transparent serial gateway. */
export const framings = { tcp, 'rtu-tcp': rtu } as const satisfies Record<string, Framing>;

export type FramingName = keyof typeof framings;
