/** The two framings of Modbus on a TCP connection, from the server's side. */

export type FramingName = 'tcp' | 'rtu-tcp';

/** A request as it came, whatever its function. */
export interface WireRequest {
  /** 0 where the framing has none. */
  readonly transaction: number;
  readonly unit: number;
  readonly functionCode: number;
  readonly address: number;
  readonly count: number;
}

export interface Wire {
  /** The first complete request of what arrived, and how many bytes it took; undefined while incomplete. */
  parse(received: Buffer): { request: WireRequest; length: number } | undefined;
  /** Frames the bytes from the function code on. */
  frame(request: WireRequest, body: Buffer): Buffer;
}

const BODY = 6;
const HEADER = 6;
const CRC = 2;

function parseBody(body: Buffer, transaction: number): WireRequest {
  const [unit, functionCode] = [body.readUInt8(0), body.readUInt8(1)];
  return { transaction, unit, functionCode, address: body.readUInt16BE(2), count: body.readUInt16BE(4) };
}

const tcp: Wire = {
  parse(received) {
    if (received.length < HEADER) return undefined;
    const length = HEADER + received.readUInt16BE(4);
    if (received.length < length || length < HEADER + BODY) return undefined;
    return { request: parseBody(received.subarray(HEADER), received.readUInt16BE(0)), length };
  },
  frame({ transaction, unit }, body) {
    const header = Buffer.alloc(HEADER + 1);
    header.writeUInt16BE(transaction, 0);
    header.writeUInt16BE(body.length + 1, 4);
    header.writeUInt8(unit, HEADER);
    return Buffer.concat([header, body]);
  },
};

const rtu: Wire = {
  parse(received) {
    const length = BODY + CRC;
    return received.length < length ? undefined : { request: parseBody(received, 0), length };
  },
  frame({ unit }, body) {
    const frame = Buffer.concat([Buffer.from([unit]), body]);
    return Buffer.concat([frame, checksum(frame)]);
  },
};

/** The checksum of Modbus RTU, the low byte first. */
function checksum(bytes: Buffer): Buffer {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  }
  return Buffer.from([crc & 0xff, crc >>> 8]);
}

export const wires: Readonly<Record<FramingName, Wire>> = { tcp, 'rtu-tcp': rtu };

/** The body of an answer with registers. */
export function registersBody(functionCode: number, registers: readonly number[]): Buffer {
  const body = Buffer.alloc(2 + 2 * registers.length);
  body.writeUInt8(functionCode, 0);
  body.writeUInt8(2 * registers.length, 1);
  registers.forEach((word, i) => {
    body.writeUInt16BE(word & 0xffff, 2 + 2 * i);
  });
  return body;
}

/** The body of an answer that refuses. */
export function exceptionBody(functionCode: number, code: number): Buffer {
  return Buffer.from([functionCode | 0x80, code]);
}
