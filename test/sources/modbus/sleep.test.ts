import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedZone } from '../../../src/base/calendar.ts';
import { SourceError } from '../../../src/base/errors.ts';
import { define, type MetricDefinition } from '../../../src/model/metric.ts';
import type { ModbusSource } from '../../../src/sources/modbus/source.ts';
import { Store } from '../../../src/store/store.ts';
import { instantClock } from '../../helpers/clock.ts';
import { eventsOf, valuesOf } from '../../helpers/context.ts';
import { bankOf, polled, readingIn, serveBanks, sourceTo, type Words } from './support.ts';

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

const sleeping = {
  growatt_energy_today_kwh: 12.3,
  growatt_energy_total_kwh: 4567.8,
  growatt_inverter_status: 0,
};

const fails = (source: ModbusSource, kind: string) =>
  assert.rejects(eventsOf(source), (error) => error instanceof SourceError && error.kind === kind);

test('silence after a reading at dusk is sleep: status 0, and what stays true', async (t) => {
  const bank = min(1, 12);
  const { source, pass } = await setUp(t, bank);
  await polled(source);
  bank.awake = false;
  await pass(30_000);
  const events = await eventsOf(source);
  assert.deepEqual(events[0], { type: 'attempt', entity: 'target', ok: true });
  const { growatt_last_update_timestamp_seconds: at, ...values } = valuesOf(readingIn(events));
  assert.deepEqual(values, sleeping);
  assert.equal(at, DUSK / 1000);
});

test('while it sleeps, nothing is said but that it was asked, and no circuit is open', async (t) => {
  const bank = min(1, 12);
  const { source, pass } = await setUp(t, bank);
  await polled(source);
  bank.awake = false;
  await eventsOf(source);
  for (let poll = 0; poll < 8; poll++) {
    await pass(HOUR);
    assert.deepEqual(await eventsOf(source), [
      { type: 'attempt', entity: 'target', ok: true },
      { type: 'attempt', entity: 'device/AB12345678', ok: true },
    ]);
    assert.equal(source.circuit, 'closed');
  }
  bank.awake = true;
  assert.equal((await polled(source)).growatt_current_power_watts, 12);
});

/** What was read last, and whether silence after it is sleep. */
const lastReadings: readonly (readonly [what: string, bank: ReturnType<typeof min>, asleep: boolean])[] = [
  ['19 W of PV', min(1, 19), true],
  ['20 W of PV', min(1, 20), false],
  ['full sun', min(1, 5000), false],
  ['no PV, and a battery', min(1, 0, battery), false],
  ['a battery, waiting', min(0, 0, battery), true],
  ['waiting, the sun already on the modules', min(0, 25), true],
  ['a fault in full sun', min(3, 5000), false],
];
for (const [what, bank, asleep] of lastReadings) {
  test(`silence after ${what} is ${asleep ? 'sleep' : 'a failure'}`, async (t) => {
    const { source } = await setUp(t, bank);
    await polled(source);
    bank.awake = false;
    if (asleep) assert.equal((await polled(source)).growatt_inverter_status, 0);
    else await fails(source, 'timeout');
  });
}

test('a gateway that says that its inverter is silent, and a dongle that goes with it, are sleep too', async (t) => {
  const bank = min(1, 5);
  const server = await serveBanks(t, { 1: bank }, { silent: 'exception' });
  const source = sourceTo(server, { retry });
  await polled(source);
  bank.awake = false;
  assert.equal((await polled(source)).growatt_inverter_status, 0);
  await server.close();
  assert.equal((await eventsOf(source)).length, 2);
});

test('a dongle that answers nothing but zeros for an inverter that is off', async (t) => {
  const bank = min(1, 5);
  const { source } = await setUp(t, bank);
  await polled(source);
  bank.input = {};
  assert.deepEqual(await polled(source), sleeping);
});

test('a wrong answer in the night is a failure, and sleep afterwards is sleep again', async (t) => {
  const bank = min(1, 5);
  const { source, server } = await setUp(t, bank);
  await polled(source);
  bank.awake = false;
  await polled(source);
  server.faults.next({ kind: 'busy' });
  await fails(source, 'server');
  assert.deepEqual(await polled(source), sleeping);
});

test('an inverter that has not answered for a day does not sleep', async (t) => {
  const bank = min(1, 5);
  const { source, pass } = await setUp(t, bank);
  await polled(source);
  bank.awake = false;
  await polled(source);
  await pass(23 * HOUR);
  await eventsOf(source);
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
  const { source, start, pass, server } = await setUp(t, bank);
  await polled(source);
  const snapshot: unknown = JSON.parse(JSON.stringify(source.snapshot()));
  bank.awake = false;
  const later = start();
  later.restore(snapshot);
  assert.deepEqual(
    later.entities.map(({ labels }) => labels),
    source.entities.map(({ labels }) => labels),
  );
  assert.deepEqual(await polled(later), sleeping);
  // After midnight the energy of the day is not today's.
  await pass(5 * HOUR);
  const tomorrow = start();
  tomorrow.restore(snapshot);
  const { growatt_energy_today_kwh: _, ...lasting } = sleeping;
  assert.deepEqual(await polled(tomorrow), lasting);
  // Woken, it is recognised by its serial number alone.
  bank.awake = true;
  const before = server.requests.length;
  assert.equal((await polled(tomorrow)).growatt_inverter_status, 1);
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

/** Definitions as the catalogue will have them, as far as this test goes. */
function definitionOf(name: string): MetricDefinition {
  const validity = /_total_kwh$/.test(name)
    ? 'lifetime'
    : /_today_kwh$/.test(name)
      ? 'today'
      : name === 'growatt_inverter_status'
        ? 'status'
        : /_info$|_up$|timestamp/.test(name)
          ? 'fact'
          : 'instant';
  return define({ validity }, [[name, name]])[0]!;
}

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
