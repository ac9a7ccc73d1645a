import { SourceError } from '../../base/errors.ts';
import type { WeatherRecord } from './weather.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Models are renewed every hour at most. */
const EVERY = HOUR;
/** After a failure; twice as long after each further one, up to `EVERY`. */
const FIRST_PAUSE = 5 * MINUTE;
/** An older forecast says too little. */
const KEPT_FOR = 24 * HOUR;

/** The weather of one place, which all plants there share: who finds it due asks for all. */
export class WeatherOfPlace {
  #record: WeatherRecord | undefined;
  #keeper: object | undefined;
  #failure: SourceError | undefined;
  #failures = 0;
  #notBefore = 0;
  #asking: Promise<void> | undefined;

  /** What is known, at most a day old. @param now milliseconds since the epoch */
  record(now: number): WeatherRecord | undefined {
    const age = now - (this.#record?.fetchedAt ?? 0);
    return age < KEPT_FOR ? this.#record : undefined;
  }

  /** Why it could not be renewed; undefined while it can. */
  get failure(): SourceError | undefined {
    return this.#failure;
  }

  /** Whether this one brought what is known: of all who share it, one keeps it for the next run. */
  isKeptBy(keeper: object): boolean {
    return this.#keeper === keeper;
  }

  /** Takes what an earlier run knew, unless it is older than what is known. */
  restore(record: WeatherRecord, keeper: object): void {
    if (record.fetchedAt <= (this.#record?.fetchedAt ?? 0)) return;
    this.#record = record;
    this.#keeper = keeper;
  }

  /** Renews it when that is due. A failure is kept, and another call is made only after a pause. */
  async renew(now: () => number, fetch: () => Promise<WeatherRecord>, keeper: object): Promise<void> {
    if (!this.#asking && !this.#isDue(now())) return;
    this.#asking ??= this.#ask(now, fetch, keeper).finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  #isDue(now: number): boolean {
    const age = now - (this.#record?.fetchedAt ?? Number.NEGATIVE_INFINITY);
    // What seems to be of the future was fetched before the clock was set back.
    if (age >= 0 && age < EVERY) return false;
    return now >= this.#notBefore || this.#notBefore - now > 24 * HOUR;
  }

  async #ask(now: () => number, fetch: () => Promise<WeatherRecord>, keeper: object): Promise<void> {
    try {
      this.#record = await fetch();
      this.#keeper = keeper;
      this.#failure = undefined;
      this.#failures = 0;
      this.#notBefore = 0;
    } catch (error) {
      // A caller who was stopped says nothing of the service.
      if (!(error instanceof SourceError)) return;
      this.#failure = error;
      const pause = Math.min(FIRST_PAUSE * 2 ** this.#failures, EVERY);
      this.#failures += 1;
      this.#notBefore = now() + Math.max(pause, error.retryAfter ?? 0);
    }
  }
}
