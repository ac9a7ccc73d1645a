import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixedZone } from '../../../src/base/calendar.ts';
import { SourceError } from '../../../src/base/errors.ts';
import type { Entity, SourceEvent } from '../../../src/model/reading.ts';
import { families } from '../../../src/sources/modbus/families.ts';
import { instantClock } from '../../helpers/clock.ts';
import { eventsOf, plainContext, valuesOf } from '../../helpers/context.ts';
import { readCase } from './cases.ts';
import { type Bank, clientOf, gatewayTo, polled, readingIn, serveBanks, sourceTo } from './support.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-06-12T10:00:00Z');
const never = new AbortController().signal;

const minXh = readCase('every-register-min-xh');
const SERIAL = 'XH34567890';

/** Sets the clock of an inverter, holding 45 to 50. */
function setClock(bank: Bank, wall: string): void {
  for (const [i, part] of wall.split(/[-T:]/).entries()) bank.holding[45 + i] = Number(part);
}

const listed = (events: readonly SourceEvent[]): readonly Entity[] =>
  events.flatMap((event) => (event.type === 'entities' ? event.entities : []));

test('a poll lists the entities, says that the target answers, and gives its reading with the agent’s time', async (t) => {
  const server = await serveBanks(t, { 1: minXh.bank() });
  const source = sourceTo(server, {}, { describesPlant: true });
  assert.deepEqual(
    source.entities.map(({ id, labels, up }) => [id, labels, up]),
    [
      ['target', { target: 'roof' }, 'growatt_modbus_up'],
      ['plant', { plant_id: '7' }, undefined],
    ],
  );
  const events = await eventsOf(source);
  assert.deepEqual(
    events.map((event) => (event.type === 'reading' ? event.reading.entity : event.type)),
    ['entities', `device/${SERIAL}/info`, 'plant', 'attempt', `device/${SERIAL}`],
  );
  const device = { plant_id: '7', device_sn: SERIAL };
  assert.deepEqual(
    listed(events).map(({ labels }) => labels),
    [{ target: 'roof' }, { plant_id: '7' }, device, device],
  );
  const [info, plant, reading] = events.flatMap((event) => (event.type === 'reading' ? [event.reading] : []));
  assert.deepEqual(valuesOf(info!), {
    'growatt_device_info{device_type="min",model="MIN TL-XH"}': 1,
  });
  assert.deepEqual(valuesOf(plant!), {
    'growatt_plant_info{plant_name="Home",location="",peak_power_kw=""}': 1,
  });
  assert.equal(valuesOf(reading!).growatt_last_update_timestamp_seconds, NOON / 1000);
  assert.equal(reading?.wallTime, undefined);
  assert.equal(reading?.producing, true);
});

test('entities are listed once, and polls ask for nothing but the blocks', async (t) => {
  const server = await serveBanks(t, { 1: minXh.bank() });
  const source = sourceTo(server);
  await eventsOf(source);
  const before = server.requests.length;
  const events = await eventsOf(source);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['attempt', 'reading'],
  );
  assert.deepEqual(
    server.requests.slice(before).map(({ address }) => address),
    [3000, 3125],
  );
  assert.equal(source.circuit, 'closed');
});

test('discover shows the family and why', async (t) => {
  const server = await serveBanks(t, { 1: minXh.bank() });
  assert.deepEqual(await sourceTo(server).discover(plainContext()), [
    {
      plant: '7',
      device: SERIAL,
      family: 'min-xh',
      model: 'MIN TL-XH',
      lastUpdate: 'now',
      supported: true,
      evidence: ['holding 43: 5100, MIN TL-XH', 'input 3025: 50.03 Hz, 3026: 230.7 V'],
    },
  ]);
});

test('an inverter without a serial number is called by its target', async (t) => {
  const bank = minXh.bank();
  bank.holding = { 43: 5100 };
  const events = await eventsOf(sourceTo(await serveBanks(t, { 1: bank })));
  assert.equal(listed(events).at(-1)?.labels.device_sn, 'roof');
});

test('the zone is the configured one, else the one that the inverter’s clock shows, to 15 minutes', async (t) => {
  const minutesEast = async (wall: string | undefined, zone?: number) => {
    const bank = minXh.bank();
    if (wall) setClock(bank, wall);
    const target = zone === undefined ? {} : { zone: fixedZone(zone) };
    const events = await eventsOf(sourceTo(await serveBanks(t, { 1: bank }), {}, target));
    return listed(events).at(-2)?.zone?.offsetAt(NOON);
  };
  assert.equal(await minutesEast('2026-06-12T12:00:30'), 120);
  assert.equal(await minutesEast('26-06-12T12:04:00'), 120);
  assert.equal(await minutesEast('2026-06-12T15:41:00'), 345);
  assert.equal(await minutesEast('2026-06-12T12:00:30', -300), -300);
  const ofProcess = 0 - new Date(NOON).getTimezoneOffset();
  assert.equal(await minutesEast(undefined), ofProcess);
  assert.equal(await minutesEast('2006-06-12T12:00:30'), ofProcess);
  assert.equal(await minutesEast('2026-06-14T12:00:30'), ofProcess);
});

test('summer time of the inverter’s clock is noticed within an hour', async (t) => {
  const clock = instantClock(NOON);
  const bank = minXh.bank();
  setClock(bank, '2026-06-12T11:00:00');
  const source = sourceTo(await serveBanks(t, { 1: bank }), { clock });
  await eventsOf(source);
  setClock(bank, '2026-06-12T13:01:00');
  assert.deepEqual(listed(await eventsOf(source)), []);
  await clock.sleep(61 * MINUTE, never);
  assert.equal(
    listed(await eventsOf(source))
      .at(-2)
      ?.zone?.offsetAt(NOON),
    120,
  );
  // Around the middle between two steps, a drift of seconds is no new zone.
  setClock(bank, '2026-06-12T14:10:00');
  await clock.sleep(61 * MINUTE, never);
  assert.deepEqual(listed(await eventsOf(source)), []);
});

test('another inverter at the same address is another device, and none of its numbers are mixed', async (t) => {
  const bank = minXh.bank();
  const server = await serveBanks(t, { 1: bank });
  const source = sourceTo(server);
  await eventsOf(source);
  bank.awake = false;
  await assert.rejects(eventsOf(source), SourceError);
  const other = readCase('every-register-sph').bank();
  bank.input = other.input;
  bank.holding = other.holding;
  bank.awake = true;
  const events = await eventsOf(source);
  assert.equal(listed(events).at(-1)?.labels.device_sn, 'AB12345678');
  assert.deepEqual(
    (({ growatt_last_update_timestamp_seconds: _, ...values }) => values)(valuesOf(readingIn(events))),
    readCase('every-register-sph').expected,
  );
});

test('eight inverters behind one gateway share one connection and never overlap', async (t) => {
  const units = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i + 1, minXh.bank()]));
  for (const [unit, bank] of Object.entries(units)) bank.holding[3001] = 0x4130 + Number(unit);
  const server = await serveBanks(t, units);
  const gateway = gatewayTo(server);
  const sources = Object.keys(units).map((unit) =>
    sourceTo(server, { gateway }, { name: `roof${unit}`, unit: Number(unit) }),
  );
  const all = await Promise.all(sources.map(polled));
  for (const values of all) assert.deepEqual(values, minXh.expected);
  assert.equal(server.connections.accepted, 1);
  assert.ok(server.requests.every(({ overlapping }) => !overlapping));
  assert.deepEqual(new Set(server.requests.map(({ functionCode }) => functionCode)), new Set([3, 4]));
});

test('a family of the configuration is not detected', async (t) => {
  const server = await serveBanks(t, { 1: minXh.bank() });
  const values = await polled(sourceTo(server, {}, { family: families.min }));
  assert.equal(values.growatt_battery_soc_percent, undefined);
  assert.equal(values.growatt_pv_power_watts, minXh.expected.growatt_pv_power_watts);
});

test('a family whose registers vanish is detected anew', async (t) => {
  const bank = minXh.bank();
  const server = await serveBanks(t, { 1: bank });
  const source = sourceTo(server);
  await polled(source);
  const { read } = bank;
  bank.read = (space, address, count) =>
    space === 'input' && address >= 3000 ? undefined : read.call(bank, space, address, count);
  await assert.rejects(polled(source));
  bank.read = read;
  assert.deepEqual(await polled(source), minXh.expected);
});

test('polls of the same inverter through both framings are alike', async (t) => {
  const server = await serveBanks(t, { 1: minXh.bank() }, { framing: 'rtu-tcp' });
  const gateway = gatewayTo(server, { framing: 'rtu-tcp' });
  assert.deepEqual(await polled(sourceTo(server, { gateway })), minXh.expected);
  await clientOf(gateway).read('map', { space: 'input', address: 1, count: 1 }, never);
});

test('what is kept across restarts has news only when something was found out, not with each poll', async (t) => {
  const bank = minXh.bank();
  const source = sourceTo(await serveBanks(t, { 1: bank }));
  await polled(source);
  assert.equal(source.hasNews, true);
  source.snapshot();
  bank.input[3002] = 4000;
  await polled(source);
  assert.equal(source.hasNews, false);
});
