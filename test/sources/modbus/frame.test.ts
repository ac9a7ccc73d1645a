import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SourceError } from '../../../src/base/errors.ts';
import { framings, type Query, RefusedRead, type Space } from '../../../src/sources/modbus/frame.ts';

const query: Query = { unit: 1, space: 'input', address: 3000, count: 3 };
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const queries = fc.record({
  unit: fc.integer({ min: 1, max: 254 }),
  space: fc.constantFrom<Space>('holding', 'input'),
  address: fc.integer({ min: 0, max: 65_411 }),
  count: fc.integer({ min: 1, max: 125 }),
});

/** The bytes from the unit id on of a request in either framing. */
function bodyOf(name: string, request: Buffer): Buffer {
  return name === 'tcp' ? request.subarray(6) : request.subarray(0, -2);
}

/** What decoding gives: the registers, `incomplete`, or the kind of the error. */
function outcome(name: keyof typeof framings, received: Buffer, asked = query): string | readonly number[] {
  try {
    return framings[name].decode(received, asked, 7) ?? 'incomplete';
  } catch (error) {
    assert.ok(error instanceof SourceError);
    return error instanceof RefusedRead ? `${error.kind} ${error.code}` : error.kind;
  }
}

test('requests are what other programs send', () => {
  assert.deepEqual(framings.tcp.encode(query, 0x1234), hex('1234 0000 0006 01 04 0bb8 0003'));
  // Seen on the wire between esphome and a MIN 2500TL-XH.
  const seen = framings['rtu-tcp'].encode({ unit: 1, space: 'input', address: 0, count: 95 }, 0);
  assert.deepEqual(seen, hex('01 04 0000 005f b032'));
});

test('no request has another function code than 3 and 4, whatever it is made of', () => {
  const anything = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.constant(undefined));
  const space = fc.oneof(
    fc.string(),
    fc.constantFrom('holding', 'input', 'coil', '__proto__', 'toString', '6', '16'),
  );
  const given = fc.record({ unit: anything, space, address: anything, count: anything });
  const check = (name: keyof typeof framings, some: unknown, transaction: number) => {
    let request: Buffer;
    try {
      request = framings[name].encode(some as Query, transaction);
    } catch (error) {
      assert.ok(error instanceof RangeError);
      return;
    }
    const { space, unit, address, count } = some as Query;
    const body = bodyOf(name, request);
    assert.equal(body.length, 6);
    assert.equal(body[1], space === 'holding' ? 3 : 4);
    assert.ok(space === 'holding' || space === 'input');
    assert.deepEqual([body[0], body.readUInt16BE(2), body.readUInt16BE(4)], [unit, address, count]);
  };
  const names = fc.constantFrom<keyof typeof framings>('tcp', 'rtu-tcp');
  const transactions = fc.integer({ min: 0, max: 0xffff });
  fc.assert(fc.property(names, given, transactions, check));
  fc.assert(fc.property(names, queries, transactions, check));
});

test('one line of the whole kind writes to a socket, and it writes what a framing encoded', () => {
  const folder = join(import.meta.dirname, '../../../src/sources/modbus');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  assert.deepEqual(texts.match(/.*\.(write|end)\(.*/g), ['        this.#socket.write(request);']);
  assert.deepEqual(texts.match(/\.exchange\(\s*[^,]*,/g), ['.exchange(\n        encode(query,']);
});

test('a query that Modbus cannot express is refused before anything is sent', () => {
  const wrong: Partial<Query>[] = [
    { unit: 0 },
    { unit: 255 },
    { count: 0 },
    { count: 126 },
    { address: -1 },
    { address: 65_535, count: 2 },
    { address: 1.5 },
    { address: Number.NaN },
  ];
  for (const change of wrong) {
    assert.throws(() => framings.tcp.encode({ ...query, ...change }, 1), RangeError, JSON.stringify(change));
  }
});

const tcpAnswer = hex('0007 0000 0009 01 04 06 0001 fffe 8000');
const rtuAnswer = hex('01 04 06 0001 fffe 8000 6d77');

test('an answer is complete with its last byte and not before', () => {
  const words = [1, 0xfffe, 0x8000];
  for (const [name, answer] of [
    ['tcp', tcpAnswer],
    ['rtu-tcp', rtuAnswer],
  ] as const) {
    for (let length = 0; length < answer.length; length++) {
      assert.equal(outcome(name, answer.subarray(0, length)), 'incomplete', `${name} ${length}`);
    }
    assert.deepEqual(outcome(name, answer), words);
    assert.equal(outcome(name, Buffer.concat([answer, hex('00')])), 'malformed');
  }
});

test('every byte around the registers is checked', () => {
  for (let at = 0; at < 9; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const answer = Buffer.from(tcpAnswer);
      answer.writeUInt8(answer.readUInt8(at) ^ (1 << bit), at);
      assert.equal(outcome('tcp', answer), 'malformed', `byte ${at} bit ${bit}`);
    }
  }
  for (let at = 0; at < rtuAnswer.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const answer = Buffer.from(rtuAnswer);
      answer.writeUInt8(answer.readUInt8(at) ^ (1 << bit), at);
      assert.equal(outcome('rtu-tcp', answer), 'malformed', `byte ${at} bit ${bit}`);
    }
  }
});

test('an answer that cannot become the right one is rejected with its first wrong byte', () => {
  assert.equal(outcome('tcp', hex('0008 0000 0009')), 'malformed');
  assert.equal(outcome('tcp', hex('0007 0000 0009 02')), 'malformed');
  assert.equal(outcome('tcp', hex('0007 0000 00fd 01 04 fa')), 'malformed');
  assert.equal(outcome('rtu-tcp', hex('01 03')), 'malformed');
  assert.equal(outcome('rtu-tcp', hex('01 04 fa')), 'malformed');
});

test('exceptions are told apart by what is to be done about them', () => {
  const tcp = (code: string) => outcome('tcp', hex(`0007 0000 0003 01 84 ${code}`));
  const kinds = ['01', '02', '03', '04', '06', '0a', '0b', '63'].map(tcp);
  assert.deepEqual(kinds, [
    'refused 1',
    'refused 2',
    'refused 3',
    'server 4',
    'server 6',
    'timeout 10',
    'timeout 11',
    'refused 99',
  ]);
  assert.equal(outcome('rtu-tcp', hex('01 84 02 c2c1')), 'refused 2');
  assert.equal(outcome('rtu-tcp', hex('01 84 02 c2c0')), 'malformed');
  assert.equal(outcome('tcp', hex('0007 0000 0003 01 83 02')), 'malformed');
});
