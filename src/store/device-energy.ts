import * as z from 'zod';
import { addDays } from '../base/calendar.ts';

/** The lifetime total at the beginning of a month or a year. */
const beginning = z.object({ of: z.string(), total: z.number() });

const day = z.object({
  /** YYYY-MM-DD */
  date: z.string(),
  /** Lifetime total at midnight, kWh; absent when unknown. */
  start: z.number().optional(),
  /** Energy of the day by the last reading, kWh. */
  energy: z.number(),
  /** The day has ended, or the device has slept since. */
  isComplete: z.boolean(),
});

/** What is kept of the energy of one device; plain JSON. */
export const deviceEnergyState = z.object({
  /** The oldest first; the last one is the newest of which there was a reading. */
  days: z.array(day),
  month: beginning.optional(),
  year: beginning.optional(),
});

export type DeviceEnergyState = z.infer<typeof deviceEnergyState>;
type Day = z.infer<typeof day>;
type Beginning = z.infer<typeof beginning>;

/** An accepted reading of the energy of a device. */
export interface EnergyOfDay {
  /** YYYY-MM-DD, where the device stands. */
  readonly date: string;
  /** Since midnight, kWh. */
  readonly today: number;
  /** Since the installation, kWh; undefined: unknown. */
  readonly total: number | undefined;
}

const round = (kwh: number) => Number(kwh.toFixed(3));
const monthOf = (date: string) => date.slice(0, 7);
const yearOf = (date: string) => date.slice(0, 4);

/** Energy of one device by day, month and year, from readings of its own counters. */
export class DeviceEnergy {
  readonly #daysKept: number;
  #state: DeviceEnergyState;

  /** @param daysKept completed days that can be asked for */
  constructor(daysKept: number, state: DeviceEnergyState = { days: [] }) {
    this.#daysKept = daysKept;
    this.#state = state;
  }

  get state(): DeviceEnergyState {
    return this.#state;
  }

  /** Takes a reading. One of a day before the newest is ignored. */
  read({ date, today, total }: EnergyOfDay): void {
    const { days, month, year } = this.#state;
    const newest = days.at(-1);
    if (newest && date < newest.date) return;
    const isSameDay = newest?.date === date;
    const before = isSameDay ? days.slice(0, -1) : days;
    const start = total === undefined ? (isSameDay ? newest.start : undefined) : round(total - today);
    const ended = before.map((each) => endedBy(each, date, start));
    const now = definedOnly<Day>({ date, start, energy: today, isComplete: false });
    const last = ended.at(-1);
    // The clock of a device may be some minutes late: on the first day of a period the newest reading decides.
    const since = (known: Beginning | undefined, periodOf: (date: string) => string, first: string) => {
      if (date !== first && last && periodOf(last.date) === periodOf(date)) return known;
      const at = totalAt(first, now, last);
      return at === undefined ? known : { of: periodOf(date), total: at };
    };
    this.#state = definedOnly<DeviceEnergyState>({
      days: [...ended, now].slice(-this.#daysKept - 2),
      month: since(month, monthOf, `${monthOf(date)}-01`),
      year: since(year, yearOf, `${yearOf(date)}-01-01`),
    });
  }

  /** The device sleeps: the energy of its day is all that there will be. */
  sleep(): void {
    const newest = this.#state.days.at(-1);
    if (newest) this.#replaceNewest({ ...newest, isComplete: true });
  }

  /** kWh of a day that has ended; undefined: not known to be all. */
  ofDay(date: string): number | undefined {
    const known = this.#state.days.find((each) => each.date === date);
    return known?.isComplete ? known.energy : undefined;
  }

  /** kWh since midnight; 0 before the first reading after a night; undefined: unknown. */
  ofToday(today: string): number | undefined {
    const newest = this.#state.days.at(-1);
    if (newest?.date === today) return newest.energy;
    return newest?.isComplete && newest.date < today ? 0 : undefined;
  }

  /** kWh in the month of a date; undefined: not known from its beginning on. */
  ofMonth(today: string): number | undefined {
    return this.#since(this.#state.month, monthOf(today), monthOf);
  }

  /** kWh in the year of a date; undefined: not known from its beginning on. */
  ofYear(today: string): number | undefined {
    return this.#since(this.#state.year, yearOf(today), yearOf);
  }

  #since(
    known: DeviceEnergyState['month'],
    period: string,
    periodOf: (date: string) => string,
  ): number | undefined {
    const newest = this.#state.days.at(-1);
    if (!newest || newest.start === undefined) return undefined;
    // It has not woken since the period began.
    if (periodOf(newest.date) < period) return newest.isComplete ? 0 : undefined;
    return known?.of === period ? round(newest.start + newest.energy - known.total) : undefined;
  }

  #replaceNewest(day: Day): void {
    this.#state = { ...this.#state, days: [...this.#state.days.slice(0, -1), day] };
  }
}

/** What the total has grown by on a day whose end was not seen is known from the total of the next day. */
function endedBy(day: Day, date: string, start: number | undefined): Day {
  if (day.isComplete || start === undefined || day.start === undefined) return day;
  const grown = round(start - day.start);
  if (addDays(day.date, 1) !== date || grown < day.energy) return day;
  return { ...day, energy: grown, isComplete: true };
}

/** The total at the first midnight of a period: by a reading of its first day, or by the last day before it. */
function totalAt(first: string, now: Day, before: Day | undefined): number | undefined {
  if (now.date === first) return now.start;
  const isLastDay = before?.isComplete === true && addDays(before.date, 1) === first;
  return isLastDay && before.start !== undefined ? round(before.start + before.energy) : undefined;
}

/** Without what is undefined. */
function definedOnly<T extends object>(value: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as T;
}
