import type { OwnMetrics } from '../../src/telemetry/own.ts';

/** Counts in words: `polls fake/one success` → 3. */
export function countingTelemetry(): OwnMetrics & { readonly counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  const add = (...words: string[]) => {
    const key = words.join(' ');
    counts[key] = (counts[key] ?? 0) + 1;
  };
  return {
    counts,
    callObserver: (source) => ({
      attempted: (endpoint, outcome) => add('requests', source, endpoint, outcome),
      retried: () => add('retries', source),
    }),
    polled: (source, outcome) => add('polls', source, outcome),
    rejected: (source, reason) => add('rejected', source, reason),
    limitReached: (limit) => add('limit', limit),
  };
}
