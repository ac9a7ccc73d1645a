import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { SourceError } from '../../../src/base/errors.ts';
import { type Detection, detect } from '../../../src/sources/modbus/detection.ts';
import { type Family, families, models } from '../../../src/sources/modbus/families.ts';
import { type Bank, bankOf, clientOf, gatewayTo, type Ranges, serveBanks, type Words } from './support.ts';

const signal = new AbortController().signal;
const QUICK = { timeout: 1000, retries: 0, firstDelay: 0 };

/** `AB12345678`, two characters in each register. */
const SERIAL = { 0: 0x4142, 1: 0x3132, 2: 0x3334, 3: 0x3536, 4: 0x3738 };
const serialAt = (register: number): Words =>
  Object.fromEntries(Object.entries(SERIAL).map(([i, word]) => [register + Number(i), word]));

/** Frequency and voltage where each map has them. */
const LIVE = {
  base: { 37: 4998, 38: 2301 },
  storage: { 1013: 531, 1014: 84 },
  spa2000: { 2037: 4998, 2038: 2301 },
  x3000: { 3025: 4998, 3026: 2301 },
  vpp: { 31105: 4998, 31106: 2301 },
  spf: { 22: 2301, 23: 5999 },
  legacy: { 13: 4998, 14: 2301 },
} as const;

/** The registers that show a map by its own frequency. */
const liveOf = (family: Family): Words => LIVE[family.main.name as keyof typeof LIVE];

async function detected(
  t: TestContext,
  bank: Bank,
  configured?: Family,
): Promise<Detection & { asked: readonly string[] }> {
  const server = await serveBanks(t, { 1: bank });
  const client = clientOf(gatewayTo(server), 1, QUICK);
  const detection = await detect(client, configured, signal);
  return {
    ...detection,
    asked: server.requests.map(({ functionCode, address }) => `${functionCode}:${address}`),
  };
}

const vppReads = (asked: readonly string[]) => asked.filter((read) => Number(read.slice(2)) >= 30_000);

for (const [code, { family, model }] of models) {
  test(`code ${code} in holding 43 is ${model}, family ${family.name}`, async (t) => {
    const bank = bankOf(liveOf(family), { 43: code, ...serialAt(23) }, [[0, 9999]]);
    const { inverter, asked } = await detected(t, bank);
    assert.equal(inverter.family, family);
    assert.deepEqual([inverter.code, inverter.model, inverter.serial], [code, model, 'AB12345678']);
    assert.deepEqual(vppReads(asked), []);
  });
}

test('the code of the VPP protocol is taken where the other one is not there', async (t) => {
  const bank = bankOf({ ...LIVE.base, ...LIVE.storage }, { 30000: 3502 });
  const { inverter, evidence } = await detected(t, bank);
  assert.deepEqual([inverter.family.name, inverter.code], ['sph', 3502]);
  assert.ok(evidence.includes('holding 30000: 3502, SPH TL BL-UP'));
});

test('a MIN of the second generation, which serves nothing below 30000, has the code of the first', async (t) => {
  const holding = { 30000: 5100, ...serialAt(30_001), 30016: 0, 30017: 42_000 };
  const { inverter } = await detected(t, bankOf(LIVE.vpp, holding, [[30_000, 31_999]]));
  assert.deepEqual([inverter.family.name, inverter.serial, inverter.ratedPower], ['vpp', 'AB12345678', 4200]);
});

/** Nothing from 30000 on may be asked of an inverter that might be off-grid: it would restart. */
const offGrid: readonly (readonly [what: string, input: Words, holding: Words])[] = [
  ['its code in holding 43', LIVE.spf, { 43: 3401 }],
  ['its code in input 44', { ...LIVE.spf, 44: 3402 }, { 43: 0 }],
  ['no code', LIVE.spf, {}],
  ['its battery while its output is off', { 17: 5130, 18: 64 }, {}],
];
for (const [what, input, holding] of offGrid) {
  test(`an off-grid inverter is recognised by ${what}, and not asked for anything that restarts it`, async (t) => {
    const bank = bankOf(input, { ...holding, ...serialAt(23), 76: 0, 77: 50_000 });
    const { inverter, asked } = await detected(t, bank);
    assert.deepEqual([inverter.family.name, inverter.ratedPower], ['spf', 5000]);
    assert.deepEqual(vppReads(asked), []);
  });
}

test('an inverter in which nothing is known is not asked for registers from 30000 on', async (t) => {
  const server = await serveBanks(t, { 1: bankOf({}, { 43: 1234 }) });
  const client = clientOf(gatewayTo(server), 1, QUICK);
  await assert.rejects(detect(client, undefined, signal), (error) => {
    assert.ok(error instanceof SourceError);
    assert.equal(error.kind, 'refused');
    assert.match(error.message, /no known family: holding 43: 1234; .*set the target's family/);
    return true;
  });
  assert.ok(server.requests.every(({ address }) => address < 30_000));
});

/** What is there, and what it is without any code. */
const probed: readonly (readonly [family: string, input: Words, holding?: Words])[] = [
  ['sph', { ...LIVE.base, ...LIVE.storage }, { 44: 0x0201 }],
  ['sph-tl3', { ...LIVE.base, ...LIVE.storage }, { 44: 0x0203 }],
  ['spa', { ...LIVE.storage, ...LIVE.spa2000 }],
  ['min', LIVE.x3000],
  ['min', { ...LIVE.base, ...LIVE.x3000 }, { 44: 0x0201 }],
  ['min-xh', { ...LIVE.x3000, 3171: 63 }],
  ['mod-xh', { ...LIVE.base, ...LIVE.x3000 }, { 44: 0x0203 }],
  ['mid', LIVE.base, { 44: 0x0203 }],
  ['legacy', LIVE.legacy],
];
for (const [family, input, holding = {}] of probed) {
  test(`without a code, ${JSON.stringify(input)} is ${family}`, async (t) => {
    const { inverter } = await detected(t, bankOf(input, holding, [[0, 9999]]));
    assert.deepEqual([inverter.family.name, inverter.code], [family, undefined]);
  });
}

/** An inverter that answers for what it does not have with the words of its last answer. */
function stale(input: Words, holding: Words, own: Ranges): Bank {
  const bank = bankOf(input, holding);
  let last: readonly number[] = [0];
  const read: Bank['read'] = (space, address, count) => {
    const exists = space === 'holding' || own.some(([from, to]) => address >= from && address <= to);
    if (exists) last = bank.read(space, address, count) ?? last;
    return exists ? last : Array.from({ length: count }, (_, i) => last[i % last.length]!);
  };
  return { ...bank, read };
}

test('stale words of blocks that are not there do not decide', async (t) => {
  const own: Ranges = [
    [0, 124],
    [1000, 1249],
  ];
  const input = { ...LIVE.base, ...LIVE.storage, 0: 5, 1: 0 };
  const known = await detected(t, stale(input, { 43: 3501, ...serialAt(23) }, own));
  assert.deepEqual([known.inverter.family.name, known.inverter.serial], ['sph', 'AB12345678']);
  const unknown = await detected(t, stale(input, { 44: 0x0201, ...serialAt(23) }, own));
  assert.equal(unknown.inverter.family.name, 'sph');
  const mid = await detected(t, stale({ ...LIVE.base, 0: 1 }, { 44: 0x0303 }, [[0, 124]]));
  assert.equal(mid.inverter.family.name, 'mid');
});

test('a code that the registers contradict is not believed', async (t) => {
  const bank = bankOf({ ...LIVE.base, 3025: 513, 3026: 12 }, { 43: 5100, 44: 0x0303 }, [[0, 9999]]);
  const { inverter, evidence } = await detected(t, bank);
  assert.equal(inverter.family.name, 'mid');
  assert.deepEqual(evidence.slice(0, 2), ['holding 43: 5100, MIN TL-XH', 'input 3025: 5.13 Hz, 3026: 1.2 V']);
});

test('a known code is believed also where there is no grid to have a frequency', async (t) => {
  const { inverter } = await detected(t, bankOf({ 0: 0 }, { 43: 3502 }, [[0, 1249]]));
  assert.equal(inverter.family.name, 'sph');
});

test('zeros do not decide where another map shows a grid', async (t) => {
  const holding = { 43: 5401, 44: 0x0203 };
  const hybrid = bankOf({ ...LIVE.base, ...LIVE.vpp, 3000: 0 }, holding);
  assert.equal((await detected(t, hybrid)).inverter.family.name, 'mod-hu');
  const string = bankOf(LIVE.base, holding, [[0, 9999]]);
  assert.equal((await detected(t, string)).inverter.family.name, 'mid');
});

test('one code is shared by MIN and by small MIC with the older registers', async (t) => {
  const { inverter } = await detected(t, bankOf(LIVE.legacy, { 43: 5200 }, [[0, 134]]));
  assert.deepEqual([inverter.family.name, inverter.code], ['legacy', 5200]);
});

test('a configured family is taken whatever the inverter shows', async (t) => {
  const bank = bankOf(LIVE.x3000, { 43: 5201, ...serialAt(209) });
  const { inverter, evidence, asked } = await detected(t, bank, families.max);
  assert.deepEqual([inverter.family.name, inverter.serial], ['max', 'AB12345678']);
  assert.deepEqual(evidence, ['holding 43: 5201, MIN TL-X', 'configured: max']);
  assert.deepEqual(vppReads(asked), []);
});

test('the serial number is the longest there is, read twice', async (t) => {
  const long = { 3001: 0x5a5a, ...Object.fromEntries([2, 3, 4, 5, 6, 7].map((i) => [3000 + i, 0x3030 + i])) };
  const everywhere = { 43: 5201, ...serialAt(23), ...serialAt(209), ...long };
  const { inverter, asked } = await detected(t, bankOf(LIVE.x3000, everywhere, [[0, 9999]]));
  assert.equal(inverter.serial, 'ZZ020304050607');
  assert.equal(asked.filter((read) => read === '3:3001').length, 2);
  const short = await detected(t, bankOf(LIVE.x3000, { 43: 5201, ...serialAt(23) }, [[0, 9999]]));
  assert.equal(short.inverter.serial, 'AB12345678');
  const none = await detected(t, bankOf(LIVE.x3000, { 43: 5201 }, [[0, 9999]]));
  assert.deepEqual([none.inverter.serial, none.serialAt], ['', undefined]);
});

test('a serial number that is another one a moment later is none', async (t) => {
  const bank = bankOf(LIVE.base, { 43: 5001, ...serialAt(23) }, [[0, 200]]);
  let reads = 0;
  const changing: Bank = {
    ...bank,
    read(space, address, count) {
      const words = bank.read(space, address, count);
      return space === 'holding' && address === 23 && reads++ > 0 ? words?.map((word) => word + 1) : words;
    },
  };
  await assert.rejects(detected(t, changing), /the serial number was AB12345678 and then AC13355779/);
});

test('trackers, phases and rating are taken where they make sense', async (t) => {
  const of = async (holding: Words) => {
    const { inverter } = await detected(t, bankOf(LIVE.base, { 43: 5001, ...holding }, [[0, 200]]));
    return [inverter.trackers, inverter.phases, inverter.ratedPower];
  };
  assert.deepEqual(await of({ 44: 0x0203, 6: 3, 7: 53_392 }), [2, 3, 25_000]);
  assert.deepEqual(await of({ 44: 0x0002, 6: 0, 7: 0 }), [undefined, undefined, undefined]);
  assert.deepEqual(await of({ 44: 0x2003, 6: 500, 7: 0 }), [undefined, undefined, undefined]);
});

test('a silent inverter is not asked for everything', async (t) => {
  const bank = bankOf({});
  bank.awake = false;
  const server = await serveBanks(t, { 1: bank });
  await assert.rejects(
    detect(clientOf(gatewayTo(server), 1, QUICK), undefined, signal),
    (error) => error instanceof SourceError && error.kind === 'timeout',
  );
  assert.equal(server.requests.length, 2);
});
