import assert from 'node:assert/strict';
import { test } from 'node:test';
import { collect, plan } from '../../src/backfill/collect.ts';
import { metricsOf } from '../../src/backfill/samples.ts';
import { definitionOf } from '../../src/catalogue.ts';
import { emptyJournal, exposition, fakeReader, plantWith, sourceOf } from './support.ts';

const YESTERDAY = { from: '2026-06-11', to: undefined };

test('a backfill is an OpenMetrics exposition with timestamps', async (t) => {
  const journal = emptyJournal(t);
  const assignments = await plan([sourceOf(fakeReader([plantWith()]))], journal, YESTERDAY);
  await collect(assignments, journal, () => {});
  const text = await exposition(assignments, journal);
  const lines = text.split('\n');
  const end = Date.parse('2026-06-11T23:59:59Z') / 1000;
  const help = (name: string) => `# HELP ${name} ${definitionOf(name).help}`;
  assert.deepEqual(lines.slice(0, 4), [
    '# TYPE growatt_plant_power_watts gauge',
    '# UNIT growatt_plant_power_watts watts',
    help('growatt_plant_power_watts'),
    'growatt_plant_power_watts{plant_id="1"} 1000 1781172000',
  ]);
  assert.deepEqual(lines.slice(27, 36), [
    '# TYPE growatt_daily_energy_kwh gauge',
    '# UNIT growatt_daily_energy_kwh kwh',
    help('growatt_daily_energy_kwh'),
    `growatt_daily_energy_kwh{plant_id="1",date="2026-06-11"} 10 ${end}`,
    '# TYPE growatt_daily_peak_power_watts gauge',
    '# UNIT growatt_daily_peak_power_watts watts',
    help('growatt_daily_peak_power_watts'),
    `growatt_daily_peak_power_watts{plant_id="1",date="2026-06-11"} 1000 ${end}`,
    '# TYPE growatt_plant_energy_total_kwh unknown',
  ]);
  assert.equal(lines.at(-3), `growatt_plant_energy_total_kwh{plant_id="1"} 1000 ${end}`);
  assert.ok(text.endsWith('\n# EOF\n'));
  assert.equal(text.match(/# EOF/g)?.length, 1);
});

test('each metric is described once, with samples or without', async (t) => {
  const journal = emptyJournal(t);
  const reader = fakeReader([plantWith({ total: undefined }), plantWith({ id: '2', total: undefined })]);
  const assignments = await plan([sourceOf(reader)], journal, YESTERDAY);
  const empty = await exposition(assignments, journal);
  assert.equal(empty.match(/^# TYPE /gm)?.length, metricsOf(assignments).length);
  assert.doesNotMatch(empty, /^\w/m);
  await collect(assignments, journal, () => {});
  assert.equal(
    (await exposition(assignments, journal)).match(/^# TYPE /gm)?.length,
    metricsOf(assignments).length,
  );
});

test('an odd plant id is escaped', async (t) => {
  const journal = emptyJournal(t);
  const assignments = await plan(
    [sourceOf(fakeReader([plantWith({ id: 'a"b\\c\nd,e}☀' })]))],
    journal,
    YESTERDAY,
  );
  await collect(assignments, journal, () => {});
  const line = (await exposition(assignments, journal)).split('\n')[3];
  assert.equal(line, 'growatt_plant_power_watts{plant_id="a\\"b\\\\c\\nd,e}☀"} 1000 1781172000');
});
