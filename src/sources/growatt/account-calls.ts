import type { Clock } from '../../base/clock.ts';
import { formatTime, formatTimeOfDay } from '../../base/duration.ts';
import { SourceError, treatmentOf } from '../../base/errors.ts';
import { limits } from '../../model/limits.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { Circuit } from '../../model/source.ts';
import { type Call, describeCall, endpointName, type Params } from './call.ts';
import { CallHistory } from './call-history.ts';
import type { GrowattClient } from './client.ts';
import { PAGE_SIZE, type Page } from './listings.ts';

/** What came of a call that concerns only a part of the account. */
export type Outcome<T> =
  | { readonly value: T; readonly error?: never }
  | { readonly value?: never; readonly error: SourceError };

export interface AccountCallsOptions {
  readonly client: Pick<GrowattClient, 'call' | 'circuit'>;
  /** For what can wait; a client whose calls and circuit are its own, so that live calls do not suffer from them. */
  readonly backgroundClient: Pick<GrowattClient, 'call' | 'circuit'>;
  readonly clock: Clock;
  /** Milliseconds for which a call is not made again after it failed. */
  readonly failurePause: number;
  readonly discoveryInterval: number;
  /** The poll interval in force, in milliseconds. */
  readonly pollInterval: () => number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The poll interval is multiplied by `step` with each rate limit and divided by `recovery` with each poll without one. */
const SLOWDOWN = { step: 1.5, recovery: 1.25, most: 6 };
const MOST_PAGES = limits.list_rows.most / PAGE_SIZE;
/** A call refused for another reason than its frequency is made again after this, or with the next discovery. */
const LONGEST_REFUSAL_PAUSE = HOUR;

/** Makes the calls of one account, records them in its call history, and slows down when the cloud limits it. */
export class AccountCalls {
  readonly callHistory = new CallHistory();
  readonly #options: AccountCallsOptions;
  readonly #refusalPause: number;
  /** Endpoints that were rate limited since the poll began. */
  #limited = new Set<string>();
  /** Whether a call of this poll was not made because its pause is not over. */
  #omitted = false;
  /** What was said last of the rate limit of an endpoint, by its path. */
  readonly #limitMessages = new Map<string, string>();
  #slowdown = 1;
  #polls = false;

  constructor(options: AccountCallsOptions) {
    this.#options = options;
    const { failurePause, discoveryInterval } = options;
    this.#refusalPause = Math.max(failurePause, Math.min(LONGEST_REFUSAL_PAUSE, discoveryInterval));
  }

  get circuit(): Circuit {
    return this.#options.client.circuit;
  }

  /** Factor for the poll interval: 1, or more after rate limits. */
  get slowdown(): number {
    return this.#slowdown;
  }

  /** As an earlier run had it. */
  restoreSlowdown(factor: number): void {
    this.#slowdown = Math.min(SLOWDOWN.most, factor);
  }

  /** A new poll begins. One without a rate limit shortens the interval by a step. */
  beginPoll(): void {
    this.#polls = true;
    if (this.#limited.size === 0 && !this.#omitted)
      this.#slowdown = Math.max(1, this.#slowdown / SLOWDOWN.recovery);
    this.retryLimited();
    this.#omitted = false;
  }

  /** Endpoints that were rate limited may be called again, each call after its own pause. */
  retryLimited(): void {
    this.#limited = new Set();
  }

  /** Whether the endpoint of a call was rate limited since the poll began. */
  isLimited({ endpoint }: Call): boolean {
    return this.#limited.has(endpoint.path);
  }

  /** How overdue a call is, in intervals; at least 1 when due, 0 while it has to wait. */
  overdue(call: Call, interval: number): number {
    if (this.isLimited(call)) return 0;
    return this.callHistory.overdue(call.key, interval, this.#now);
  }

  /** Milliseconds until the pause that the cloud asked for is over; 0 when the call may be made. */
  pauseLeft(call: Call): number {
    return this.callHistory.pauseLeft(call.key, this.#now);
  }

  /** Milliseconds until an equal call is `interval` after the last one; 0 when it may be made. */
  wait(call: Call, interval: number): number {
    const wait = (this.madeAt(call) ?? Number.NEGATIVE_INFINITY) + interval - this.#now;
    // More than the interval: the system's clock was set back.
    return wait > 0 && wait <= interval ? wait : 0;
  }

  /** When a call last succeeded, milliseconds since the epoch. */
  doneAt(call: Call): number | undefined {
    return this.callHistory.doneAt(call.key);
  }

  /** When a call last succeeded, or was interrupted, milliseconds since the epoch. */
  madeAt(call: Call): number | undefined {
    return this.callHistory.madeAt(call.key);
  }

  /**
   * Makes one call, unless its pause is not over.
   * @throws SourceError when the circuit is open, so that the rest of the poll would fail as well
   */
  async attempt(context: PollContext, call: Call): Promise<Outcome<Record<string, unknown>>> {
    const outcome = await this.#attempt(context, call);
    if (outcome.value) this.callHistory.done(call.key, this.#now);
    return outcome;
  }

  /** All pages of a list, up to 5 000 rows. @throws SourceError like `attempt` */
  async list<T>(
    context: PollContext,
    call: Call,
    parse: (envelope: unknown) => Page<T>,
  ): Promise<Outcome<Page<T>>> {
    const rows: T[] = [];
    let count = 0;
    let complete = false;
    let isCut = false;
    let longText: string | undefined;
    for (let page = 1; page <= MOST_PAGES && !complete && !isCut; page++) {
      const outcome = await this.#attempt(context, { ...call, check: parse }, { page, perpage: PAGE_SIZE });
      if (outcome.error) return outcome;
      const { count: total, rows: some, tooLong } = parse(outcome.value);
      const room = limits.list_rows.most - rows.length;
      count = Math.max(total, rows.length + some.length);
      isCut = some.length > room;
      longText ??= tooLong;
      rows.push(...some.slice(0, room));
      complete = !isCut && (some.length === 0 || rows.length >= total);
    }
    this.callHistory.done(call.key, this.#now);
    const what = describeCall(call);
    const { most } = limits.label_length;
    const cutText = longText && `${what}: ${longText} is cut off after ${most} characters`;
    context.report(`the texts of ${what}`, cutText);
    if (cutText) context.limitReached('label_length');
    const problem = `${what} has ${count} rows: reading only the first ${rows.length}`;
    context.report(`the length of ${what}`, complete ? undefined : problem);
    if (complete) return { value: { count, rows } };
    context.limitReached('list_rows');
    return { value: { count: rows.length, rows } };
  }

  get #now(): number {
    return this.#options.clock.now();
  }

  async #attempt(
    context: PollContext,
    call: Call,
    paging: Params = {},
  ): Promise<Outcome<Record<string, unknown>>> {
    const client = this.#options[context.background ? 'backgroundClient' : 'client'];
    const { endpoint, key, check } = call;
    const params = { ...call.params, ...paging };
    const { path } = endpoint;
    if (this.isLimited(call) || this.callHistory.isRateLimited(key, this.#now)) {
      this.#omitted = true;
      return { error: this.#limitError(call) };
    }
    let isSent = false;
    const onSent = () => {
      isSent = true;
    };
    try {
      const value = await client.call(endpoint, params, context.signal, { check, onSent });
      this.#limitMessages.delete(path);
      context.report(describeCall(call), undefined);
      return { value };
    } catch (error) {
      if (isSent && context.signal.aborted) this.callHistory.interrupted(key, this.#now);
      if (!(error instanceof SourceError)) throw error;
      if (error.kind === 'rate-limited') {
        this.#limit(call, error.retryAfter);
        const limited = this.#limitError(call);
        context.report(describeCall(call), limited.message, 'rate limited');
        return { error: limited };
      }
      const pause = treatmentOf(error).retry ? this.#options.failurePause : this.#refusalPause;
      this.callHistory.failed(key, this.#now, pause);
      if (treatmentOf(error).breaks && client.circuit === 'open') throw error;
      return { error };
    }
  }

  #limit({ endpoint: { path }, key }: Call, retryAfter: number | undefined): void {
    this.#limited.add(path);
    this.#limitMessages.delete(path);
    this.callHistory.limited(key, this.#now, retryAfter);
    this.#slowdown = Math.min(SLOWDOWN.most, this.#slowdown * SLOWDOWN.step);
  }

  /** The same words for the rate limit and for calls omitted because of it, so that they are logged as one event. */
  #limitError(call: Call): SourceError {
    const { path } = call.endpoint;
    const until = formatTimeOfDay(this.#now + this.pauseLeft(call));
    const polling = this.#polls
      ? `, polling every ${formatInterval(this.#options.pollInterval())} until it recovers`
      : '';
    const message =
      this.#limitMessages.get(path) ??
      `rate limited on ${endpointName(call.endpoint)}: pausing it until ${until}${polling}`;
    this.#limitMessages.set(path, message);
    return new SourceError('rate-limited', message);
  }
}

/** Minutes with a decimal, where that is the natural unit: 7.5 min. */
const formatInterval = (ms: number) =>
  ms >= MINUTE && ms < HOUR ? `${Math.round(ms / 6000) / 10} min` : formatTime(ms);
