import * as z from 'zod';
import { addDays } from '../base/calendar.ts';

const HOURS = 24;

const day = z.object({
  /** YYYY-MM-DD */
  date: z.string(),
  /** Highest power, W. */
  peak: z.number(),
  /** Sum of the powers of each hour (W), and how many there were. */
  sums: z.array(z.number()).length(HOURS),
  counts: z.array(z.number()).length(HOURS),
});

/** What is kept of the power of one plant; plain JSON. */
export const plantPowerState = z.array(day);

export type PlantPowerState = z.infer<typeof plantPowerState>;

/** Power of one plant by day and hour, from its readings. */
export class PlantPower {
  readonly #daysKept: number;
  #days: PlantPowerState;

  /** @param daysKept completed days that can be asked for */
  constructor(daysKept: number, state: PlantPowerState = []) {
    this.#daysKept = daysKept;
    this.#days = state;
  }

  get state(): PlantPowerState {
    return this.#days;
  }

  /** @param hour 0 to 23, local */
  read(date: string, hour: number, watts: number): void {
    const zeros = () => new Array<number>(HOURS).fill(0);
    const newest = this.#days.at(-1);
    if (newest && date < newest.date) return;
    const today = newest?.date === date ? newest : { date, peak: watts, sums: zeros(), counts: zeros() };
    const add = (list: readonly number[], value: number) =>
      list.map((each, i) => (i === hour ? each + value : each));
    const { peak, sums, counts } = today;
    const changed = {
      date,
      peak: Math.max(peak, watts),
      sums: add(sums, watts),
      counts: add(counts, 1),
    };
    this.#days = [...this.#days.filter((each) => each !== today), changed].slice(-this.#daysKept - 1);
  }

  /** The highest power of a day, W; undefined when nothing was read on it. */
  peakOf(date: string): number | undefined {
    return this.#days.find((each) => each.date === date)?.peak;
  }

  /** Mean power of each hour of the newest day before `today`, W; undefined for an hour without a reading. */
  hoursBefore(today: string): readonly (number | undefined)[] {
    const yesterday = this.#days.find(({ date }) => date === addDays(today, -1));
    return (yesterday?.sums ?? []).map((sum, hour) => {
      const count = yesterday?.counts[hour] ?? 0;
      return count > 0 ? Number((sum / count).toFixed(1)) : undefined;
    });
  }
}
