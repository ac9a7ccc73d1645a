import { addDays } from '../base/calendar.ts';
import { curveStatistics, wattHours, weigh } from '../sources/growatt/history/curve.ts';
import type { Assignment, PlantHistory } from './collect.ts';
import type { DayEntry, Journal } from './journal.ts';

/** One sample of the past. */
export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** How days of one plant become samples of a metric. */
type Derive = (history: PlantHistory) => (day: DayEntry) => Iterable<Point>;

/** The metrics of a backfill, each with the way its samples are made; all of them are in the catalogue. */
export const derivations: Readonly<Record<string, Derive>> = {
  growatt_plant_power_watts:
    () =>
    ({ plant, curve }) =>
      curve.map(([at, value]) => ({ labels: { plant_id: plant }, at: at * 1000, value })),
  growatt_daily_energy_kwh:
    ({ energies }) =>
    (day) =>
      ofDay(day, energies.get(day.date) ?? curveStatistics(slotsOf(day))?.energy),
  growatt_daily_peak_power_watts: () => (day) => ofDay(day, curveStatistics(slotsOf(day))?.peak),
  growatt_plant_energy_total_kwh: (history) => {
    const totals = totalsOf(history);
    return (day) => lifetime(day, totals.get(day.date));
  },
};

/** All samples of one metric, plant by plant in the order of time, from one pass over the journal. */
export async function* pointsOf(
  name: string,
  assignments: readonly Assignment[],
  journal: Journal,
): AsyncGenerator<Point> {
  const plants = assignments.map(({ job, plant, known }) => ({
    source: job.source,
    id: plant.id,
    pointsOn: derivations[name]!(known),
  }));
  for await (const entry of journal.entries()) {
    if (!('curve' in entry)) continue;
    const plant = plants.find(({ source, id }) => source === entry.source && id === entry.plant);
    if (plant) yield* plant.pointsOn(entry);
  }
}

interface DayTotals {
  /** kWh at the beginning and at the end of a day. */
  readonly begin: number;
  readonly end: number;
}

/** kWh; sums of decimals are a little off. */
const ROUNDING = 0.001;

/**
 * The total at both ends of each day: what it is now, less what was produced since. Where a day's energy is
 * unknown, nothing before it can be told, nor where more was produced than the total holds.
 */
function totalsOf({ energies, total }: PlantHistory): ReadonlyMap<string, DayTotals> {
  const totals = new Map<string, DayTotals>();
  if (!total) return totals;
  let end = total.kwh;
  for (let date = addDays(total.before, -1); ; date = addDays(date, -1)) {
    const energy = energies.get(date);
    if (energy === undefined || energy - end > ROUNDING) return totals;
    const begin = Math.max(0, end - energy);
    totals.set(date, { begin, end });
    end = begin;
  }
}

/** The total at each moment of a day: the day's energy spread along its curve. */
function* lifetime(day: DayEntry, totals: DayTotals | undefined): Iterable<Point> {
  if (!totals) return;
  const { begin, end } = totals;
  const labels = { plant_id: day.plant };
  const weighed = weigh(slotsOf(day));
  const whole = weighed.reduce((sum, part) => sum + wattHours(part), 0);
  let sum = 0;
  for (const part of whole > 0 ? weighed : []) {
    yield { labels, at: part.wall, value: round(begin + ((end - begin) * sum) / whole) };
    sum += wattHours(part);
  }
  yield { labels, at: day.end * 1000, value: round(end) };
}

function ofDay({ plant, date, end }: DayEntry, value: number | undefined): readonly Point[] {
  return value === undefined ? [] : [{ labels: { plant_id: plant, date }, at: end * 1000, value }];
}

/** Instants serve as well as wall times, except to tell hours apart. */
const slotsOf = ({ curve }: DayEntry) => curve.map(([at, watts]) => ({ wall: at * 1000, watts }));

const round = (value: number) => Math.round(value * 1000) / 1000;
