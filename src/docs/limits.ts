import { defaultLimits } from '../export/server.ts';
import { type Limit, limits } from '../model/limits.ts';
import { STATE_BYTES } from '../state/state-file.ts';
import { MOST_CURVES } from '../view/curves.ts';
import { code, table } from './markdown.ts';

/** The page `docs/limits.md`: what bounds that which comes from outside. */
export function limitsPage(): string {
  const { connections, answers, headerBytes, headersTimeout, keepAliveTimeout, silenceTimeout } =
    defaultLimits;
  const seconds = (milliseconds: number) => `${milliseconds / 1000} s`;
  const counted = Object.entries<Limit>(limits).map(([name, { most, of, beyond }]) => [
    code(name),
    `${most.toLocaleString('en').replaceAll(',', ' ')} ${of}`,
    beyond,
  ]);
  const served = [
    [
      'connections',
      `${connections}`,
      'those that ask for nothing are closed, the oldest first, then new ones',
    ],
    ['scrapes and pages at once', `${answers}`, '503; `/healthz` and `/readyz` are always answered'],
    ['headers of a request', `${headerBytes / 1024} KiB`, '431'],
    ['time for the headers of a request', seconds(headersTimeout), '408, and the connection is closed'],
    ['time between two requests', seconds(keepAliveTimeout), 'the connection is closed'],
    ['time in which nothing moves', seconds(silenceTimeout), 'the connection is closed'],
    ['body of a request', 'none', 'it is not read'],
  ];
  return `# Limits

Whatever comes from the network is bounded in size and time. What fails because of that is in [faults.md](faults.md): an
answer that is too large or too slow is a failed call.

## What sources bring

When one of these cuts something off, that is logged once, and \`solar_agent_limit_reached_total\` counts it by \`limit\`.

${table(['`limit`', 'At most', 'Beyond it'], counted)}
Control characters, marks that change the direction of text and other characters that are not shown are blanks in
labels, on pages and in the log; in the log as JSON they are escaped.

## What clients of the agent may do

${table(['What', 'At most', 'Beyond it'], served)}
## Files

A state file beyond ${STATE_BYTES / 1024 / 1024} MiB is not read: the agent starts without it.
The status page has the power of today and yesterday of at most ${MOST_CURVES} plants and sticks, and what the energy of the
day is worth of at most ${MOST_CURVES} plants.
`;
}
