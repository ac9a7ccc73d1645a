import type { Reading, Source, Step, Turn } from '../../src/sources/source.ts';

/** A turn without policies: every call is made once, at once. */
export function plainTurn(signal: AbortSignal = new AbortController().signal): Turn {
  return { signal, request: (_endpoint, call) => call(signal), exhausted: () => false, note: () => {} };
}

/** All steps of one poll. */
export async function stepsOf(source: Source, turn: Turn = plainTurn()): Promise<Step[]> {
  return await Array.fromAsync(source.read(turn));
}

/** What a reading says, each value by `metric` or `metric{label="value"}`. */
export function valuesOf(reading: Reading): Record<string, number> {
  const entries = reading.values.map(({ metric, value, labels = {} }) => {
    const text = Object.entries(labels).map(([name, label]) => `${name}="${label}"`);
    return [text.length > 0 ? `${metric}{${text}}` : metric, value] as const;
  });
  return Object.fromEntries(entries);
}
