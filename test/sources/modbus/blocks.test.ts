import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceError } from '../../../src/base/errors.ts';
import { families } from '../../../src/sources/modbus/families.ts';
import { instantClock } from '../../helpers/clock.ts';
import { eventsOf } from '../../helpers/context.ts';
import { readCase } from './cases.ts';
import { type Bank, bankOf, polled, readingIn, serveBanks, sourceTo, type Words } from './support.ts';

const MINUTE = 60_000;

/** A bank that refuses what `refuses` says. */
function refusing(bank: Bank, refuses: (address: number, count: number, space: string) => boolean): Bank {
  const read: Bank['read'] = (space, address, count) =>
    refuses(address, count, space) ? undefined : bank.read.call(refusing_, space, address, count);
  const refusing_: Bank = { ...bank, read };
  return refusing_;
}

const inputs = (server: { requests: readonly { functionCode: number; address: number; count: number }[] }) =>
  server.requests
    .filter(({ functionCode }) => functionCode === 4)
    .map(({ address, count }) => `${address}+${count}`);

for (const [most, longest] of [
  [124, 123],
  [60, 29],
  [12, 6],
] as const) {
  test(`a gateway that refuses more than ${most} registers is asked for at most ${longest}, once and for all`, async (t) => {
    const { bank, expected } = readCase('every-register-min-xh');
    const server = await serveBanks(t, { 1: bank() }, { mostRegisters: most });
    const source = sourceTo(server);
    assert.deepEqual(await polled(source), expected);
    const before = server.requests.length;
    assert.deepEqual(await polled(source), expected);
    const later = server.requests.slice(before).map(({ count }) => count);
    assert.equal(Math.max(...later), longest);
  });
}

test('a configured block size is kept to from the beginning', async (t) => {
  const { bank, expected } = readCase('every-register-sph');
  const server = await serveBanks(t, { 1: bank() });
  assert.deepEqual(await polled(sourceTo(server, {}, { blockSize: 10 })), expected);
  const blocks = server.requests.filter(({ functionCode, address }) => functionCode === 4 && address > 2);
  assert.ok(blocks.every(({ count }) => count <= 10));
});

test('a pair across two blocks is read in one request, and absent where that is refused', async (t) => {
  const { bank, expected } = readCase('every-register-sph');
  const crosses = (address: number, count: number) => address < 1125 && address + count > 1125;
  for (const blockSize of [125, 20, 1]) {
    const server = await serveBanks(t, { 1: refusing(bank(), crosses) });
    const source = sourceTo(server, {}, { blockSize });
    const values = await polled(source);
    // What the base block has of it stands in.
    assert.deepEqual(values, { ...expected, growatt_battery_ac_charge_energy_today_kwh: 471.1 });
    assert.equal(inputs(server).filter((read) => read === '1124+2').length, 1);
    await polled(source);
    assert.equal(inputs(server).filter((read) => read === '1124+2').length, 1);
    assert.ok(!inputs(server).includes('1124+1') && !inputs(server).includes('1125+1'));
  }
});

test('a block across which a pair lies loses only that pair', async (t) => {
  const { bank, expected } = readCase('every-register-vpp');
  const crosses = (address: number, count: number) => address < 31_125 && address + count > 31_125;
  const server = await serveBanks(t, { 1: refusing(bank(), crosses) });
  const { growatt_grid_export_energy_total_kwh: _, ...others } = expected;
  assert.deepEqual(await polled(sourceTo(server)), others);
});

test('an inverter that answers for single registers only gives what fits in one', async (t) => {
  const { bank } = readCase('every-register-legacy');
  const server = await serveBanks(t, { 1: refusing(bank(), (_, count) => count > 1) });
  const values = await polled(sourceTo(server));
  assert.equal(values.growatt_ac_frequency_hz, 50.03);
  assert.equal(values.growatt_inverter_status, 1);
  assert.equal(values.growatt_pv_power_watts, undefined);
  assert.equal(values.growatt_energy_total_kwh, undefined);
});

test('a block of zeros is not there', async (t) => {
  const { bank, expected } = readCase('every-register-min-xh');
  const quiet = bank();
  for (let at = 3125; at < 3250; at++) quiet.input[at] = 0;
  const values = await polled(sourceTo(await serveBanks(t, { 1: quiet })));
  const battery = /_battery_|_eps_|self_consumption_energy/;
  const others = Object.entries(expected).filter(([name]) => !battery.test(name));
  assert.deepEqual(values, Object.fromEntries(others));
});

test('an inverter that answers nothing but zeros has not been read', async (t) => {
  const { bank } = readCase('every-register-min-xh');
  const server = await serveBanks(t, { 1: bank() });
  const empty = bankOf({}, bank().holding);
  const source = sourceTo(await serveBanks(t, { 1: empty }), {}, { family: families.minXh });
  await assert.rejects(polled(source), /zeros only/);
  assert.ok(await polled(sourceTo(server)));
});

test('a block that the inverter twice did not answer for is asked for again after ten minutes', async (t) => {
  const clock = instantClock();
  const { bank } = readCase('every-register-min-xh');
  const server = await serveBanks(t, { 1: bank() });
  const source = sourceTo(server, { clock, retry: { timeout: 400, retries: 0, firstDelay: 0 } });
  server.faults.next({ kind: 'silence', match: 'input 3125', times: 3 });
  await assert.rejects(polled(source), /no complete answer/);
  assert.equal((await polled(source)).growatt_battery_soc_percent, undefined);
  const asked = () => inputs(server).filter((read) => read.startsWith('3125+')).length;
  assert.equal(asked(), 3);
  assert.equal((await polled(source)).growatt_battery_soc_percent, undefined);
  assert.equal(asked(), 3);
  await clock.sleep(11 * MINUTE, new AbortController().signal);
  assert.equal((await polled(source)).growatt_battery_soc_percent, 63);
});

test('a block that was answered before is not given up: the poll fails', async (t) => {
  const { bank } = readCase('every-register-min-xh');
  const server = await serveBanks(t, { 1: bank() });
  const source = sourceTo(server, { retry: { timeout: 400, retries: 0, firstDelay: 0 } });
  await polled(source);
  server.faults.next({ kind: 'silence', match: 'input 3125', times: 1 });
  await assert.rejects(polled(source), (error) => error instanceof SourceError && error.kind === 'timeout');
  assert.equal((await polled(source)).growatt_battery_soc_percent, 63);
});

test('a gateway that truncates long answers is asked for shorter ones', async (t) => {
  const { bank, expected } = readCase('every-register-min-xh');
  const server = await serveBanks(t, { 1: bank() });
  const source = sourceTo(server, { retry: { timeout: 400, retries: 0, firstDelay: 0 } });
  for (const match of ['3000 123', '3000 61', '3125 61'])
    server.faults.next({ kind: 'short', match, times: Number.POSITIVE_INFINITY });
  let values: Words = {};
  for (let tries = 0; tries < 8 && Object.keys(values).length === 0; tries++)
    values = await polled(source).catch(() => ({}));
  assert.deepEqual(values, expected);
});

test('a pair across two blocks that the inverter never answers for does not fail the poll', async (t) => {
  const { bank, expected } = readCase('every-register-sph');
  const server = await serveBanks(t, { 1: bank() });
  const source = sourceTo(server, { retry: { timeout: 400, retries: 0, firstDelay: 0 } });
  server.faults.next({ kind: 'silence', match: 'input 1124', times: Number.POSITIVE_INFINITY });
  // What is lost once may be there: no other register stands in for it.
  await assert.rejects(polled(source), /no complete answer/);
  const values = await polled(source);
  assert.deepEqual(values, { ...expected, growatt_battery_ac_charge_energy_today_kwh: 471.1 });
  assert.deepEqual(await polled(source), values);
  assert.equal(inputs(server).filter((read) => read === '1124+2').length, 2);
});

test('an implausible block is read again, then left out and counted', async (t) => {
  const { bank, expected } = readCase('every-register-sph');
  const server = await serveBanks(t, { 1: bank() });
  const source = sourceTo(server);
  await polled(source);
  const stale = bank();
  for (let at = 1000; at < 1125; at++) stale.input[at] = 20_000 + at;
  const broken = await serveBanks(t, { 1: stale });
  const reading = readingIn(await eventsOf(sourceTo(broken)));
  assert.deepEqual(reading.rejections, ['implausible_block']);
  assert.equal(broken.requests.filter(({ address }) => address === 1000).length, 3);
  assert.ok(!reading.values.some(({ metric }) => metric === 'growatt_battery_soc_percent'));
  assert.ok(reading.values.some(({ value }) => value === expected.growatt_current_power_watts));
});
