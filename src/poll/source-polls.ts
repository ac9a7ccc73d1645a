import type { Clock } from '../base/clock.ts';
import { SourceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { PollObserver } from '../model/observer.ts';
import type { PollContext } from '../model/poll-context.ts';
import type { SourceEvent } from '../model/reading.ts';
import type { Source } from '../model/source.ts';
import type { Store } from '../store/store.ts';
import { SourceHealth } from './source-health.ts';

export interface SourcePollsOptions {
  readonly source: Source;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly observer: PollObserver;
  /** Called after each poll, and after background work. */
  readonly onIdle?: () => void;
}

/** Single polls of one source: events go to the store, what is rejected and what fails to health and counters. */
export class SourcePolls {
  readonly health: SourceHealth;
  readonly #options: SourcePollsOptions;
  #count = 0;

  constructor(options: SourcePollsOptions) {
    const { source, log, clock } = options;
    this.#options = options;
    this.health = new SourceHealth(source.name, log, clock);
  }

  /** How many polls have ended, failed ones included. */
  get count(): number {
    return this.#count;
  }

  /** @returns whether the source answered */
  async poll(signal: AbortSignal): Promise<boolean> {
    const { source, store, observer, clock, onIdle } = this.#options;
    const started = clock.now();
    let partial = false;
    const failure = await this.#consume(
      this.context(signal),
      (context) => source.poll(context),
      (event) => {
        if (event.type === 'attempt' && !event.ok) partial = true;
      },
    );
    if (signal.aborted) return false;
    this.#count++;
    const seconds = Math.max(0, clock.now() - started) / 1000;
    observer.polled(source.name, failure ? 'failure' : partial ? 'partial' : 'success', seconds);
    store.polled(source.name, !failure);
    if (failure) this.health.failed(failure, source.interval());
    else this.health.succeeded(source.isDerived ? undefined : { ...source.size?.() });
    onIdle?.();
    return !failure;
  }

  /**
   * Background work between two polls; its failures show as the `up` of what could not be read. Only a refused
   * token concerns the source as a whole.
   * @param deadline milliseconds since the epoch
   */
  async runBackground(signal: AbortSignal, deadline: number): Promise<void> {
    const { source, store, onIdle } = this.#options;
    if (!source.runBackground) return;
    const work = (context: PollContext) => source.runBackground?.(context, deadline) ?? [];
    const failure = await this.#consume({ ...this.context(signal), background: true }, work);
    if (failure?.kind === 'unauthorized') {
      store.polled(source.name, false);
      this.health.failed(failure, source.interval());
    }
    onIdle?.();
  }

  /** What the source is given for a poll, a discovery or a backfill. */
  context(signal: AbortSignal): PollContext {
    const { source, log, observer } = this.#options;
    return {
      signal,
      report: (...condition) => this.health.report(...condition),
      warn: (message) => log.warn(`${source.name}: ${message}`),
      limitReached: (limit) => observer.limitReached(limit),
    };
  }

  /** Passes events on to the store. @returns what ended them early, if anything did */
  async #consume(
    context: PollContext,
    work: (context: PollContext) => AsyncIterable<SourceEvent> | readonly SourceEvent[],
    each: (event: SourceEvent) => void = () => {},
  ): Promise<SourceError | undefined> {
    const { store, observer, source } = this.#options;
    try {
      for await (const event of work(context)) {
        each(event);
        const rejections = store.apply(source.name, event);
        for (const { reason } of rejections) observer.rejected(source.name, reason);
        if (event.type === 'reading') this.health.judged(event.reading.entity, rejections);
      }
      return undefined;
    } catch (error) {
      if (context.signal.aborted) return undefined;
      return error instanceof SourceError ? error : this.health.defect(error);
    }
  }
}
