import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import * as z from 'zod';
import type { FaultRow, Observation } from '../../src/docs/faults.ts';
import { inMinutes, sampleOf, shownLines, stateOf } from './outage.ts';
import { startStation } from './station.ts';

const MINUTE = 60_000;

/** What happens to the state file between the two runs. */
const DAMAGE = {
  nothing: (text: string) => text,
  'cut off': (text: string) => text.slice(0, text.length / 2),
  'of a newer version': () => '{"version":99,"sources":{}}',
  'not JSON': () => 'not JSON at all',
  empty: () => '',
} satisfies Record<string, (text: string) => string>;

const options = z.strictObject({
  /** Minutes that the first run lasts, and the pause after it. */
  runs: z.number().default(6.5),
  pause: z.number().default(1),
  state: z.enum(Object.keys(DAMAGE) as [keyof typeof DAMAGE]).default('nothing'),
  /** The token is refused in the first run and after it. */
  refused: z.boolean().default(false),
});

/** The agent stops and starts again: what is shown right after that, and when it calls the cloud. */
export async function restart(t: TestContext, row: FaultRow): Promise<Observation> {
  const { runs, pause, state, refused } = options.parse(row.with);
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const station = await startStation(t, { env: { STATE_DIR: folder, TRUCKI_INTERVAL: '10m' } });
  if (refused) station.cloud.setToken(undefined);
  const first = station.boot();
  void first.run();
  await station.pass(runs * MINUTE);
  const before = await first.scrape();
  await first.stop();
  await station.pass(pause * MINUTE);
  const file = join(folder, 'state.json');
  writeFileSync(file, DAMAGE[state](readFileSync(file, 'utf8')));
  const started = station.clock.now();
  const second = station.boot();
  void second.run();
  // Reading the state takes real time; the sources are then polled, or wait until that is allowed.
  while (second.agent.status().sources.some(({ state }) => state === 'starting')) await station.pass(100);
  const after = await second.scrape();
  const shown = Object.fromEntries(
    Object.entries(row.shown).map(([key, expected]) => [key, stateOf(key, before, after, expected)]),
  );
  await station.pass(30 * MINUTE);
  const calls = station.attempts.filter(({ to, at }) => to === 'cloud' && at >= started);
  const later = await second.scrape();
  return {
    shown,
    logged: shownLines(second.log.lines, 'cloud', station).map((line) => line.replaceAll(folder, 'FOLDER')),
    tries: inMinutes(calls.slice(0, 3), started),
    recovers: sampleOf(later, 'growatt_up') === 1 ? 'within 30 min' : 'not before the token is accepted',
  };
}
