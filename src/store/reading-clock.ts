import * as z from 'zod';
import { wallTimeAt, type Zone } from '../base/calendar.ts';
import { type Reading, SLEEP_AFTER } from '../model/reading.ts';

const MINUTE = 60_000;

/** How many readings in a row must go on at the pace of real time before a clock that was set back is believed. */
const CONFIRMATIONS = 3;

const sighting = z.object({ wall: z.number(), seenAt: z.number() }).readonly();

/** State of a device's own clock; times in milliseconds, `wall` as if it were UTC. */
export const clockState = z
  .object({
    /** Time of the newest reading. */
    wall: z.number(),
    /** When the agent first saw this wall time. */
    seenAt: z.number(),
    /** Readings that were older than `wall`, while they follow each other at the pace of real time. */
    behind: z.array(sighting).readonly(),
  })
  .readonly();

export type ClockState = z.infer<typeof clockState>;

export type Order = 'newer' | 'same' | 'older';

/** Follows the clock of one device: which of its readings are new, and whether it sleeps. */
export class ReadingClock {
  #state: ClockState | undefined;
  #asleep = false;
  #outdated = false;
  /** The very first reading, while no other has come: only its age tells whether it is of the present. */
  #first: FirstReading | undefined;
  /** No reading has come since the restart. */
  #restored = false;

  /** Undefined until the first reading that carries its own time. */
  get state(): ClockState | undefined {
    return this.#state;
  }

  /** The device's clock stands still: the source only repeats its last reading. */
  isAsleep(zone: Zone | undefined): boolean {
    return this.#asleep || (this.#first !== undefined && isOld(this.#first, zone));
  }

  /**
   * For half an hour only readings have come that are older than the newest one, or the agent was off for so long:
   * the present state is unknown.
   */
  isOutdated(now: number): boolean {
    return this.#outdated || now >= this.outdatedAt;
  }

  /** When that begins unless a reading comes; infinite where only a reading tells. */
  get outdatedAt(): number {
    if (!this.#state || !this.#restored || this.#asleep) return Number.POSITIVE_INFINITY;
    return this.#state.seenAt + SLEEP_AFTER;
  }

  restore(state: ClockState | undefined, asleep: boolean): void {
    this.#state = state;
    this.#asleep = asleep;
    this.#restored = state !== undefined;
  }

  /** Judges a reading taken at `wall` and received `now`, both in milliseconds. */
  judge(wall: number, now: number, { lost = false }: Pick<Reading, 'lost'>): Order {
    const isFirst = this.#state === undefined;
    const [order, state] = judgeOrder(this.#state, wall, now);
    this.#state = state;
    const silent = order !== 'newer' && now - state.seenAt >= SLEEP_AFTER;
    this.#outdated = silent && order === 'older';
    // Once asleep it stays so until a new reading.
    const staysAsleep = order !== 'newer' && this.#asleep;
    this.#asleep = staysAsleep || (silent && order === 'same');
    this.#restored = false;
    if (isFirst) this.#first = { wall, seenAt: now, lost };
    else if (order === 'newer') this.#first = undefined;
    return order;
  }
}

interface FirstReading {
  readonly wall: number;
  readonly seenAt: number;
  /** The source reports the device as not connected. */
  readonly lost: boolean;
}

/** No place is further behind UTC. */
const FARTHEST_WEST = -12 * 60 * MINUTE;

/**
 * Whether a reading was old when it was first seen. In summer, a zone that ignores daylight saving makes it look an
 * hour newer than it is; a device that is reported as not connected is believed to be awake only by a zone that
 * does not.
 */
function isOld({ wall, seenAt, lost }: FirstReading, zone: Zone | undefined): boolean {
  const ahead = wall - (zone ? wallTimeAt(zone, seenAt) : seenAt + FARTHEST_WEST);
  return ahead < -SLEEP_AFTER || (lost && (zone === undefined || zone.fixed));
}

/**
 * Compares the time of a reading with the newest one. A datalogger may replay old data after an outage, and that is
 * ignored: it is older than the newest, or its clock fell behind ours meanwhile. A clock that was set back looks the
 * same, but it goes on at the pace of real time: three readings in a row that do are believed.
 * @returns the order, and the state with this reading
 */
export function judgeOrder(state: ClockState | undefined, wall: number, now: number): [Order, ClockState] {
  const newest: ClockState = { wall, seenAt: now, behind: [] };
  if (!state || (wall > state.wall && now - state.seenAt - (wall - state.wall) < SLEEP_AFTER))
    return ['newer', newest];
  if (wall === state.wall) return ['same', { ...state, behind: [] }];
  const last = state.behind.at(-1);
  if (last?.wall === wall) return ['older', state];
  const seen = { wall, seenAt: now };
  const behind = [...(last && keepsPace(last, seen) ? state.behind : []), seen];
  return behind.length >= CONFIRMATIONS ? ['newer', newest] : ['older', { ...state, behind }];
}

/** Whether the device's clock went on about as far as ours. */
function keepsPace(a: { wall: number; seenAt: number }, b: { wall: number; seenAt: number }): boolean {
  const passed = b.seenAt - a.seenAt;
  return b.wall > a.wall && Math.abs(b.wall - a.wall - passed) <= Math.max(passed / 5, MINUTE / 2);
}
