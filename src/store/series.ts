import type { Labels } from '../model/reading.ts';

/** A value ready to be observed. */
export interface Sample {
  readonly metric: string;
  readonly attributes: Labels;
  readonly value: number;
}

/**
 * Gives each series one attribute object for the life of the process. The SDK hands back the object it saw first,
 * so only its identity shows whether a series still exists, also when a device comes back. So nothing is ever
 * removed here, nor in the SDK: with daily history that is a few hundred bytes for each plant and day.
 */
export class SeriesNames {
  readonly #known = new Map<string, Labels>();

  /** The attribute object of the series with these labels. */
  attributes(metric: string, labels: Labels): Labels {
    const key = JSON.stringify([metric, labels]);
    const known = this.#known.get(key);
    if (known) return known;
    const attributes = Object.freeze({ ...labels });
    this.#known.set(key, attributes);
    return attributes;
  }
}
