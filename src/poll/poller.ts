import type { Clock } from '../clock.ts';
import { SourceError, treatmentOf } from '../errors.ts';
import type { Log } from '../log.ts';
import type { PollState, Telemetry } from '../metrics/own.ts';
import type { Holding, Request, Source, Step, Turn } from '../sources/source.ts';
import type { SourceStatus } from '../status.ts';
import type { Store } from '../store/store.ts';
import { createPolicy, type Policy } from './policy.ts';

export interface PollerOptions {
  readonly source: Source;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** 0 to 1; spreads the polls of many agents. */
  readonly random?: () => number;
  /** Called after each poll, and after the work in the gap. */
  readonly onIdle?: () => void;
}

/** Up to 5 % longer, never shorter: Growatt refuses a call that comes a moment too early. */
const JITTER = 0.05;
/** A poll that took longer than its interval is still followed by a pause. */
const LEAST_PAUSE = 0.1;
const LEAST_WAIT_MS = 1000;

/** The one loop of one source: polls it again and again until the signal is aborted. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #policy: Policy;
  readonly #problems = new Map<string, string>();
  #lastSuccess: number | undefined;
  #failingSince: number | undefined;
  #failure: SourceError | undefined;
  #lastDefect: string | undefined;
  #polls = 0;
  #resuming = false;

  constructor(options: PollerOptions) {
    const { clock, source, telemetry } = options;
    this.#options = options;
    this.#policy = createPolicy({ clock, source, onRetry: () => telemetry.retry(source.name) });
    telemetry.expect(source.name);
  }

  /** True once the source has been tried, by this run of the agent or the one before it. */
  get tried(): boolean {
    return this.#polls > 0 || this.#resuming;
  }

  /** Resolves when the signal is aborted, without waiting for a device. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random = Math.random } = this.#options;
    await this.#resume(signal);
    while (!signal.aborted) {
      const started = clock.now();
      const ok = await this.poll(signal);
      const interval = this.#options.source.interval() * (1 + JITTER * random());
      if (ok) await this.#useGap(signal, started + interval);
      // Bounded on both sides, since the system's clock may have jumped meanwhile.
      const left = started + interval - clock.now();
      const pause = left > 0 ? Math.min(left, interval) : interval * LEAST_PAUSE;
      await clock.sleep(pause, signal).catch(() => {});
    }
  }

  /** One poll. @returns whether the source answered */
  async poll(signal: AbortSignal): Promise<boolean> {
    const { source, store, telemetry, clock, onIdle } = this.#options;
    const started = clock.now();
    let partial = false;
    const failure = await this.#consume(
      signal,
      (turn) => source.read(turn),
      (step) => {
        if ('ok' in step && !step.ok) partial = true;
      },
    );
    if (signal.aborted) return false;
    this.#polls++;
    telemetry.poll(
      source.name,
      failure ? 'failure' : partial ? 'partial' : 'success',
      Math.max(0, clock.now() - started) / 1000,
    );
    store.polled(source.name, !failure);
    if (failure) {
      this.#failed(failure);
    } else {
      this.#succeeded();
    }
    onIdle?.();
    return !failure;
  }

  /** One poll and the work of the gap after it. @returns whether the source answered the poll */
  async pollFully(signal: AbortSignal, deadline: number): Promise<boolean> {
    const ok = await this.poll(signal);
    if (ok) await this.#tend(signal, deadline);
    return ok;
  }

  /** Looks up what the source holds, under the same policies. @throws SourceError */
  survey(signal: AbortSignal): Promise<readonly Holding[]> {
    return this.#options.source.survey(this.turn(signal));
  }

  get source(): Source {
    return this.#options.source;
  }

  get state(): PollState {
    const { source } = this.#options;
    return {
      source: source.name,
      intervalSeconds: source.interval() / 1000,
      lastSuccess: this.#lastSuccess,
      circuit: this.#policy.circuit,
    };
  }

  get status(): SourceStatus {
    const { source, intervalSeconds, lastSuccess, circuit } = this.state;
    const problem = this.#failure?.message ?? [...this.#problems.values()][0];
    return {
      name: source,
      state: this.#polls === 0 ? 'starting' : this.#failure ? 'failing' : 'ok',
      circuit,
      intervalSeconds,
      ...(lastSuccess !== undefined && { lastSuccess }),
      ...(problem !== undefined && { problem }),
      ...this.#options.source.inventory?.(),
    };
  }

  /** Does what waits for the gap at once, and what becomes due by the clock when it does. */
  async #useGap(signal: AbortSignal, until: number): Promise<void> {
    const { clock, source } = this.#options;
    while (!signal.aborted) {
      await this.#tend(signal, until);
      if (this.#failure) return;
      const dueAt = source.dueAt?.() ?? Number.POSITIVE_INFINITY;
      if (dueAt >= until) return;
      await clock.sleep(Math.max(dueAt - clock.now(), LEAST_WAIT_MS), signal).catch(() => {});
    }
  }

  /**
   * Work in the gap between two polls; its failures show as the `up` of what could not be read. Only a refused
   * token concerns the source as a whole.
   */
  async #tend(signal: AbortSignal, deadline: number): Promise<void> {
    const { source, store, onIdle } = this.#options;
    if (!source.tend) return;
    const failure = await this.#consume(signal, (turn) => source.tend?.(turn, deadline));
    if (failure?.kind === 'unauthorized') {
      store.polled(source.name, false);
      this.#failed(failure);
    }
    onIdle?.();
  }

  /** After a restart the first poll waits until its call is no longer too early. */
  async #resume(signal: AbortSignal): Promise<void> {
    const { clock, source } = this.#options;
    const wait = Math.min((source.resumeAt ?? 0) - clock.now(), source.interval());
    if (wait <= 0) return;
    this.#resuming = true;
    await clock.sleep(wait, signal).catch(() => {});
  }

  /** Passes steps on to the store. @returns what ended them early, if anything did */
  async #consume(
    signal: AbortSignal,
    work: (turn: Turn) => AsyncIterable<Step> | undefined,
    each: (step: Step) => void = () => {},
  ): Promise<SourceError | undefined> {
    const { source, store } = this.#options;
    try {
      for await (const step of work(this.turn(signal)) ?? []) {
        each(step);
        store.apply(source.name, step);
      }
      return undefined;
    } catch (error) {
      if (signal.aborted) return undefined;
      return error instanceof SourceError ? error : this.#defect(error);
    }
  }

  /** A defect of ours must neither end the loop nor hide; it is written once, not with each poll. */
  #defect(error: unknown): SourceError {
    const { source, log } = this.#options;
    const message = `unexpected failure, please report it (${String(error)})`;
    if (message !== this.#lastDefect) {
      log.error(`${source.name}: ${message}`);
      log.debug('Where it happened', { stack: error instanceof Error ? error.stack : undefined });
    }
    this.#lastDefect = message;
    return new SourceError('refused', message, { cause: error });
  }

  /** What calls to the source are made with, under its policies. */
  turn(signal: AbortSignal): Turn {
    return {
      signal,
      request: this.#request(signal),
      exhausted: () => this.#policy.circuit === 'open',
      note: (topic, problem) => this.#note(topic, problem),
    };
  }

  #request(signal: AbortSignal): Request {
    const { telemetry, source } = this.#options;
    return (endpoint, call) =>
      this.#policy.run(
        endpoint,
        async (inner) => {
          try {
            const answer = await call(inner);
            telemetry.request(source.name, endpoint, 'success');
            return answer;
          } catch (error) {
            const outcome = error instanceof SourceError ? error.kind : inner.aborted ? 'timeout' : 'defect';
            if (!signal.aborted) telemetry.request(source.name, endpoint, outcome);
            throw error;
          }
        },
        signal,
      );
  }

  #note(topic: string, problem: string | undefined): void {
    const { log, source } = this.#options;
    const before = this.#problems.get(topic);
    if (before === problem) return;
    if (problem === undefined) {
      this.#problems.delete(topic);
      log.info(`${source.name}: ${topic} is well again`);
    } else {
      this.#problems.set(topic, problem);
      log.warn(`${source.name}: ${problem}`);
    }
  }

  #failed(failure: SourceError): void {
    const { log, source, clock } = this.#options;
    this.#failingSince ??= clock.now();
    // A time-out after a refused connection is the same outage; a refused token is another matter.
    const same = this.#failure && treatmentOf(this.#failure).retry && treatmentOf(failure).retry;
    const known = [this.#failure?.message, this.#lastDefect, ...this.#problems.values()];
    const told = known.includes(failure.message);
    if (!same && !told) log.warn(`${source.name}: ${failure.message}`);
    this.#failure = failure;
  }

  #succeeded(): void {
    const { log, source, clock } = this.#options;
    const now = clock.now();
    if (this.#failingSince !== undefined) {
      log.info(`${source.name}: answers again after ${Math.round((now - this.#failingSince) / 1000)} s`);
    } else if (this.#lastSuccess === undefined) {
      log.info(`${source.name}: first readings are in`, { ...source.inventory?.() });
    }
    this.#failingSince = this.#failure = undefined;
    this.#lastSuccess = now / 1000;
  }
}
