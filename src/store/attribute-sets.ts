import type { Labels } from '../model/reading.ts';

/** The attributes of the series of one entity: one object for each set, so that its text is made only once. */
export class AttributeSets {
  readonly #labels: Labels;
  readonly #known = new Map<string, Labels>();

  constructor(labels: Labels) {
    this.#labels = labels;
  }

  /** The labels of the entity with these added. */
  with(extra: Labels | undefined): Labels {
    const key = extra ? JSON.stringify(extra) : '';
    const known = this.#known.get(key);
    if (known) return known;
    const attributes = Object.freeze({ ...this.#labels, ...extra });
    this.#known.set(key, attributes);
    return attributes;
  }
}
