import { type AnswerFault, type FaultyServer, MISDEEDS } from '../faults/server.ts';

/** Numbers from 0 up to, not including, 1; the same ones for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What can be wrong with any server. */
const CONNECTIONS: readonly AnswerFault[] = [
  ...(Object.keys(MISDEEDS) as (keyof typeof MISDEEDS)[])
    // A stream without end takes the time of the soak, and is no other case for the agent than the bomb.
    .filter((how) => how !== 'oversize')
    .map((how) => ({ how })),
  { status: 500, body: '' },
  { status: 302, headers: { Location: 'http://login.invalid/' }, body: '' },
  { body: '' },
  { body: '<html>Login</html>' },
  { prefix: '\uFEFF' },
];

const CLOUD: readonly AnswerFault[] = [
  { body: '{"error_code":10001,"error_msg":"system error","data":""}' },
  { body: '{"error_code":10011,"error_msg":"error_permission_denied","data":""}' },
  { body: '{"error_code":10012,"error_msg":"error_frequently_access","data":""}' },
  { match: 'last', body: '{"error_code":10002,"error_msg":"device not found","data":""}', times: 1 },
  { status: 429, headers: { 'Retry-After': '900' }, body: '', times: 1 },
  { match: 'last', set: { pac: 'NaN', ppv: '1e999', eacTotal: '', epvTotal: null } },
  { match: 'last', set: { data: '' } },
  { match: 'last', scale: { eacTotal: 0.99, epvTotal: 0.99, eTotal: 0.99 }, times: 1 },
  { match: 'last', scale: { eacTotal: 1000, epvTotal: 1000, eTotal: 1000 }, times: 2 },
  { match: 'device/list', body: '{"error_code":0,"data":{"count":0,"devices":[]}}', times: 1 },
  { match: 'plant/data', how: 'hang' },
];

const STICK: readonly AnswerFault[] = [
  { set: { METERPOWER: 'nan W', VGRID: null } },
  { set: { METERPOWER: '9×1000x', ACPOWER: {} } },
  { remove: ['METERPOWER', 'TOTALENERGY'] },
  { scale: { TOTALENERGY: 0.5 }, times: 1 },
  { status: 404, body: 'Not found' },
];

/** One source of a soak, whose server may be in trouble for a while. */
export interface Troubled {
  readonly server: FaultyServer;
  readonly kind: 'cloud' | 'stick';
  /** Instants of virtual time, in milliseconds. */
  since: number | undefined;
  until: number;
}

const LONGEST = 3 * 3_600_000;
/**
 * What is affected still shows for so long: until it was polled, also after a slowdown, and believed again. What an
 * inverter counted in the evening, while it could not be read, is believed when it wakes.
 */
const AFTERMATH = { cloud: 14 * 3_600_000, stick: 3 * 3_600_000 } as const;

/** Begins trouble with a source now and then, and ends it again. @returns words for the protocol */
export function stir(source: Troubled, now: number, random: () => number, share: number): string | undefined {
  if (source.server.fault && now >= source.until) source.server.fault = undefined;
  if (source.since !== undefined && now >= source.until + AFTERMATH[source.kind]) source.since = undefined;
  if (source.server.fault || random() >= share) return undefined;
  const faults = [...CONNECTIONS, ...(source.kind === 'cloud' ? CLOUD : STICK)];
  const fault = faults[Math.floor(random() * faults.length)]!;
  source.server.fault = fault;
  source.since ??= now;
  // Most are short.
  source.until = now + LONGEST * random() ** 3;
  return JSON.stringify(fault);
}
