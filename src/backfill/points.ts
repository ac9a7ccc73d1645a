import { addDays, instantOf } from '../calendar.ts';
import type { Zone } from '../sources/source.ts';
import type { Entry } from './journal.ts';

/** One sample of the past. */
export interface Point {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** What is known of one plant besides its curves. */
export interface PlantPast {
  readonly zone: Zone;
  /** kWh by date. */
  readonly energies: Map<string, number>;
  /** kWh before the beginning of `today`. */
  total: number | undefined;
  today: string;
}

type Curve = Extract<Entry, { curve: unknown }>;

/** How one day of one plant becomes samples of a metric. */
type Derive = (day: Curve, plant: PlantPast) => Iterable<Point>;

/** The metrics of a backfill, each with the way its samples are made; all of them are in the catalogue. */
export const derivations: Readonly<Record<string, Derive>> = {
  growatt_plant_power_watts: ({ plant, curve }) =>
    curve.map(([at, watts]) => ({ labels: { plant_id: plant }, at: at * 1000, value: watts })),
  *growatt_daily_energy_kwh({ plant, date, curve }, { energies, zone }) {
    const value = energies.get(date) ?? integral(curve).at(-1);
    if (value !== undefined)
      yield { labels: { plant_id: plant, date }, at: endOf(date, zone), value: round(value) };
  },
  *growatt_daily_peak_power_watts({ plant, date, curve }, { zone }) {
    const value = curve.reduce<number | undefined>(
      (peak, [, watts]) => Math.max(peak ?? 0, watts),
      undefined,
    );
    if (value !== undefined) yield { labels: { plant_id: plant, date }, at: endOf(date, zone), value };
  },
  growatt_plant_energy_total_kwh: lifetime,
};

/**
 * The plant's total at each moment: its present total less what it has produced since, and within a day spread
 * along the power curve. Where a day's energy is unknown, nothing before it can be told.
 */
function* lifetime(
  { plant, date, curve }: Curve,
  { energies, zone, total, today }: PlantPast,
): Iterable<Point> {
  const energy = energies.get(date);
  if (total === undefined || energy === undefined) return;
  let after = 0;
  for (let day = addDays(date, 1); day < today; day = addDays(day, 1)) {
    const other = energies.get(day);
    if (other === undefined) return;
    after += other;
  }
  const end = total - after;
  const parts = integral(curve);
  const whole = parts.at(-1);
  const labels = { plant_id: plant };
  for (const [i, [at]] of whole ? curve.entries() : []) {
    yield { labels, at: at * 1000, value: round(end - energy + (energy * (parts[i - 1] ?? 0)) / whole!) };
  }
  yield { labels, at: endOf(date, zone), value: round(end) };
}

const SLOT_SECONDS = 300;

/** kWh since the first value, after each slot; a value stands for at most one slot. */
function integral(curve: Curve['curve']): number[] {
  let sum = 0;
  return curve.map(([at, watts], i) => {
    const seconds = Math.min((curve[i + 1]?.[0] ?? at + SLOT_SECONDS) - at, SLOT_SECONDS);
    sum += (watts * seconds) / 3_600_000;
    return sum;
  });
}

/** The last second of a date. */
function endOf(date: string, zone: Zone): number {
  return instantOf(zone, Date.parse(`${addDays(date, 1)}T00:00:00Z`)) - 1000;
}

const round = (value: number) => Math.round(value * 1000) / 1000;
