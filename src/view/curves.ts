import * as z from 'zod';
import { localDay, wallTimeAt, type Zone } from '../base/calendar.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;
export const STEP_MINUTES = 5;
const STEPS = 1440 / STEP_MINUTES;
/** Two days of one plant are 2.3 kB; beyond so many none are kept, and of so many plants what their energy is worth. */
export const MOST_CURVES = 1000;

/** Whose curve it is: a plant by its id, or a stick by its name. */
export type Subject = { readonly plant: string } | { readonly stick: string };

const keyOf = (subject: Subject) => Object.entries(subject).flat().join('/');

/** Power of each step of a local day; NaN: unknown. */
export type DayPowers = Float32Array<ArrayBuffer>;

/** The days of one plant or stick. */
interface Ring {
  /** Local day, in days since 1970-01-01. */
  day: number;
  today: DayPowers;
  yesterday: DayPowers;
  /** Step that `count` values of are in the mean so far. */
  step: number;
  count: number;
}

/** What is kept of a curve across a restart: each day in base64, little-endian, without its unknown end. */
const ringSnapshot = z.object({ day: z.int(), today: z.string(), yesterday: z.string() });

/** By the keys of the curves; each is checked when it is needed, since a thousand at once would take long. */
export const curvesSnapshot = z.record(z.string(), z.unknown());

export type CurvesSnapshot = z.infer<typeof curvesSnapshot>;

/** What a curve shows at one moment. */
export interface Curve {
  readonly today: DayPowers;
  readonly yesterday: DayPowers;
  /** What is expected of today; absent where that is not worked out. */
  readonly expected?: DayPowers;
}

/** A day of which nothing is known. */
export const unknownDay = (): DayPowers => new Float32Array(STEPS).fill(Number.NaN);

/** The power of today and yesterday of each plant and stick, in steps of five minutes; bounded in memory. */
export class Curves {
  readonly #rings = new Map<string, Ring>();
  /** Restored and not needed yet. */
  readonly #packed = new Map<string, unknown>();

  /**
   * Takes the power at a moment: a step shows the mean of what was recorded in it.
   * @param at milliseconds since the epoch
   */
  record(subject: Subject, zone: Zone, at: number, watts: number): void {
    const key = keyOf(subject);
    const wall = wallTimeAt(zone, at);
    const day = Math.floor(wall / DAY);
    const ring = this.#ringOf(key) ?? this.#newRing(key, day);
    if (!ring || day < ring.day) return;
    turnTo(ring, day);
    const step = Math.floor((wall - day * DAY) / (STEP_MINUTES * MINUTE));
    ring.count = step === ring.step ? ring.count + 1 : 1;
    ring.step = step;
    const before = ring.count === 1 ? 0 : (ring.today[step] ?? 0);
    ring.today[step] = before + (watts - before) / ring.count;
  }

  /** Today and yesterday by the clock of the zone at `now`; undefined when nothing is known of either. */
  get(subject: Subject, zone: Zone, now: number): Curve | undefined {
    const ring = this.#ringOf(keyOf(subject));
    if (!ring) return undefined;
    turnTo(ring, Math.max(ring.day, localDay(zone, now)));
    return [ring.today, ring.yesterday].some((day) => day.some((watts) => !Number.isNaN(watts)))
      ? ring
      : undefined;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** What is kept of each across a restart. */
  *snapshot(): Iterable<readonly [string, unknown]> {
    yield* this.#packed;
    for (const [key, { day, today, yesterday }] of this.#rings)
      yield [key, { day, today: packed(today), yesterday: packed(yesterday) }];
  }

  /** Takes what an earlier run kept; what was recorded since then wins. */
  restore(snapshot: CurvesSnapshot): void {
    for (const [key, curve] of Object.entries(snapshot)) {
      if (this.#size >= MOST_CURVES) return;
      if (!this.#rings.has(key)) this.#packed.set(key, curve);
    }
  }

  get #size(): number {
    return this.#rings.size + this.#packed.size;
  }

  #ringOf(key: string): Ring | undefined {
    const data = this.#packed.has(key) ? ringSnapshot.safeParse(this.#packed.get(key)).data : undefined;
    this.#packed.delete(key);
    if (data) {
      const days = { today: unpacked(data.today), yesterday: unpacked(data.yesterday) };
      this.#rings.set(key, { day: data.day, ...days, step: -1, count: 0 });
    }
    return this.#rings.get(key);
  }

  /** Curves that ended before yesterday, and those restored and not asked for since, make room. */
  #newRing(key: string, day: number): Ring | undefined {
    if (this.#size >= MOST_CURVES) {
      for (const [other, ring] of this.#rings) if (ring.day < day - 1) this.#rings.delete(other);
      this.#packed.clear();
    }
    if (this.#size >= MOST_CURVES) return undefined;
    const ring: Ring = { day, today: unknownDay(), yesterday: unknownDay(), step: -1, count: 0 };
    this.#rings.set(key, ring);
    return ring;
  }
}

function turnTo(ring: Ring, day: number): void {
  if (day === ring.day) return;
  ring.yesterday = day === ring.day + 1 ? ring.today : unknownDay();
  ring.today = unknownDay();
  ring.day = day;
  ring.step = -1;
}

function packed(day: DayPowers): string {
  const end = day.findLastIndex((watts) => !Number.isNaN(watts)) + 1;
  return Buffer.from(day.buffer, 0, end * day.BYTES_PER_ELEMENT).toString('base64');
}

function unpacked(text: string): DayPowers {
  const day = unknownDay();
  const bytes = Buffer.from(text, 'base64').subarray(0, day.byteLength);
  new Uint8Array(day.buffer).set(bytes.subarray(0, bytes.length - (bytes.length % day.BYTES_PER_ELEMENT)));
  return day.map((watts) => (Number.isFinite(watts) ? watts : Number.NaN));
}
