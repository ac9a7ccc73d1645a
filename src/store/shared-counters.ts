import type { EntityState, Sample } from './entity-state.ts';

/** A counter as it was last shown. */
interface Counter {
  shown: number;
  /** Whose value that was; undefined: an earlier run showed it. */
  by: EntityState | undefined;
  /** After a change-over: the value that was shown before, until this way has caught up. */
  floor?: number | undefined;
  /** This way's own value, last. */
  own: number;
}

const keyOf = ({ metric, attributes }: Sample) => `${metric} ${JSON.stringify(attributes)}`;

/** The counters of one device that several sources read: none of them falls because another way's value is shown. */
export class SharedCounters {
  readonly #counters = new Map<string, Counter>();

  /** The values that were last shown, by series. */
  get snapshot(): Record<string, number> {
    return Object.fromEntries([...this.#counters].map(([key, { shown }]) => [key, shown]));
  }

  restore(snapshot: Readonly<Record<string, number>>): void {
    for (const [key, shown] of Object.entries(snapshot))
      this.#counters.set(key, { shown, by: undefined, own: shown });
  }

  /** What to show of a counter whose value by this way is that of the sample. */
  hold(sample: Sample, by: EntityState): Sample {
    const { value } = sample;
    const key = keyOf(sample);
    const counter = this.#counters.get(key);
    if (!counter) {
      this.#counters.set(key, { shown: value, by, own: value });
      return sample;
    }
    if (counter.by !== by) Object.assign(counter, { by, floor: counter.shown, own: value });
    // One that falls on its own was reset: its guard has believed it.
    const isReset = value < counter.own;
    counter.own = value;
    if (counter.floor !== undefined && (value >= counter.floor || isReset)) counter.floor = undefined;
    counter.shown = counter.floor ?? value;
    return counter.shown === value ? sample : { ...sample, value: counter.shown };
  }
}
