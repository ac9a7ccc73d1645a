import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startStation } from '../faults/station.ts';

const MINUTE = 60_000;
const MINUTES = 60;

/** How often an agent replaced its state file in an hour after noon, and polled its account. */
async function writesOf(t: TestContext, env: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'writes-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const station = await startStation(t, { env: { STATE_DIR: folder, ...env } });
  void station.boot().run();
  const file = join(folder, 'state.json');
  const writtenAt = () => statSync(file, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
  let writes = 0;
  for (let minute = 0, last = writtenAt(); minute < MINUTES; minute++) {
    await station.pass(MINUTE);
    const now = writtenAt();
    if (now !== last) writes++;
    last = now;
  }
  const polls = station.attempts.filter(({ path }) => path.endsWith('tlx_last_data')).length;
  return { writes, polls };
}

test('with a Growatt account the state is written once for each poll, every five minutes by day', async (t) => {
  const { writes, polls } = await writesOf(t, {});
  assert.ok(polls >= 11 && polls <= 13, String(polls));
  assert.ok(writes >= polls - 1 && writes <= polls + 1, `${writes} writes, ${polls} polls`);
});

test('with a stick alone, which is read each minute, the state is written once in fifteen minutes', async (t) => {
  const { writes, polls } = await writesOf(t, { GROWATT_TOKEN: '', GROWATT_BASE_URL: '' });
  assert.equal(polls, 0);
  assert.ok(writes >= 3 && writes <= 4, String(writes));
});
