import type { Clock } from '../base/clock.ts';
import { formatTime } from '../base/duration.ts';
import { SourceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { PollObserver } from '../model/observer.ts';
import type { PollContext } from '../model/poll-context.ts';
import type { SourceEvent } from '../model/reading.ts';
import type { DiscoveryEntry, OnProgress, Source } from '../model/source.ts';
import type { SourceStatus } from '../model/status.ts';
import type { Store } from '../store/store.ts';
import { SourceHealth } from './source-health.ts';

export interface PollerOptions {
  readonly source: Source;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly observer: PollObserver;
  /** 0 to 1; spreads the polls of many agents. */
  readonly random?: () => number;
  /** Called after each poll, and after background work. */
  readonly onIdle?: () => void;
}

/** Up to 5 % longer, never shorter: Growatt refuses a call that comes a moment too early. */
const JITTER = 0.05;
/** A poll that took longer than its interval is still followed by a pause. */
const LEAST_PAUSE = 0.1;
const LEAST_WAIT_MS = 1000;

/** The one loop of one source: polls it again and again until the signal is aborted. */
export class Poller {
  readonly source: Source;
  readonly #options: PollerOptions;
  readonly #health: SourceHealth;
  #polls = 0;
  #waiting = false;
  /** Milliseconds since the epoch; undefined while a poll runs. */
  #nextPollAt: number | undefined;

  constructor(options: PollerOptions) {
    const { source, log, clock } = options;
    this.source = source;
    this.#options = options;
    this.#health = new SourceHealth(source.name, log, clock);
  }

  /** True once the source has been tried, by this run of the agent or an earlier one whose readings were restored. */
  get tried(): boolean {
    return this.#polls > 0 || this.#waiting || this.#options.store.wasRestored(this.source.name);
  }

  /** Resolves when the signal is aborted, without waiting for a device. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random = Math.random } = this.#options;
    await this.#waitForResume(signal);
    while (!signal.aborted) {
      this.#nextPollAt = undefined;
      const jitter = 1 + JITTER * random();
      const started = clock.now();
      const ok = await this.poll(signal);
      let next = started + this.source.interval() * jitter;
      this.#nextPollAt = next;
      if (ok) await this.#workUntil(signal, next);
      // After a refused token the next poll comes a whole interval later, whenever it was refused.
      if (this.#health.failure?.kind === 'unauthorized') next = clock.now() + this.source.interval() * jitter;
      this.#nextPollAt = next;
      await this.#sleepUntil(next, this.source.interval() * jitter, signal);
    }
  }

  /** One poll. @returns whether the source answered */
  async poll(signal: AbortSignal): Promise<boolean> {
    const { store, observer, clock, onIdle } = this.#options;
    const { source } = this;
    const started = clock.now();
    let partial = false;
    const failure = await this.#consume(
      signal,
      (context) => source.poll(context),
      (event) => {
        if (event.type === 'attempt' && !event.ok) partial = true;
      },
    );
    if (signal.aborted) return false;
    this.#polls++;
    const seconds = Math.max(0, clock.now() - started) / 1000;
    observer.polled(source.name, failure ? 'failure' : partial ? 'partial' : 'success', seconds);
    store.polled(source.name, !failure);
    if (failure) this.#health.failed(failure, source.interval());
    else this.#health.succeeded({ ...source.size?.() });
    onIdle?.();
    return !failure;
  }

  /** One poll and the background work after it. @returns whether the source answered the poll */
  async pollFully(signal: AbortSignal, deadline: number): Promise<boolean> {
    const ok = await this.poll(signal);
    if (ok) await this.#runBackground(signal, deadline);
    return ok;
  }

  /** Lists what the source has access to. @throws SourceError */
  discover(signal: AbortSignal, onProgress?: OnProgress): Promise<readonly DiscoveryEntry[]> {
    return this.source.discover(this.context(signal), onProgress);
  }

  /** What the source is given for a poll, a discovery or a backfill. */
  context(signal: AbortSignal): PollContext {
    const { log, observer } = this.#options;
    return {
      signal,
      report: (...condition) => this.#health.report(...condition),
      warn: (message) => log.warn(`${this.source.name}: ${message}`),
      limitReached: (limit) => observer.limitReached(limit),
    };
  }

  get status(): SourceStatus {
    const { lastSuccess, problem } = this.#health;
    return {
      name: this.source.name,
      state: this.#state,
      circuit: this.source.circuit,
      intervalSeconds: this.source.interval() / 1000,
      ...(lastSuccess !== undefined && { lastSuccess: lastSuccess / 1000 }),
      ...(this.#nextPollAt !== undefined && { nextPoll: this.#nextPollAt / 1000 }),
      ...(problem !== undefined && { problem }),
      ...this.source.size?.(),
    };
  }

  get #state(): SourceStatus['state'] {
    if (this.#polls === 0) return this.#waiting ? 'waiting' : 'starting';
    if (this.#health.failure) return 'failing';
    return this.source.size?.().plants === 0 ? 'empty' : 'ok';
  }

  /** Does the background work that is due, and what becomes due by the clock when it does. */
  async #workUntil(signal: AbortSignal, until: number): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await this.#runBackground(signal, until);
      if (this.#health.failure) return;
      const dueAt = this.source.nextBackgroundAt?.() ?? Number.POSITIVE_INFINITY;
      if (dueAt >= until) return;
      await clock.sleep(Math.max(dueAt - clock.now(), LEAST_WAIT_MS), signal).catch(() => {});
    }
  }

  /**
   * Background work between two polls; its failures show as the `up` of what could not be read. Only a refused
   * token concerns the source as a whole.
   */
  async #runBackground(signal: AbortSignal, deadline: number): Promise<void> {
    const { store, onIdle } = this.#options;
    const { source } = this;
    if (!source.runBackground) return;
    const work = (context: PollContext) => source.runBackground?.(context, deadline) ?? [];
    const failure = await this.#consume(signal, work);
    if (failure?.kind === 'unauthorized') {
      store.polled(source.name, false);
      this.#health.failed(failure, source.interval());
    }
    onIdle?.();
  }

  /** After a restart the first poll waits until its call is no longer too early. */
  async #waitForResume(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options;
    const { name, resume } = this.source;
    const wait = Math.min((resume?.at ?? 0) - clock.now(), this.source.interval());
    if (!resume || wait <= 0) return;
    this.#waiting = true;
    this.#nextPollAt = clock.now() + wait;
    log.info(`${name}: first poll in ${formatTime(wait)}: ${resume.reason}`);
    await clock.sleep(wait, signal).catch(() => {});
  }

  /** Passes events on to the store. @returns what ended them early, if anything did */
  async #consume(
    signal: AbortSignal,
    work: (context: PollContext) => AsyncIterable<SourceEvent> | readonly SourceEvent[],
    each: (event: SourceEvent) => void = () => {},
  ): Promise<SourceError | undefined> {
    const { store, observer } = this.#options;
    const { name } = this.source;
    try {
      for await (const event of work(this.context(signal))) {
        each(event);
        const rejections = store.apply(name, event);
        for (const { reason } of rejections) observer.rejected(name, reason);
        if (event.type === 'reading') this.#health.judged(event.reading.entity, rejections);
      }
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      return error instanceof SourceError ? error : this.#health.defect(error);
    }
  }

  /** Bounded on both sides, since the system's clock may have jumped meanwhile. */
  async #sleepUntil(at: number, interval: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const left = at - clock.now();
    const pause = left > 0 ? Math.min(left, interval) : interval * LEAST_PAUSE;
    await clock.sleep(pause, signal).catch(() => {});
  }
}
