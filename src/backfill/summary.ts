import type { Assignment } from './collect.ts';
import type { Journal } from './journal.ts';

/** Days on either side that a day is compared with. */
const NEIGHBOURS = 3;
/** A day with less than this share of its neighbours' values is incomplete. */
const LEAST_SHARE = 0.5;
const MOST_DAYS_NAMED = 20;

/** What a backfill could not read, in lines for people; none when everything is there. */
export async function missingIn(assignments: readonly Assignment[], journal: Journal): Promise<string[]> {
  const values = new Map<string, Map<string, number>>();
  for await (const entry of journal.entries()) {
    if (!('curve' in entry)) continue;
    const key = keyOf(entry.source, entry.plant);
    const days = values.get(key) ?? new Map<string, number>();
    values.set(key, days.set(entry.date, entry.curve.length));
  }
  return assignments.flatMap(({ source, plant, wanted, history: { energies, plant: known } }) => {
    const counts = values.get(keyOf(source.name, plant.id)) ?? new Map<string, number>();
    const withoutEnergy = wanted.filter((date) => !energies.has(date)).length;
    const about = (text: string) => `plant ${plant.id}: ${text}`;
    return [
      ...incompleteDays(wanted, counts).map(about),
      ...(withoutEnergy > 0
        ? [about(`the cloud has no energy of ${days(withoutEnergy)}: computed from the power`)]
        : []),
      ...(known.total === undefined || withoutEnergy > 0 ? [about('the lifetime total is incomplete')] : []),
    ];
  });
}

/** Days with fewer than half as many values as their neighbours have in the median. */
function incompleteDays(wanted: readonly string[], counts: ReadonlyMap<string, number>): string[] {
  const countOf = (date: string) => counts.get(date) ?? 0;
  const incomplete = wanted.filter((date, i) => {
    const neighbours = [
      ...wanted.slice(Math.max(0, i - NEIGHBOURS), i),
      ...wanted.slice(i + 1, i + 1 + NEIGHBOURS),
    ];
    return countOf(date) < LEAST_SHARE * median(neighbours.map(countOf));
  });
  const named = incomplete
    .slice(0, MOST_DAYS_NAMED)
    .map((date) => `${date} has only ${countOf(date)} power values`);
  const more = incomplete.length - named.length;
  return more > 0 ? [...named, `${days(more)} more have few power values`] : named;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

const days = (count: number) => (count === 1 ? '1 day' : `${count} days`);
const keyOf = (source: string, plant: string) => `${source} ${plant}`;
