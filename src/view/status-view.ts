import type { SourceStatus, Status } from '../model/status.ts';
import type { Curve, Subject } from './curves.ts';
import { STEP_MINUTES } from './curves.ts';
import type { Overview } from './overview.ts';
import type { CurveView, SourceView, StatusView } from './status-api.ts';

/** Beyond so many plants and sticks the page has a table in place of cards, and there are no curves. */
export const MOST_CARDS = 10;

export interface StatusViewInput {
  readonly status: Status;
  readonly overview: Overview;
  /** Name of a source for people. */
  readonly titleOf: (source: string) => string;
  readonly curveOf: (subject: Subject) => Curve | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** What the page shows, in the shape of `/api/v1/status`. */
export function statusViewOf({ status, overview, titleOf, curveOf, now }: StatusViewInput): StatusView {
  const { sources, startTime, version, ...rest } = status;
  const { totals, plants, sticks, ...median } = overview;
  const hasCards = plants.length + sticks.length <= MOST_CARDS;
  const curve = (subject: Subject) => {
    const known = hasCards ? curveOf(subject) : undefined;
    return known && { curve: curveView(known) };
  };
  return {
    version,
    time: now,
    startTime,
    ...rest,
    sources: sources.map((source) => sourceView(source, titleOf)),
    totals,
    ...median,
    plants: hasCards ? plants.map((plant) => ({ ...plant, ...curve({ plant: plant.id }) })) : plants,
    sticks: hasCards ? sticks.map((stick) => ({ ...stick, ...curve({ stick: stick.name }) })) : sticks,
  };
}

const sourceView = ({ name, ...rest }: SourceStatus, titleOf: (source: string) => string): SourceView => ({
  name,
  title: titleOf(name),
  ...rest,
});

export function curveView({ today, yesterday, expected }: Curve): CurveView {
  const rounded = (day: Float32Array) =>
    Array.from(day, (watts) => (Number.isNaN(watts) ? null : Math.round(watts)));
  return {
    stepMinutes: STEP_MINUTES,
    today: rounded(today),
    yesterday: rounded(yesterday),
    ...(expected && { expected: rounded(expected) }),
  };
}
