import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { backfill } from '../../src/cli/commands/backfill.ts';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import { emptyFolder } from './support.ts';

const TOKEN = 'a-token-for-tests';
/** Of a backfill of six days that 0.1.0 was stopped in. */
const JOURNAL = readFileSync(new URL('../state/fixtures/0.1.0/past.om.journal', import.meta.url), 'utf8');
const [FROM, TO] = ['2026-11-10', '2026-11-15'];

test('a backfill that 0.1.0 began goes on, and has the days that it had read', async (t) => {
  const folder = emptyFolder(t);
  writeFileSync(join(folder, 'past.om.journal'), JOURNAL);
  const configFile = join(folder, 'agent.yaml');
  writeFileSync(configFile, 'plants: [{id: "1234567", timezone: Europe/Berlin}]\n');
  const plants = [homePlant(Date.now(), { id: 1234567, createDate: '2025-10-17' })];
  const cloud = await startGrowattCloud({ token: TOKEN, plants, limits: false });
  t.after(() => cloud.close());
  const program = {
    env: { GROWATT_TOKEN: TOKEN, GROWATT_BASE_URL: cloud.url, GROWATT_CALL_SPACING: '0' },
    out: async () => {},
    err: () => {},
    isTerminal: false,
    columns: 80,
    signal: new AbortController().signal,
  };
  const out = join(folder, 'past.om');
  assert.equal(await backfill({ configFile, flags: {}, from: FROM, to: TO, out, otlp: false }, program), 0);

  const known = [...JOURNAL.matchAll(/"date":"([^"]+)"/g)].map(([, date]) => date);
  assert.ok(known.length > 0);
  const asked = cloud.calls
    .filter(({ path }) => path.endsWith('plant/power'))
    .map(({ params }) => params.date);
  assert.equal(asked.length, 6 - known.length);
  assert.ok(!asked.some((date) => known.includes(date ?? '')));
  const text = readFileSync(out, 'utf8');
  const curves = [...JOURNAL.matchAll(/\[(\d{10}),([\d.]+)\]/g)];
  assert.ok(curves.length > 200);
  const plant = 'growatt_plant_power_watts{plant_id="1234567"}';
  for (const [, seconds, watts] of curves)
    assert.ok(text.includes(`${plant} ${watts} ${seconds}\n`), seconds);
  assert.deepEqual(readdirSync(folder).sort(), ['agent.yaml', 'past.om']);
});
