import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import * as z from 'zod';
import { formatTime, parseDuration } from '../../src/base/duration.ts';
import type { FaultRow, Observation } from '../../src/docs/faults.ts';
import type { Exposition } from '../export/exposition-parser.ts';
import { deadAddress } from '../helpers/http.ts';
import { type AnswerFault, MISDEEDS } from './server.ts';
import { type Attempt, NOON, type RunningAgent, type Station, startStation } from './station.ts';
import { EVENTS, type Event, HOMES } from './world.ts';

const duration = z.string().transform(parseDuration).pipe(z.number());

/** What a row says of a fault of a server. */
const outageOptions = z.strictObject({
  of: z.enum(['cloud', 'stick']),
  /** How long it lasts, in virtual time. */
  lasts: duration.default(30 * 60_000),
  /** Where a request really goes. */
  detour: z.enum(['nobody', 'no-such-host', 'untrusted', 'no-tls']).optional(),
  match: z.string().optional(),
  times: z.number().optional(),
  how: z.enum(Object.keys(MISDEEDS) as [keyof typeof MISDEEDS]).optional(),
  status: z.number().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  prefix: z.string().optional(),
  set: z.record(z.string(), z.unknown()).optional(),
  scale: z.record(z.string(), z.number()).optional(),
  remove: z.array(z.string()).optional(),
  /** What happens in the world, in place of what a server does. */
  event: z.enum(Object.keys(EVENTS) as [keyof typeof EVENTS]).optional(),
  /** What there is in place of one inverter in Berlin. */
  home: z.enum(Object.keys(HOMES) as [keyof typeof HOMES]).default('one'),
  /** When the agent starts. */
  start: z.string().transform(Date.parse).default(NOON),
  env: z.record(z.string(), z.string()).default({}),
  /** Count calls whose path contains this. */
  counts: z.string().default(''),
  /** From the first call on, with no healthy time before. */
  atStart: z.boolean().default(false),
  /** Names the minutes of the calls in place of their number. */
  minutes: z.boolean().default(false),
});

const MINUTE = 60_000;
/** All sources are read, and the cloud's slow figures too. */
const SETTLED = 6.5 * MINUTE;
const UPS = { cloud: 'growatt_up', stick: 'trucki_up' } as const;
/** It only has to be seen that it is read. */
const UNHURRIED_STICK = { TRUCKI_INTERVAL: '10m' };
const SOURCES = { cloud: 'growatt/default', stick: 'trucki/shed' } as const;
const OTHER = { cloud: 'stick', stick: 'cloud' } as const;

/** A server that does something wrong for a while. */
export async function outage(t: TestContext, row: FaultRow): Promise<Observation> {
  const options = outageOptions.parse(row.with);
  const { of, lasts, detour, times, event, home, start, env, counts, atStart, minutes, ...rest } = options;
  const station = await startStation(t, {
    env: { ...(of === 'cloud' && UNHURRIED_STICK), ...env },
    start,
    plants: HOMES[home],
  });
  const agent = station.boot();
  const watched = Object.keys(row.shown);
  const begin = async () => {
    const { url } = station.servers[of];
    if (event) EVENTS[event].begin(station);
    else if (detour) station.detours.set(url, await detourOf(station, of, detour));
    else station.servers[of].fault = { ...rest, ...(times !== undefined && { times }) } as AnswerFault;
  };
  if (atStart) await begin();
  void agent.run();
  if (!atStart) {
    await station.pass(SETTLED);
    await begin();
  }
  const before = atStart ? undefined : await agent.scrape();
  const started = station.clock.now();
  const lines = agent.log.lines.length;
  await station.pass(lasts);
  const during = await agent.scrape();
  assert.equal(sampleOf(during, UPS[OTHER[of]]), 1, 'the other source is not affected');
  const shown = Object.fromEntries(watched.map((key) => [key, stateOf(key, before, during, row.shown[key])]));
  const tries = station.attempts.filter(
    ({ to, at, path }) => to === of && at >= started && path.includes(counts),
  );
  assert.ok(
    station.attempts.every(({ to, query }) => to === 'cloud' || query === ''),
    'no query is sent to a stick',
  );
  station.servers[of].fault = undefined;
  station.detours.clear();
  if (event) (EVENTS[event] as Event).end?.(station);
  const recovers = await recovery(station, agent, watched, { up: UPS[of], before });
  return {
    shown,
    logged: shownLines(agent.log.lines.slice(atStart ? 0 : lines), of, station),
    tries: minutes ? inMinutes(tries, started) : inWords(tries),
    recovers,
  };
}

async function detourOf(station: Station, of: 'cloud' | 'stick', detour: string): Promise<string> {
  switch (detour) {
    case 'nobody':
      return `http://${await deadAddress()}`;
    case 'no-such-host':
      // A label longer than DNS allows: no server is asked for it.
      return `http://${'a'.repeat(64)}.invalid`;
    case 'untrusted':
      return station.servers[of].untrusted;
    default:
      return station.servers[of].url.replace('http:', 'https:');
  }
}

/** The value of a series; its labels are given as `name{label="value"}`, or as the first of that name. */
export function sampleOf({ samples }: Exposition, key: string): number | undefined {
  const [, name, labels = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(key) ?? [];
  const wanted = [...labels.matchAll(/(\w+)="([^"]*)"/g)];
  return samples.find(
    (sample) =>
      sample.name === name && wanted.every(([, label = '', value]) => sample.labels[label] === value),
  )?.value;
}

/** The number where the row expects one, else what became of the value. */
export function stateOf(
  key: string,
  before: Exposition | undefined,
  after: Exposition,
  expected: number | string | undefined,
): number | string {
  const [was, is] = [before && sampleOf(before, key), sampleOf(after, key)];
  if (is === undefined) return 'absent';
  if (typeof expected === 'number') return is;
  if (was === undefined) return 'present';
  return is === was ? 'kept' : 'goes on';
}

/** How long it takes until the source is up and all that was there before is there again. */
async function recovery(
  station: Station,
  agent: RunningAgent,
  watched: readonly string[],
  { up, before }: { up: string; before: Exposition | undefined },
): Promise<string> {
  const start = station.clock.now();
  const there = (now: Exposition) => (key: string) =>
    (before ? sampleOf(before, key) === undefined : false) || sampleOf(now, key) !== undefined;
  for (;;) {
    const now = await agent.scrape();
    const passed = station.clock.now() - start;
    if (sampleOf(now, up) === 1 && watched.every(there(now)))
      return passed === 0 ? 'it does not fail' : `within ${formatTime(passed)}`;
    assert.ok(passed < 24 * 60 * MINUTE, 'recovers within a day');
    await station.pass(passed < MINUTE ? 5000 : MINUTE);
  }
}

/** Lines from `info` on that are not about the other source, with names in place of addresses. */
export function shownLines(
  lines: readonly string[],
  of: keyof typeof SOURCES,
  { servers }: Pick<Station, 'servers'>,
): string[] {
  return lines
    .filter((line) => !line.startsWith('debug') && !line.includes(`: ${SOURCES[OTHER[of]]}: `))
    .map((line) =>
      line.replaceAll(servers.cloud.address, 'CLOUD').replaceAll(servers.stick.address, 'STICK'),
    );
}

const COUNTS = ['never', 'once', 'twice'];
const times = (count: number) => COUNTS[count] ?? `${count} times`;

/** The tries of each call: `4 times, then once with each poll`. */
export function inWords(attempts: readonly Attempt[]): string {
  const counts: number[] = [];
  for (const { again } of attempts) {
    if (again && counts.length > 0) counts.push(counts.pop()! + 1);
    else counts.push(1);
  }
  const last = counts.at(-1);
  if (last === undefined) return 'no call';
  const same = counts.length - 1 - counts.findLastIndex((count) => count !== last);
  const first = counts.slice(0, counts.length - same);
  if (counts.length === 1) return times(last);
  if (first.length === 0) return `${times(last)} with each poll`;
  return same > 1
    ? `${first.map(times).join(', ')}, then ${times(last)} with each poll`
    : counts.map(times).join(', ');
}

/** When calls were made, in minutes since the beginning. */
export function inMinutes(attempts: readonly Attempt[], start: number): string {
  const at = attempts.map((attempt) => Math.round((attempt.at - start) / MINUTE));
  return at.length > 0 ? `after ${at.join(', ')} min` : 'no call';
}

export { MINUTE, NOON };
