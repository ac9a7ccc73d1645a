import type { SourceStatus, Status } from '../model/status.ts';
import type { Curve, Subject } from './curves.ts';
import { STEP_MINUTES } from './curves.ts';
import type { DayWorth } from './day-worth.ts';
import type { Overview } from './overview.ts';
import type { CurveView, PlantView, SourceView, StatusView, Worth } from './status-api.ts';

/** Beyond so many plants and sticks the page has a table in place of cards, and there are no curves. */
export const MOST_CARDS = 10;

export interface StatusViewInput {
  readonly status: Status;
  readonly overview: Overview;
  /** Name of a source for people. */
  readonly titleOf: (source: string) => string;
  readonly curveOf: (subject: Subject) => Curve | undefined;
  /** What the energy of a plant is worth today. */
  readonly worthOf: (plant: string) => DayWorth | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** What the page shows, in the shape of `/api/v1/status`. */
export function statusViewOf({
  status,
  overview,
  titleOf,
  curveOf,
  worthOf,
  now,
}: StatusViewInput): StatusView {
  const { sources, startTime, version, ...rest } = status;
  const { totals, sticks, ...median } = overview;
  const plants = overview.plants.map((plant) => withWorth(plant, worthOf));
  const worth = worthOfAll(plants);
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
    ...(worth && { worth }),
    ...median,
    plants: hasCards ? plants.map((plant) => ({ ...plant, ...curve({ plant: plant.id }) })) : plants,
    sticks: hasCards ? sticks.map((stick) => ({ ...stick, ...curve({ stick: stick.name }) })) : sticks,
  };
}

function withWorth(plant: PlantView, worthOf: StatusViewInput['worthOf']): PlantView {
  const day = plant.worth && worthOf(plant.id);
  if (!plant.worth || !day) return plant;
  const { today, since } = day;
  const times = since === undefined ? {} : { since: since / 1000 };
  return { ...plant, worth: { ...plant.worth, today: rounded(today), ...times } };
}

/** Undefined where plants have several currencies; without `today` where it is not known of one of them. */
function worthOfAll(plants: readonly PlantView[]): Worth | undefined {
  const all = plants.flatMap(({ worth }) => worth ?? []);
  const [first] = all;
  if (!first || all.some(({ currency }) => currency !== first.currency)) return undefined;
  const sum = (values: readonly number[]) => rounded(values.reduce((total, value) => total + value, 0));
  const today = all.flatMap(({ today }) => today ?? []);
  const since = all.flatMap(({ since }) => since ?? []);
  return {
    currency: first.currency,
    total: sum(all.map(({ total }) => total)),
    ...(today.length === all.length && { today: sum(today) }),
    ...(since.length > 0 && { since: Math.max(...since) }),
  };
}

/** To hundredths of a cent. */
const rounded = (amount: number) => Math.round(amount * 10_000) / 10_000;

const sourceView = ({ name, ...rest }: SourceStatus, titleOf: (source: string) => string): SourceView => ({
  name,
  title: titleOf(name),
  ...rest,
});

export function curveView({ today, yesterday, expected }: Curve): CurveView {
  const steps = (day: Float32Array) =>
    Array.from(day, (watts) => (Number.isNaN(watts) ? null : Math.round(watts)));
  return {
    stepMinutes: STEP_MINUTES,
    today: steps(today),
    yesterday: steps(yesterday),
    ...(expected && { expected: steps(expected) }),
  };
}
