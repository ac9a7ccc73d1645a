import type { Overview } from './overview.ts';

export interface OverviewCacheOptions {
  readonly make: () => Promise<Overview>;
  /** Version of the store. */
  readonly version: () => number;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now?: () => number;
}

/** Values expire without a new version of the store, ms. */
const LONGEST_MS = 10_000;
/** However often the store changes, it is made anew so rarely that this takes a twentieth of the time. */
const PAUSE = 20;

/** The overview, made at most once for each version of the store, and shared by all who ask at the same time. */
export class OverviewCache {
  readonly #options: Required<OverviewCacheOptions>;
  #newest:
    | { readonly version: number; readonly at: number; readonly cost: number; readonly made: Overview }
    | undefined;
  #underWay: Promise<Overview> | undefined;

  constructor({ now = () => performance.now(), ...options }: OverviewCacheOptions) {
    this.#options = { ...options, now };
  }

  async get(): Promise<Overview> {
    const { version, now } = this.#options;
    const newest = this.#newest;
    if (newest) {
      const age = now() - newest.at;
      const isSame = newest.version === version();
      if (age < (isSame ? LONGEST_MS : newest.cost * PAUSE)) return newest.made;
    }
    this.#underWay ??= this.#make().finally(() => {
      this.#underWay = undefined;
    });
    return await this.#underWay;
  }

  async #make(): Promise<Overview> {
    const { version, now, make } = this.#options;
    const begun = { version: version(), at: now() };
    const made = await make();
    this.#newest = { ...begun, cost: now() - begun.at, made };
    return made;
  }
}
