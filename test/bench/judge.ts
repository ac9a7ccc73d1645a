import type { Aim } from './aims.ts';
import { decimal } from './format.ts';
import type { Results } from './results.ts';

/** A ratio fails when it is worse than its aim by more than this part: two runs on one machine differ. */
const TOLERANCE = 1 / 3;

export interface Verdict {
  readonly aim: Aim;
  readonly measured: number;
  /** Above this, `bench:check` fails; undefined where people judge. */
  readonly limit: number | undefined;
  /** Whether the aim is met. */
  readonly isMet: boolean;
  /** Whether `bench:check` fails. */
  readonly fails: boolean;
}

/** Holds what was measured against the aims. What is no number fails. */
export function judge(aims: readonly Aim[], results: Results): readonly Verdict[] {
  return aims.map((aim) => {
    const measured = aim.measured(results);
    const limit = limitOf(aim);
    return {
      aim,
      measured,
      limit,
      isMet: measured <= aim.most,
      fails: limit !== undefined && !(measured <= limit),
    };
  });
}

/** Of each aim the better one of two verdicts: what else runs on a machine makes it slower, never faster. */
export function betterOf(first: readonly Verdict[], second: readonly Verdict[]): readonly Verdict[] {
  return first.map((verdict, i) => {
    const other = second[i]!;
    return other.measured < verdict.measured || Number.isNaN(verdict.measured) ? other : verdict;
  });
}

function limitOf({ kind, most, bound }: Aim): number | undefined {
  if (kind === 'time') return undefined;
  if (bound !== undefined) return bound;
  return kind === 'memory' ? most : most * (1 + TOLERANCE);
}

/** A value in the unit of an aim: `0.80`, `80 MiB`, `150 ms`. */
export function inUnitOf({ kind }: Pick<Aim, 'kind'>, value: number): string {
  if (kind === 'ratio') return decimal(value);
  return kind === 'memory' ? `${Math.round(value)} MiB` : `${decimal(value)} ms`;
}

/** The same with the yardstick of a ratio: `0.80 × prom-client`. */
export function withYardstick(aim: Aim, value: number): string {
  return [inUnitOf(aim, value), ...(aim.yardstick === undefined ? [] : [aim.yardstick])].join(' × ');
}

/** One line for each aim that has a limit, and how many fail. */
export function checkReport(verdicts: readonly Verdict[]): string {
  const judged = verdicts.flatMap(({ limit, ...verdict }) =>
    limit === undefined ? [] : { ...verdict, limit },
  );
  const lines = judged.map(({ aim, measured, limit, isMet, fails }) => {
    const state = fails ? 'FAIL' : isMet ? 'ok  ' : 'over';
    const which = aim.bound === undefined ? '' : ' the bound';
    const limits = `aim ${inUnitOf(aim, aim.most)}, fails above${which} ${inUnitOf(aim, limit)}`;
    return `${state}  ${aim.what}: ${withYardstick(aim, measured)} (${limits})`;
  });
  const failing = judged.filter(({ fails }) => fails).length;
  const end =
    failing === 0
      ? 'No limit is exceeded.'
      : `${failing} of ${lines.length} limits ${failing === 1 ? 'is' : 'are'} exceeded; docs/performance.md has figures to compare.`;
  return [...lines, end, ''].join('\n');
}
