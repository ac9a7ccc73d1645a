import type { Telemetry } from '../../src/metrics/own.ts';

/** Counts in words: `polls fake/one success` → 3. */
export function countingTelemetry(): Telemetry & { readonly counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  const add = (number: number, ...words: string[]) => {
    const key = words.join(' ');
    counts[key] = (counts[key] ?? 0) + number;
  };
  return {
    counts,
    expect: (source) => add(0, 'retries', source),
    poll: (source, outcome) => add(1, 'polls', source, outcome),
    request: (source, endpoint, outcome) => add(1, 'requests', source, endpoint, outcome),
    retry: (source) => add(1, 'retries', source),
    suspect: (source, reason) => add(1, 'suspect', source, reason),
  };
}
