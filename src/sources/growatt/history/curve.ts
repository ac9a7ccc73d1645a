import * as z from 'zod';
import { SourceError } from '../../../base/errors.ts';
import { callOf } from '../call.ts';
import { parseNumber } from '../numbers.ts';
import { parseWallTime } from '../zone.ts';

/** Plant power at one moment of a day: wall clock in milliseconds as if it were UTC, and W. */
export interface Slot {
  readonly wall: number;
  /** undefined: the cloud has no value, at night as a rule. */
  readonly watts: number | undefined;
}

/** What the power curve of one day says. */
export interface CurveStatistics {
  /** W */
  readonly peak: number;
  /** kWh, the integral over the slots with a value. */
  readonly energy: number;
  /** Mean power in W of each hour of the wall clock that has values. */
  readonly hourly: ReadonlyMap<number, number>;
}

const SLOT = 5 * 60_000;
const HOUR = 60 * 60_000;
/** Fewer values than this, or less than half of the time between the first and the last, are no curve. */
const FEWEST_VALUES = 6;
const LEAST_COVERAGE = 0.5;

/** The 5-minute power curve of one day of a plant. */
export const curveCall = (plantId: string, date: string) =>
  callOf({ method: 'GET', path: 'plant/power' }, { plant_id: plantId, date }, (envelope) =>
    parseCurve(envelope, date),
  );

const answer = z.object({ data: z.looseObject({ powers: z.array(z.unknown()).nullish() }) });
const row = z.looseObject({ time: z.string() });

/**
 * Reads `plant/power`: the slots of one day in the order of time. The cloud mostly sends the newest first, but
 * owners have published answers in no order at all.
 * @param date YYYY-MM-DD; slots of other days are dropped
 */
export function parseCurve(envelope: unknown, date: string): Slot[] {
  const parsed = answer.safeParse(envelope);
  if (!parsed.success) throw new SourceError('malformed', 'plant/power: the answer holds no list of powers');
  const slots = (parsed.data.data.powers ?? []).flatMap((given): Slot[] => {
    const { data } = row.safeParse(given);
    const wall = data?.time.startsWith(date) ? parseWallTime(data.time) : undefined;
    const watts = parseNumber(data?.power);
    return wall === undefined
      ? []
      : [{ wall, watts: typeof watts === 'number' && watts >= 0 ? watts : undefined }];
  });
  return inOrder(slots);
}

/** On a day of 25 hours one hour is there twice, and only the order of the answer tells the two apart. */
function inOrder(slots: readonly Slot[]): Slot[] {
  const descending = slots.length > 1 && slots[0]!.wall > slots.at(-1)!.wall;
  const given = descending ? slots.toReversed() : [...slots];
  const stepsBack = given.flatMap(({ wall }, i) => {
    const back = i === 0 ? 0 : given[i - 1]!.wall - wall;
    return back > 0 ? [back] : [];
  });
  const [back = 0, ...more] = stepsBack;
  if (more.length === 0 && back <= HOUR) return given;
  return withoutRepetition(given.toSorted((a, b) => a.wall - b.wall));
}

function withoutRepetition(sorted: readonly Slot[]): Slot[] {
  return sorted.filter(
    ({ wall, watts }, i) => wall !== sorted[i - 1]?.wall || watts !== sorted[i - 1]?.watts,
  );
}

/** A known value, and the time in milliseconds that it stands for. */
interface Weighed {
  readonly wall: number;
  readonly watts: number;
  readonly time: number;
}

/**
 * Peak, energy and hourly means; gaps are left out.
 * @returns undefined when there are too few values to say anything
 */
export function curveStatistics(slots: readonly Slot[]): CurveStatistics | undefined {
  const weighed = weigh(slots);
  if (weighed.length < FEWEST_VALUES) return undefined;
  const span = weighed.at(-1)!.wall - weighed[0]!.wall + slotLength(slots);
  const covered = sum(weighed, ({ time }) => time);
  if (covered < span * LEAST_COVERAGE) return undefined;
  const byHour = Map.groupBy(weighed, ({ wall }) => new Date(wall).getUTCHours());
  return {
    peak: weighed.reduce((peak, { watts }) => Math.max(peak, watts), 0),
    energy: round(sum(weighed, wattHours) / 1000),
    hourly: new Map(
      [...byHour].map(([hour, some]) => [
        hour,
        round((sum(some, wattHours) * HOUR) / sum(some, ({ time }) => time)),
      ]),
    ),
  };
}

/**
 * The known values. Each stands for the time to the next slot, at most for one slot length: so nothing is made
 * of gaps, nor of the hour that a change to summer time skips, and the one that is repeated counts twice.
 */
export function weigh(slots: readonly Slot[]): readonly Weighed[] {
  const length = slotLength(slots);
  return slots.flatMap(({ wall, watts }, i) => {
    const gap = (slots[i + 1]?.wall ?? wall + length) - wall;
    return watts === undefined ? [] : [{ wall, watts, time: gap > 0 ? Math.min(gap, length) : length }];
  });
}

export const wattHours = ({ watts, time }: Weighed) => (watts * time) / HOUR;

/** The usual distance between slots: five minutes, unless this cloud has coarser ones. */
function slotLength(slots: readonly Slot[]): number {
  const gaps = slots
    .slice(1)
    .map(({ wall }, i) => wall - slots[i]!.wall)
    .filter((gap) => gap > 0)
    .toSorted((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? SLOT;
}

const sum = <T>(items: readonly T[], of: (item: T) => number) =>
  items.reduce((total, item) => total + of(item), 0);
const round = (value: number) => Math.round(value * 1000) / 1000;
