import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent } from '../../src/agent.ts';
import { loadConfig } from '../../src/config/load.ts';
import { readCase, replay } from '../cli/case.ts';
import { instantClock } from './clock.ts';
import { memoryLog } from './log.ts';

/** Settings with which a source of each kind makes the calls of a captured case. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  growatt: { GROWATT_TOKEN: 'a-token-for-cases', GROWATT_BASE_URL: 'http://cloud' },
  trucki: { TRUCKI_TARGETS: 'stick=127.0.0.1' },
};

/** What must come of a case; none for a new folder, whose test then shows the lines, to be checked one by one. */
export function expectedLines(folder: string): string[] {
  const file = join(folder, 'expected.prom');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

/** What `/metrics` has of the devices of a folder that `capture` wrote, right after its answers came; sorted. */
export async function linesOfCaptured(folder: string): Promise<string[]> {
  const { kind, calls, device, captured } = readCase(folder);
  const env = {
    ...SETTINGS[kind],
    ...(device !== undefined && { GROWATT_DEVICE_SN: device }),
    ...(calls.some(({ path }) => path.startsWith('v4/')) && { GROWATT_V4: 'true' }),
  };
  const config = loadConfig({ env, flags: {}, isTerminal: false });
  const now = Date.parse(captured);
  const agent = new Agent({ config, log: memoryLog(), clock: instantClock(now), fetch: replay(folder) });
  await agent.pollOnce(new AbortController().signal, now + 3_600_000);
  const text = String(await agent.metrics('text'));
  await agent.stop();
  const lines = text.split('\n');
  return lines.filter((line) => /^(growatt|trucki)_/.test(line)).toSorted();
}
