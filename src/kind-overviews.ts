import { parts } from './kinds.ts';
import type { Part } from './model/kind.ts';
import type { Quantities } from './model/overview.ts';

const all = Object.entries<Part>(parts);

/** What the status page shows of the metrics of all parts. */
export const quantities: Quantities = Object.assign(
  {},
  ...all.map(([, { overview }]) => overview.quantities),
);

/** Name of a source for people. @param source `KIND/NAME` */
export function titleOf(source: string): string {
  const [kind = '', ...name] = source.split('/');
  const described = all.find(([word]) => word === kind)?.[1].overview;
  return described ? described.sourceTitle(name.join('/')) : source;
}

/** Name of the source that reads a stick; undefined where no kind has sticks. */
export function sourceOfStick(stick: string): string | undefined {
  const described = all.find(([, { overview }]) => overview.sourceOfStick !== undefined);
  return described?.[1].overview.sourceOfStick?.(stick);
}
