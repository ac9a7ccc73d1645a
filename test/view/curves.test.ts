import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fixedZone, ianaZone } from '../../src/base/calendar.ts';
import { DayKeeper } from '../../src/state/day-keeper.ts';
import { Curves } from '../../src/view/curves.ts';
import { memoryLog } from '../helpers/log.ts';
import { device, moneyOf, overviewOf, plant } from './support.ts';

const utc = fixedZone(0);
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const MIDNIGHT = Date.parse('2026-06-12T00:00:00Z');
const home = { plant: '1' };

/** The known steps of a day. */
const knownOf = (day: Float32Array | undefined) =>
  Object.fromEntries([...(day ?? [])].flatMap((watts, step) => (Number.isNaN(watts) ? [] : [[step, watts]])));

test('a step shows the mean of what was recorded in it, and a step without any is unknown', () => {
  const curves = new Curves();
  for (const [minute, watts] of [
    [0, 100],
    [1, 200],
    [4.9, 600],
    [5, 50],
    [20, 70],
  ] as const)
    curves.record(home, utc, MIDNIGHT + minute * MINUTE, watts);
  const { today, yesterday } = curves.get(home, utc, MIDNIGHT + DAY - 1)!;
  assert.deepEqual(knownOf(today), { 0: 300, 1: 50, 4: 70 });
  assert.deepEqual(knownOf(yesterday), {});
});

test('at local midnight today becomes yesterday, also when nothing was recorded since', () => {
  const berlin = ianaZone('Europe/Berlin');
  const curves = new Curves();
  curves.record(home, berlin, MIDNIGHT, 10);
  assert.deepEqual(knownOf(curves.get(home, berlin, MIDNIGHT)?.today), { 24: 10 });
  const later = curves.get(home, berlin, MIDNIGHT + 22 * 60 * MINUTE);
  assert.deepEqual([knownOf(later?.today), knownOf(later?.yesterday)], [{}, { 24: 10 }]);
  assert.equal(curves.get(home, berlin, MIDNIGHT + 46 * 60 * MINUTE), undefined);
});

test('a reading of a day that has ended changes nothing', () => {
  const curves = new Curves();
  curves.record(home, utc, MIDNIGHT, 10);
  curves.record(home, utc, MIDNIGHT - MINUTE, 99);
  assert.deepEqual(knownOf(curves.get(home, utc, MIDNIGHT)?.yesterday), {});
});

test('at most a thousand curves are kept, and those that ended make room', () => {
  const curves = new Curves();
  for (let i = 0; i < 1001; i++) curves.record({ plant: String(i) }, utc, MIDNIGHT, 1);
  assert.ok(curves.get({ plant: '999' }, utc, MIDNIGHT));
  assert.equal(curves.get({ plant: '1000' }, utc, MIDNIGHT), undefined);
  curves.record({ plant: '1000' }, utc, MIDNIGHT + 3 * DAY, 1);
  assert.ok(curves.get({ plant: '1000' }, utc, MIDNIGHT + 3 * DAY));
});

function keeperIn(t: TestContext, now: () => number) {
  const folder = mkdtempSync(join(tmpdir(), 'curves-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const log = memoryLog();
  const start = () =>
    new DayKeeper({
      folder,
      sources: () => [{ entities: [{ id: 'p', labels: { plant_id: '1' }, zone: utc }] }],
      overview: () =>
        overviewOf(
          plant('1', 'Home'),
          moneyOf('1', 'EUR', 5),
          device('1', 'A', {
            current_power_watts: 1234.5,
            last_update_timestamp_seconds: (now() - 4 * MINUTE) / 1000,
          }),
        ),
      expectedDay: (id) =>
        id === '1' ? { plant: id, start: MIDNIGHT, step: 15 * MINUTE, watts: [100, 200] } : undefined,
      clock: { now },
      log,
    });
  return { path: join(folder, 'curves.json'), start, log };
}

test('the curves survive a restart, at the times of their readings', async (t) => {
  let now = MIDNIGHT + 12 * 60 * MINUTE;
  const { start, log } = keeperIn(t, () => now);
  const first = start();
  await first.restore();
  first.polled();
  now += 10_000;
  first.polled();
  await first.close();
  now += 5 * MINUTE;
  const second = start();
  await second.restore();
  assert.deepEqual(knownOf(second.curveOf(home)?.today), { 143: 1234.5 });
  const expected = { 0: 100, 1: 100, 2: 100, 3: 200, 4: 200, 5: 200 };
  assert.deepEqual(knownOf(second.curveOf(home)?.expected), expected);
  second.polled();
  await second.close();
  assert.deepEqual(Object.keys(knownOf(second.curveOf(home)?.today)), ['143', '144']);
  assert.deepEqual(log.lines, []);
});

test('what the energy of the day is worth survives a restart', async (t) => {
  let now = MIDNIGHT + 12 * 60 * MINUTE;
  const { start, log } = keeperIn(t, () => now);
  const first = start();
  await first.restore();
  first.polled();
  await first.close();
  now += 5 * MINUTE;
  const second = start();
  await second.restore();
  assert.deepEqual(second.worthOf('1'), { today: 0, since: MIDNIGHT + 12 * 60 * MINUTE });
  assert.deepEqual(log.lines, []);
});

test('a curve that is damaged is unknown, and the others are not', async (t) => {
  const { start, path, log } = keeperIn(t, () => MIDNIGHT);
  const today = Buffer.from(new Float32Array([5]).buffer).toString('base64');
  const good = { day: MIDNIGHT / DAY, today, yesterday: '' };
  writeFileSync(path, JSON.stringify({ version: 1, curves: { 'plant/2': { day: 'x' }, 'plant/1': good } }));
  const keeper = start();
  await keeper.restore();
  assert.equal(keeper.curveOf({ plant: '2' }), undefined);
  assert.deepEqual(knownOf(keeper.curveOf(home)?.today), { 0: 5 });
  assert.deepEqual(log.lines, []);
});

test('a file that is damaged, or of another version, is named and does not stop the agent', async (t) => {
  const { start, path, log } = keeperIn(t, () => MIDNIGHT);
  for (const text of ['{', '{"version":9,"curves":{}}', '{"version":1,"curves":[]}']) {
    writeFileSync(path, text);
    const keeper = start();
    await keeper.restore();
    assert.equal(keeper.curveOf(home), undefined);
  }
  assert.equal(log.lines.length, 3);
  assert.match(JSON.stringify(log.lines), /curves\.json is damaged.*starting without saved state/);
});

test('bytes that are no power are unknown', async (t) => {
  const { start, path } = keeperIn(t, () => MIDNIGHT);
  const today = Buffer.from(new Float32Array([5, Number.POSITIVE_INFINITY, 7]).buffer).toString('base64');
  const day = MIDNIGHT / DAY;
  writeFileSync(
    path,
    JSON.stringify({ version: 1, curves: { 'plant/1': { day, today: `${today}AAA`, yesterday: '' } } }),
  );
  const keeper = start();
  await keeper.restore();
  assert.deepEqual(knownOf(keeper.curveOf(home)?.today), { 0: 5, 2: 7 });
});

test('an agent that was never restored writes nothing', async (t) => {
  const { start, path } = keeperIn(t, () => MIDNIGHT);
  const keeper = start();
  keeper.polled();
  await keeper.close();
  assert.throws(() => readFileSync(path));
});
