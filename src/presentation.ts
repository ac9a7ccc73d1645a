import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { nextTurn } from './base/turns.ts';
import { quantities, sourceOfStick, titleOf } from './kind-overviews.ts';
import type { PastPower } from './model/overview.ts';
import type { Source } from './model/source.ts';
import type { Status } from './model/status.ts';
import { DayKeeper } from './state/day-keeper.ts';
import type { Store } from './store/store.ts';
import type { Curve, Subject } from './view/curves.ts';
import { makeOverview, type Overview } from './view/overview.ts';
import { OverviewCache } from './view/overview-cache.ts';
import type { StatusView } from './view/status-api.ts';
import { statusViewOf } from './view/status-view.ts';

export interface PresentationOptions {
  readonly store: Pick<Store, 'samples' | 'revision' | 'expectedDay'>;
  readonly sources: () => readonly Pick<Source, 'entities'>[];
  readonly status: () => Status;
  /** Where curves are kept across restarts; undefined: nowhere. */
  readonly folder: string | undefined;
  readonly past: Iterable<PastPower>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What the page and `/api/v1/status` show, read from the store alone. */
export class Presentation {
  readonly #options: PresentationOptions;
  readonly #overview: OverviewCache;
  readonly #days: DayKeeper;

  constructor(options: PresentationOptions) {
    const { store, past, ...rest } = options;
    this.#options = options;
    this.#overview = new OverviewCache({ make: () => this.#makeOverview(), version: () => store.revision });
    this.#days = new DayKeeper({
      ...rest,
      overview: () => this.#overview.get(),
      expectedDay: (plant) => store.expectedDay(plant),
    });
    this.#days.prefill(past);
  }

  /** Call before the first poll. */
  restore(): Promise<void> {
    return this.#days.restore();
  }

  /** Call after each poll. */
  polled(): void {
    this.#days.polled();
  }

  async view(): Promise<StatusView> {
    const { status, clock } = this.#options;
    const overview = await this.#overview.get();
    const now = clock.now() / 1000;
    return statusViewOf({
      status: status(),
      overview,
      titleOf,
      curveOf: (of) => this.curveOf(of),
      worthOf: (plant) => this.#days.worthOf(plant),
      now,
    });
  }

  /** The power of a plant or a stick today and yesterday; undefined while nothing is known. */
  curveOf(subject: Subject): Curve | undefined {
    return this.#days.curveOf(subject);
  }

  /** Saves for the last time. */
  close(): Promise<void> {
    return this.#days.close();
  }

  async #makeOverview(): Promise<Overview> {
    const { store, status, clock } = this.#options;
    const readAt = new Map(status().sources.map(({ name, lastSuccess }) => [name, lastSuccess]));
    const now = clock.now() / 1000;
    const samples = store.samples();
    // To put these together may have taken a turn.
    await nextTurn();
    return makeOverview({
      samples,
      quantities,
      now,
      stickReadAt: (stick) => readAt.get(sourceOfStick(stick) ?? ''),
    });
  }
}
