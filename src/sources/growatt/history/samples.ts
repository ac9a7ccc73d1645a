import { addDays } from '../../../base/calendar.ts';
import type { HistoryDay, HistoryReader, HistorySample, PlantHistory } from '../../../model/history.ts';
import { curveStatistics, wattHours, weigh } from './curve.ts';

/** The metrics of completed days, and how their samples are made. */
export const historySamples: HistoryReader['samples'] = {
  growatt_plant_power_watts:
    ({ plant }) =>
    (_date, { curve }) =>
      curve.map(([at, value]) => ({ labels: { plant_id: plant.id }, at, value })),
  growatt_daily_energy_kwh: (history) => (date, day) =>
    ofDay(history, date, day, history.energies.get(date) ?? curveStatistics(slotsOf(day))?.energy),
  growatt_daily_peak_power_watts: (history) => (date, day) =>
    ofDay(history, date, day, curveStatistics(slotsOf(day))?.peak),
  growatt_plant_energy_total_kwh: (history) => {
    const totals = totalsOf(history);
    return (date, day) => lifetime(history, day, totals.get(date));
  },
};

interface DayTotals {
  /** kWh at the beginning and at the end of a day. */
  readonly begin: number;
  readonly end: number;
}

/** kWh; sums of decimals are a little off. */
const ROUNDING = 0.001;

/**
 * The total at both ends of each day: what it is now, less what was produced since. Before a day of unknown energy
 * there is none, nor where more was produced than the total holds.
 */
function totalsOf({ plant: { total }, energies }: PlantHistory): ReadonlyMap<string, DayTotals> {
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
function* lifetime(
  { plant }: PlantHistory,
  day: HistoryDay,
  totals: DayTotals | undefined,
): Iterable<HistorySample> {
  if (!totals) return;
  const { begin, end } = totals;
  const labels = { plant_id: plant.id };
  const weighed = weigh(slotsOf(day));
  const whole = weighed.reduce((sum, part) => sum + wattHours(part), 0);
  let sum = 0;
  for (const part of whole > 0 ? weighed : []) {
    yield { labels, at: part.wall, value: round(begin + ((end - begin) * sum) / whole) };
    sum += wattHours(part);
  }
  yield { labels, at: day.end, value: round(end) };
}

function ofDay(
  { plant }: PlantHistory,
  date: string,
  { end }: HistoryDay,
  value: number | undefined,
): readonly HistorySample[] {
  return value === undefined ? [] : [{ labels: { plant_id: plant.id, date }, at: end, value }];
}

/** Instants serve as well as wall times; only the hours of the day would differ. */
const slotsOf = ({ curve }: HistoryDay) => curve.map(([at, watts]) => ({ wall: at, watts }));

const round = (value: number) => Math.round(value * 1000) / 1000;
