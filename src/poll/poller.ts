import { formatTime } from '../base/duration.ts';
import type { PollContext } from '../model/poll-context.ts';
import type { DiscoveryEntry, OnProgress, Source } from '../model/source.ts';
import type { SourceStatus } from '../model/status.ts';
import { SourcePolls, type SourcePollsOptions } from './source-polls.ts';

export interface PollerOptions extends SourcePollsOptions {
  /** 0 to 1; spreads the polls of many agents. */
  readonly random?: () => number;
}

/** Up to 5 % longer, never shorter: Growatt refuses a call that comes a moment too early. */
const JITTER = 0.05;
/** A poll that took longer than its interval is still followed by a pause. */
const LEAST_PAUSE = 0.1;
const LEAST_WAIT_MS = 1000;

/** The loop of one source: polls it at its interval, with background work in between, until it is stopped. */
export class Poller {
  readonly source: Source;
  readonly #options: PollerOptions;
  readonly #polls: SourcePolls;
  #waiting = false;
  /** Milliseconds since the epoch; undefined while a poll runs. */
  #nextPollAt: number | undefined;

  constructor(options: PollerOptions) {
    this.source = options.source;
    this.#options = options;
    this.#polls = new SourcePolls(options);
  }

  /** True once the source has been tried, by this run of the agent or an earlier one whose readings were restored. */
  get tried(): boolean {
    return this.#polls.count > 0 || this.#waiting || this.#options.store.wasRestored(this.source.name);
  }

  /** Resolves when the signal is aborted, without waiting for a device. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random = Math.random } = this.#options;
    await this.#waitForResume(signal);
    /** Background work that is under way; when it hangs, polls go on. */
    let work: Promise<void> | undefined;
    while (!signal.aborted) {
      this.#nextPollAt = undefined;
      const jitter = 1 + JITTER * random();
      const started = clock.now();
      const ok = await this.poll(signal);
      let next = started + this.source.interval() * jitter;
      this.#nextPollAt = next;
      if (ok)
        work ??= this.#workUntil(signal, next).finally(() => {
          work = undefined;
        });
      if (work && (await this.#isDueBefore(work, next, signal))) continue;
      // After a refused token the next poll comes a whole interval later, whenever it was refused.
      if (this.#polls.health.failure?.kind === 'unauthorized')
        next = clock.now() + this.source.interval() * jitter;
      this.#nextPollAt = next;
      await this.#sleepUntil(next, this.source.interval() * jitter, signal);
    }
    await work;
  }

  /** One poll. @returns whether the source answered */
  poll(signal: AbortSignal): Promise<boolean> {
    return this.#polls.poll(signal);
  }

  /** One poll and the background work after it. @returns whether the source answered the poll */
  async pollFully(signal: AbortSignal, deadline: number): Promise<boolean> {
    const ok = await this.poll(signal);
    if (ok) await this.#polls.runBackground(signal, deadline);
    return ok;
  }

  /** Lists what the source has access to; nothing for one that has no devices of its own. @throws SourceError */
  async discover(signal: AbortSignal, onProgress?: OnProgress): Promise<readonly DiscoveryEntry[]> {
    return (await this.source.discover?.(this.context(signal), onProgress)) ?? [];
  }

  /** What the source is given for a discovery or a backfill. */
  context(signal: AbortSignal): PollContext {
    return this.#polls.context(signal);
  }

  /** State of the source and of its polls. */
  get status(): SourceStatus {
    const { lastSuccess, problem, advice, failures } = this.#polls.health;
    return {
      name: this.source.name,
      state: this.#state,
      circuit: this.source.circuit,
      intervalSeconds: this.source.interval() / 1000,
      ...(lastSuccess !== undefined && { lastSuccess: lastSuccess / 1000 }),
      ...(this.#nextPollAt !== undefined && { nextPoll: this.#nextPollAt / 1000 }),
      ...(problem !== undefined && { problem }),
      ...(advice !== undefined && { advice }),
      ...(failures > 0 && { failures }),
      ...this.source.size?.(),
    };
  }

  get #state(): SourceStatus['state'] {
    if (this.#polls.count === 0) return this.#waiting ? 'waiting' : 'starting';
    if (this.#polls.health.failure) return 'failing';
    return this.source.size?.().plants === 0 ? 'empty' : 'ok';
  }

  /** Does the background work that is due, and what becomes due by the clock when it does. */
  async #workUntil(signal: AbortSignal, until: number): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await this.#polls.runBackground(signal, until);
      if (this.#polls.health.failure) return;
      const dueAt = this.source.nextBackgroundAt?.() ?? Number.POSITIVE_INFINITY;
      if (dueAt >= until) return;
      await clock.sleep(Math.max(dueAt - clock.now(), LEAST_WAIT_MS), signal).catch(() => {});
    }
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

  /** Waits for the work, at most until the next poll. @returns whether that is due while the work goes on */
  async #isDueBefore(work: Promise<void>, next: number, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options;
    const left = Math.min(next - clock.now(), this.source.interval() * (1 + JITTER));
    if (left <= 0) return false;
    const done = new AbortController();
    const due = clock.sleep(left, AbortSignal.any([signal, done.signal])).then(
      () => true,
      () => false,
    );
    const isDue = await Promise.race([work.then(() => false), due]);
    done.abort();
    return isDue;
  }

  /** Bounded on both sides, since the system's clock may have jumped meanwhile. */
  async #sleepUntil(at: number, interval: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const left = at - clock.now();
    const pause = left > 0 ? Math.min(left, interval) : interval * LEAST_PAUSE;
    await clock.sleep(pause, signal).catch(() => {});
  }
}
