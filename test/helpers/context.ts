import type { PollContext } from '../../src/model/poll-context.ts';
import type { Reading, SourceEvent } from '../../src/model/reading.ts';
import type { Source } from '../../src/model/source.ts';
import type { CallPolicy } from '../../src/policy/call-policy.ts';

/** A poll context whose reports go nowhere. */
export function plainContext(signal: AbortSignal = new AbortController().signal): PollContext {
  return { signal, report: () => {}, warn: () => {}, limitReached: () => {} };
}

/** A policy that makes every call once, at once. */
export const plainPolicy: CallPolicy = {
  circuit: 'closed',
  execute: (_endpoint, call, signal) => call(signal),
};

/** All events of one poll. */
export async function eventsOf(
  source: Source,
  context: PollContext = plainContext(),
): Promise<SourceEvent[]> {
  return await Array.fromAsync(source.poll(context));
}

/** What a reading says, each value by `metric` or `metric{label="value"}`. */
export function valuesOf(reading: Reading): Record<string, number> {
  const entries = reading.values.map(({ metric, value, labels = {} }) => {
    const text = Object.entries(labels).map(([name, label]) => `${name}="${label}"`);
    return [text.length > 0 ? `${metric}{${text}}` : metric, value] as const;
  });
  return Object.fromEntries(entries);
}
