import assert from 'node:assert/strict';
import { test } from 'node:test';
import { everyFamily } from '../../src/simulators/growatt/plants.ts';
import { berlinHome, type Json, NOON, startCloud } from './helper.ts';

const HOUR = 3_600_000;

test('plant/list gives text in W, plant/data a number in kW of the same power', async (t) => {
  const { get } = await startCloud(t);
  const { data } = await get('plant/list');
  const [plant] = data.plants;
  assert.equal(data.count, 1);
  assert.match(plant.current_power, /^\d+\.\d$/);
  assert.match(plant.total_energy, /^\d+\.\d$/);
  assert.equal(plant.peak_power, 10.2);
  assert.equal('today_energy' in plant, false);
  const now = (await get('plant/data?plant_id=1')).data;
  assert.ok(Math.abs(now.current_power * 1_000 - Number(plant.current_power)) <= 5);
  assert.equal(now.efficiency, '');
  assert.equal(now.total_energy, plant.total_energy);
});

test("today's energy is the integral of the 5-minute curve and the sum of the inverters", async (t) => {
  const { get, post } = await startCloud(t);
  const { powers } = (await get('plant/power?plant_id=1&date=2026-06-12')).data;
  const kwh = powers.reduce((sum: number, { power }: Json) => sum + (power ?? 0) / 12_000, 0);
  const today = Number((await get('plant/data?plant_id=1')).data.today_energy);
  assert.ok(Math.abs(kwh - today) < 0.9, `${kwh} is not ${today}`);
  const serials = ['SIMMIN0001', 'SIMMIN0002'];
  const answers = await Promise.all(serials.map((sn) => post('device/tlx/tlx_last_data', { tlx_sn: sn })));
  const sum = answers.reduce((total, { data }) => total + data.eacToday, 0);
  assert.ok(Math.abs(sum - today) < 0.25, `${sum} is not ${today}`);
});

test('plant/power has 5-minute slots, the newest first, null in the future and at night', async (t) => {
  const { get } = await startCloud(t);
  const { count, powers } = (await get('plant/power?plant_id=1&date=2026-06-12')).data;
  assert.equal(count, 288);
  assert.deepEqual(powers[0], { time: '2026-06-12 23:55', power: null });
  assert.deepEqual(powers.at(-1), { time: '2026-06-12 00:00', power: null });
  const newest = powers.find(({ power }: Json) => power !== null);
  assert.ok(['2026-06-12 11:55', '2026-06-12 12:00'].includes(newest.time));
});

test('plant/energy by day, month and year add up, with blanks before the plant existed', async (t) => {
  const { get } = await startCloud(t);
  const energy = async (query: string) => (await get(`plant/energy?plant_id=1&${query}`)).data.energys;
  const first = await energy('start_date=2026-05-30&end_date=2026-06-05&time_unit=day');
  const second = await energy('start_date=2026-06-06&end_date=2026-06-12&time_unit=day');
  assert.equal(first[1].energy, '');
  const days = [...first, ...second].reduce((sum, { energy }) => sum + Number(energy), 0);
  const [, june] = await energy('start_date=2026-05-01&end_date=2026-06-30&time_unit=month');
  assert.equal(june.date, '2026-06');
  assert.ok(Math.abs(Number(june.energy) - days) < 0.8);
  const [year] = await energy('start_date=2026-01-01&end_date=2026-12-31&time_unit=year');
  assert.equal(year.energy, Number(june.energy));
  const { monthly_energy, yearly_energy } = (await get('plant/data?plant_id=1')).data;
  assert.deepEqual([monthly_energy, yearly_energy], [june.energy, june.energy]);
});

test('plant/energy refuses spans that are too long and dates that are none with 10004', async (t) => {
  const { get } = await startCloud(t);
  const code = async (query: string) => (await get(`plant/energy?plant_id=1&${query}`)).error_code;
  assert.equal(await code('start_date=2026-06-01&end_date=2026-06-08&time_unit=day'), 10004);
  assert.equal(await code('start_date=2024-06-01&end_date=2026-06-08&time_unit=month'), 10004);
  assert.equal(await code('start_date=2000-06-01&end_date=2026-06-08&time_unit=year'), 10004);
  assert.equal(await code('start_date=2026-02-30&end_date=2026-03-01&time_unit=day'), 10004);
  assert.equal(await code('start_date=2026-06-01&end_date=2026-06-02&time_unit=week'), 10004);
});

test('plant calls and device/list word the same mistakes the other way round', async (t) => {
  const { get } = await startCloud(t);
  const code = async (path: string) => (await get(path)).error_code;
  assert.equal(await code('plant/data'), 10003);
  assert.equal(await code('plant/data?plantId=1'), 10003);
  assert.equal(await code('plant/data?plant_id=999'), 10002);
  assert.equal(await code('plant/power?plant_id=1&date=12.06.2026'), 10003);
  assert.equal(await code('device/list'), 10002);
  assert.equal(await code('device/list?plant_id=999'), 10003);
});

test('pages hold 20 rows unless told, and never more than 100', async (t) => {
  const plants = Array.from({ length: 45 }, (_, i) => berlinHome({ id: i + 1, devices: [] }));
  const { get } = await startCloud(t, { plants });
  const ids = async (query: string) =>
    (await get(`plant/list?${query}`)).data.plants.map((p: Json) => p.plant_id);
  assert.equal((await ids('')).length, 20);
  assert.deepEqual(await ids('page=3'), [41, 42, 43, 44, 45]);
  assert.equal((await ids('page=1&perpage=100')).length, 45);
  assert.deepEqual(await ids('page=2&perpage=100'), []);
  assert.equal((await get('plant/list?perpage=101')).error_code, 10013);
});

test('device/list shows the odd entries: a MAX twice, a nameless meter, an empty device_id', async (t) => {
  const { get } = await startCloud(t, { plants: [berlinHome({ devices: everyFamily() })] });
  const { count, devices } = (await get('device/list?plant_id=1&perpage=100')).data;
  assert.equal(count, devices.length);
  const types = (sn: string) => devices.filter((d: Json) => d.device_sn === sn).map((d: Json) => d.type);
  assert.deepEqual(types('SIMMAX01'), [1, 4]);
  assert.deepEqual(types('SIMSPH01'), [5]);
  assert.deepEqual(types('SIMNOAH01'), []);
  const meter = devices.find((d: Json) => d.device_sn === 'AMMETER');
  assert.equal('lost' in meter || 'status' in meter, false);
  const hybrid = devices.find((d: Json) => d.device_sn === 'SIMSPH01');
  assert.equal(hybrid.device_id, '');
  assert.equal(hybrid.manufacturer, '   PV Inverter  ');
  assert.equal(hybrid.last_update_time.slice(0, 10), '2026-06-12');
});

test('values stand still between two uploads', async (t) => {
  const { clock, post } = await startCloud(t);
  const read = async () => (await post('device/tlx/tlx_last_data', { tlx_sn: 'SIMMIN0001' })).data;
  const first = await read();
  const seconds = Number(first.time.slice(-2));
  clock.at = NOON + (60 + seconds) * 1_000;
  const second = await read();
  clock.at += 200_000;
  assert.deepEqual(await read(), second);
  clock.at += 120_000;
  assert.notEqual((await read()).time, second.time);
});

test('at night time stands still, power haunts until midnight, and energy of yesterday stays', async (t) => {
  const { clock, get, post } = await startCloud(t);
  const read = async () => (await post('device/tlx/tlx_last_data', { tlx_sn: 'SIMMIN0001' })).data;
  const listed = async () => (await get('device/list?plant_id=1')).data.devices[0];
  assert.equal((await listed()).lost, false);
  clock.at = NOON + 11 * HOUR;
  const dusk = await read();
  assert.match(dusk.time, /^2026-06-12 21:/);
  assert.ok(dusk.pac > 0 && dusk.eacToday > 0);
  const asleep = await listed();
  assert.deepEqual([asleep.lost, asleep.status, asleep.last_update_time], [true, 0, dusk.time]);
  clock.at = NOON + 13 * HOUR;
  const midnight = await read();
  assert.deepEqual(
    [midnight.pac, midnight.vpv1, midnight.time, midnight.eacToday, midnight.eacTotal],
    [0, 0, dusk.time, dusk.eacToday, dusk.eacTotal],
  );
  clock.at = NOON + 18 * HOUR;
  const morning = await read();
  assert.match(morning.time, /^2026-06-13 0/);
  assert.ok(morning.eacToday < 1 && morning.eacTotal >= dusk.eacTotal);
});
