import { worseFirst } from './conditions.ts';
import type { PlantView, StatusView, StickView } from './status-api.ts';

/** A plant or a stick, as a row of a fleet. */
export type Row =
  | { readonly kind: 'plant'; readonly view: PlantView }
  | { readonly kind: 'stick'; readonly view: StickView };

/** A yield below this share of the fleet's median is worth a look. */
const LOW_YIELD = 0.75;

/** How a yield compares with the median of the fleet, 1 for the same; undefined where one of them is not known. */
export function shareOfMedian(row: Row, median: number | undefined): number | undefined {
  const { yieldTodayKwhPerKwp } = row.view.values;
  return median && yieldTodayKwhPerKwp !== undefined ? yieldTodayKwhPerKwp / median : undefined;
}

export const isLow = (share: number | undefined) => share !== undefined && share < LOW_YIELD;

const ranked = new WeakMap<readonly PlantView[], readonly Row[]>();

/** All plants and sticks, the worst first: fault, silent, then those with the lowest yield. */
export function rank({ plants, sticks, medianYieldKwhPerKwp: median }: StatusView): readonly Row[] {
  const known = ranked.get(plants);
  if (known) return known;
  const rows: Row[] = [
    ...plants.map((view) => ({ kind: 'plant' as const, view })),
    ...sticks.map((view) => ({ kind: 'stick' as const, view })),
  ];
  const sorted = rows
    .map((row) => ({ row, share: shareOfMedian(row, median) ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => order(a, b) || a.row.view.name.localeCompare(b.row.view.name, 'en', { numeric: true }))
    .map(({ row }) => row);
  ranked.set(plants, sorted);
  return sorted;
}

type Ranked = { readonly row: Row; readonly share: number };

function order(a: Ranked, b: Ranked): number {
  const isBad = ({ row }: Ranked) => ['fault', 'silent'].includes(row.view.condition);
  if (isBad(a) || isBad(b)) return worseFirst(a.row.view.condition, b.row.view.condition);
  return a.share === b.share ? worseFirst(a.row.view.condition, b.row.view.condition) : a.share - b.share;
}

/** Those whose name, place, id or serial numbers contain a text in lower case. */
export function search(rows: readonly Row[], text: string): readonly Row[] {
  if (text === '') return rows;
  const has = (candidate: string) => candidate.toLowerCase().includes(text);
  return rows.filter(({ kind, view }) => {
    if (has(view.name) || has(view.words)) return true;
    return (
      kind === 'plant' &&
      (has(view.id) || has(view.location) || view.devices.some(({ serial }) => has(serial)))
    );
  });
}
