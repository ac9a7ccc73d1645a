import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedZone } from '../../../src/base/calendar.ts';
import { SourceError } from '../../../src/base/errors.ts';
import { definitionOf } from '../../../src/catalogue.ts';
import type { ModbusSource } from '../../../src/sources/modbus/source.ts';
import { Store } from '../../../src/store/store.ts';
import { instantClock } from '../../helpers/clock.ts';
import { eventsOf } from '../../helpers/context.ts';
import { bankOf, polled, serveBanks, sourceTo, type Words } from './support.ts';

const HOUR = 60 * 60_000;
/** 20:00 in the zone of the tests. */
const DUSK = Date.parse('2026-06-12T18:00:00Z');
const zone = fixedZone(120);
const never = new AbortController().signal;
const retry = { timeout: 400, retries: 0, firstDelay: 0 };

/** A MIN without battery; PV and AC power in W. */
const min = (status: number, pv: number, more: Words = {}) =>
  bankOf(
    { 3000: status, 3002: 10 * pv, 3024: 10 * pv, 3025: 4998, 3026: 2301, 3050: 123, 3052: 45_678, ...more },
    { 43: 5100, 23: 0x4142, 24: 0x3132, 25: 0x3334, 26: 0x3536, 27: 0x3738 },
    [[0, 9999]],
  );

const battery: Words = { 3171: 63, 3169: 21_017 };

async function setUp(t: Parameters<typeof serveBanks>[0], bank: ReturnType<typeof min>) {
  const clock = instantClock(DUSK);
  const server = await serveBanks(t, { 1: bank });
  const start = () => sourceTo(server, { clock, retry }, { zone });
  const pass = (ms: number) => clock.sleep(ms, never);
  return { clock, server, start, pass, source: start() };
}

/** Asked, and not a word more: it sleeps. */
const asleep = [
  { type: 'attempt', entity: 'target', ok: true },
  { type: 'attempt', entity: 'device/AB12345678', ok: true, asleep: true },
];

const sleeps = async (source: ModbusSource) => assert.deepEqual(await eventsOf(source), asleep);

const fails = (source: ModbusSource, kind: string) =>
  assert.rejects(eventsOf(source), (error) => error instanceof SourceError && error.kind === kind);

test('silence after a reading at dusk is sleep, as long as it lasts, and no circuit is open', async (t) => {
  const bank = min(1, 12);
  const { source, pass } = await setUp(t, bank);
  await polled(source);
  bank.awake = false;
  for (let poll = 0; poll < 8; poll++) {
    await pass(HOUR);
    await sleeps(source);
    assert.equal(source.circuit, 'closed');
  }
  bank.awake = true;
  assert.equal((await polled(source)).growatt_current_power_watts, 12);
});

/** What was read last, and whether silence after it is sleep. */
const lastReadings: readonly (readonly [what: string, bank: ReturnType<typeof min>, isSleep: boolean])[] = [
  ['19 W of PV', min(1, 19), true],
  ['20 W of PV', min(1, 20), false],
  ['full sun', min(1, 5000), false],
  ['no PV, and a battery', min(1, 0, battery), false],
  ['a battery, waiting', min(0, 0, battery), true],
  ['waiting, the sun already on the modules', min(0, 25), true],
  ['a fault in full sun', min(3, 5000), false],
];
for (const [what, bank, isSleep] of lastReadings) {
  test(`silence after ${what} is ${isSleep ? 'sleep' : 'a failure'}`, async (t) => {
    const { source } = await setUp(t, bank);
    await polled(source);
    bank.awake = false;
    if (isSleep) await sleeps(source);
    else await fails(source, 'timeout');
  });
}

test('a gateway that says that its inverter is silent, and a dongle that goes with it, are sleep too', async (t) => {
  const bank = min(1, 5);
  const server = await serveBanks(t, { 1: bank }, { silent: 'exception' });
  const source = sourceTo(server, { retry });
  await polled(source);
  bank.awake = false;
  await sleeps(source);
  await server.close();
  await sleeps(source);
});

test('a dongle that answers nothing but zeros for an inverter that is off', async (t) => {
  const bank = min(1, 5);
  const { source } = await setUp(t, bank);
  await polled(source);
  bank.input = {};
  await sleeps(source);
});

test('a wrong answer in the night is a failure, and sleep afterwards is sleep again', async (t) => {
  const bank = min(1, 5);
  const { source, server } = await setUp(t, bank);
  await polled(source);
  bank.awake = false;
  await sleeps(source);
  server.faults.next({ kind: 'busy' });
  await fails(source, 'server');
  await sleeps(source);
});

test('an inverter that has not answered for a day does not sleep', async (t) => {
  const bank = min(1, 5);
  const { source, pass } = await setUp(t, bank);
  await polled(source);
  bank.awake = false;
  await pass(23 * HOUR);
  await sleeps(source);
  await pass(2 * HOUR);
  await fails(source, 'timeout');
});

test('an inverter of which nothing is known is not taken to be asleep', async (t) => {
  const bank = min(1, 5);
  bank.awake = false;
  await fails((await setUp(t, bank)).source, 'timeout');
});

test('an agent that is started in the night knows from the day what sleeps', async (t) => {
  const bank = min(1, 5);
  const { source, start, server } = await setUp(t, bank);
  await polled(source);
  const snapshot: unknown = JSON.parse(JSON.stringify(source.snapshot()));
  bank.awake = false;
  const later = start();
  later.restore(snapshot);
  assert.deepEqual(
    later.entities.map(({ labels }) => labels),
    source.entities.map(({ labels }) => labels),
  );
  const [entities, , , ...attempts] = await eventsOf(later);
  assert.equal(entities?.type, 'entities');
  assert.deepEqual(attempts.slice(-1), asleep.slice(1));
  // Woken, it is recognised by its serial number alone.
  bank.awake = true;
  const before = server.requests.length;
  assert.equal((await polled(later)).growatt_inverter_status, 1);
  const asked = server.requests
    .slice(before)
    .map(({ functionCode, address }) => `${functionCode}:${address}`);
  assert.deepEqual(asked, ['3:23', '4:3000', '4:3125', '3:45']);
});

test('what was found out is kept across a restart: family, features, block size', async (t) => {
  const bank = min(1, 500, { ...battery, 3012: 0 });
  const server = await serveBanks(t, { 1: bank }, { mostRegisters: 50 });
  const source = sourceTo(server);
  await polled(source);
  const later = sourceTo(server);
  later.restore(JSON.parse(JSON.stringify(source.snapshot())));
  bank.input[3171] = 0;
  assert.equal((await polled(later)).growatt_battery_soc_percent, 0);
  const refused = server.requests.filter(({ count }) => count > 50).length;
  await polled(later);
  assert.equal(server.requests.filter(({ count }) => count > 50).length, refused);
});

test('before the first answer there is nothing to keep, and what is no snapshot is refused', async (t) => {
  const { source } = await setUp(t, min(1, 5));
  assert.equal(source.snapshot(), null);
  source.restore(null);
  for (const wrong of [{}, 'x', 7, { inverter: { family: 'none' } }])
    assert.throws(() => source.restore(wrong), JSON.stringify(wrong));
  await polled(source);
  const { inverter, ...rest } = source.snapshot() as { inverter: object };
  assert.throws(() => source.restore({ ...rest, inverter: { ...inverter, family: 'gone' } }), /gone/);
});

test('through the store: up stays 1 in the night, powers end, totals stay; a failure is 0', async (t) => {
  const bank = min(1, 12);
  const { source, clock, pass } = await setUp(t, bank);
  const store = new Store({ clock, staleAfter: HOUR, definitionOf });
  store.apply(source.name, { type: 'entities', entities: source.entities });
  const poll = async () => {
    const events = await eventsOf(source).catch(() => undefined);
    const rejected = (events ?? []).flatMap((event) => store.apply(source.name, event));
    store.polled(source.name, events !== undefined);
    const shown = store.samples().map(({ metric, value }) => [metric.replace('growatt_', ''), value]);
    return [Object.fromEntries(shown) as Record<string, number>, rejected] as const;
  };
  const [day] = await poll();
  assert.deepEqual([day.modbus_up, day.current_power_watts, day.inverter_status], [1, 12, 1]);
  bank.awake = false;
  await pass(30_000);
  const [night] = await poll();
  assert.deepEqual(
    [night.modbus_up, night.current_power_watts, night.inverter_status, night.energy_total_kwh],
    [1, undefined, 0, 4567.8],
  );
  await pass(7 * HOUR);
  const [later, rejected] = await poll();
  assert.deepEqual(rejected, []);
  assert.deepEqual([later.modbus_up, later.inverter_status, later.energy_total_kwh], [1, 0, 4567.8]);
  bank.awake = true;
  bank.input[3002] = 50_000;
  bank.input[3050] = 1;
  const [morning] = await poll();
  assert.deepEqual([morning.inverter_status, morning.energy_today_kwh], [1, 0.1]);
  bank.awake = false;
  const [broken] = await poll();
  assert.deepEqual([broken.modbus_up, broken.energy_total_kwh], [0, 4567.8]);
});
