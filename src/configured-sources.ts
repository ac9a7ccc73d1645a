import type { Config } from './config/config.ts';
import type { Source } from './model/source.ts';
import type { SourceChanges, SourceSet } from './poll/source-set.ts';

export interface ConfiguredSourcesOptions {
  /** The configuration that the sources of the set were made from. */
  readonly config: Config;
  readonly set: Pick<SourceSet, 'sources' | 'replace'>;
  /** Grows when a plant was added, removed or described anew. */
  readonly plantRevision: () => number;
  /** The sources that read devices. */
  readonly create: (config: Config) => readonly Source[];
  /** What is worked out from their readings, for the plants that are known now. */
  readonly derive: (config: Config) => readonly Source[];
}

/** Keeps the sources of a set as the configuration in use and the plants that are known require. */
export class ConfiguredSources {
  readonly #options: ConfiguredSourcesOptions;
  #config: Config;
  #plantRevision: number | undefined;
  /** The change under way, or the last one: they must not overlap. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor(options: ConfiguredSourcesOptions) {
    this.#options = options;
    this.#config = options.config;
  }

  /** Takes another configuration in use. */
  async reconfigure(config: Config): Promise<SourceChanges> {
    const sources = this.#options.create(config);
    const changes = await this.#afterChanges(() => {
      this.#config = config;
      return this.#options.set.replace([...sources, ...this.#derive()]);
    });
    // The plants of a source that was stopped are gone only now.
    await this.followPlants();
    return changes;
  }

  /** Call when plants may have changed. Resolves when what is derived of them has been created. */
  async followPlants(): Promise<void> {
    if (this.#isUpToDate) return;
    await this.#afterChanges(async () => {
      if (this.#isUpToDate) return;
      const { set } = this.#options;
      const others = set.sources.filter(({ isDerived }) => !isDerived);
      const derived = this.#derive();
      if (derived.length > 0 || others.length < set.sources.length)
        await set.replace([...others, ...derived]);
    });
  }

  get #isUpToDate(): boolean {
    return this.#options.plantRevision() === this.#plantRevision;
  }

  #derive(): readonly Source[] {
    this.#plantRevision = this.#options.plantRevision();
    return this.#options.derive(this.#config);
  }

  #afterChanges<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => {});
    return changed;
  }
}
