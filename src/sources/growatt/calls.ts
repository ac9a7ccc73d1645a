import type { Clock } from '../../base/clock.ts';
import { SourceError, treatmentOf } from '../../base/errors.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { Circuit } from '../../model/source.ts';
import { CallHistory } from './call-history.ts';
import { endpointName, type GrowattClient, type Params } from './client.ts';
import type { Endpoint } from './families/family.ts';
import { PAGE_SIZE, type Page } from './listings.ts';

/** One call as the ledger knows it. */
export interface Call {
  readonly endpoint: Endpoint;
  readonly params: Params;
  /** Throws for an answer that makes no sense, so that it is asked for again. */
  readonly check?: (envelope: unknown) => unknown;
}

/** What came of a call that concerns only a part of the account. */
export type Outcome<T> =
  | { readonly value: T; readonly error?: never }
  | { readonly value?: never; readonly error: SourceError };

/** How far and how fast the poll interval gives way to a cloud that says "too frequently". */
const SLOWDOWN = { step: 1.5, recovery: 1.25, most: 6 };
const MOST_PAGES = 50;
/** Background calls that were refused, and not for coming too soon, are made this rarely, or with each discovery. */
const LONGEST_REFUSAL_PAUSE = 60 * 60_000;

/** Makes the calls of one account, keeps the ledger of them, and gives way when the cloud asks for it. */
export class Calls {
  readonly ledger = new CallHistory();
  readonly #client: GrowattClient;
  readonly #clock: Clock;
  /** Milliseconds for which a call that failed is left alone. */
  readonly #pause: number;
  readonly #refusalPause: number;
  /** Endpoints that said "too frequently" since the poll began. */
  #limited = new Set<string>();
  /** Whether a call of this poll was not made because the cloud's pause for it is not over. */
  #held = false;
  #slowdown = 1;

  constructor(options: { client: GrowattClient; clock: Clock; pause: number; discoveryInterval: number }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#pause = options.pause;
    this.#refusalPause = Math.max(options.pause, Math.min(LONGEST_REFUSAL_PAUSE, options.discoveryInterval));
  }

  get circuit(): Circuit {
    return this.#client.circuit;
  }

  /** What the poll interval is to be multiplied with. */
  get slowdown(): number {
    return this.#slowdown;
  }

  /** A new poll begins: a poll that met no limit brings the interval back a step. */
  begin(): void {
    if (this.#limited.size === 0 && !this.#held)
      this.#slowdown = Math.max(1, this.#slowdown / SLOWDOWN.recovery);
    this.#limited = new Set();
    this.#held = false;
  }

  /** How overdue a call is, in intervals; at least 1 when due, 0 while it has to wait. */
  overdue(call: Call, interval: number): number {
    if (this.#limited.has(call.endpoint.path)) return 0;
    return this.ledger.overdue(keyOf(call), interval, this.#clock.now());
  }

  /** Milliseconds until the cloud wants to hear this call again; 0 when it may be made. */
  pauseLeft(call: Call): number {
    return this.ledger.pauseLeft(keyOf(call), this.#clock.now());
  }

  /** Milliseconds until an equal call is `interval` after the last one; 0 when it may be made. */
  wait(call: Call, interval: number): number {
    const wait = (this.doneAt(call) ?? Number.NEGATIVE_INFINITY) + interval - this.#clock.now();
    // More than the interval: the system's clock was set back.
    return wait > 0 && wait <= interval ? wait : 0;
  }

  /** When a call last succeeded, milliseconds since the epoch. */
  doneAt(call: Call): number | undefined {
    return this.ledger.doneAt(keyOf(call));
  }

  /**
   * Makes one call, under the policies of the poller.
   * @throws SourceError when the circuit is open, so that the rest of the poll would fail as well
   */
  async attempt(context: PollContext, call: Call): Promise<Outcome<Record<string, unknown>>> {
    const outcome = await this.#make(context, call);
    if (outcome.value) this.#done(call);
    return outcome;
  }

  async #make(context: PollContext, call: Call): Promise<Outcome<Record<string, unknown>>> {
    const { endpoint, params, check } = call;
    const key = keyOf(call);
    const name = endpointName(endpoint);
    // One sentence for the refusal and for the wait that follows it: it is one event.
    const limited = new SourceError(
      'rate-limited',
      `${name} was called too frequently for the cloud: it rests, and polls come more rarely for a while`,
    );
    if (this.#limited.has(endpoint.path) || this.ledger.limits(key, this.#clock.now())) {
      this.#held = true;
      return { error: limited };
    }
    try {
      const value = await this.#client.call(endpoint, params, context.signal, check);
      context.report(`${name} ${subjectOf(params)}`, undefined);
      return { value };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      if (error.kind === 'rate-limited') {
        this.#limit(endpoint.path, key, error.retryAfter);
        context.report(`${name} ${subjectOf(params)}`, limited.message);
        return { error: limited };
      }
      const pause = treatmentOf(error).retry ? this.#pause : this.#refusalPause;
      this.ledger.failed(key, this.#clock.now(), pause);
      if (treatmentOf(error).breaks && this.#client.circuit === 'open') throw error;
      return { error };
    }
  }

  /** All pages of a list; `call.params` are those besides the paging. */
  async list<T>(
    context: PollContext,
    call: Call,
    parse: (envelope: unknown) => Page<T>,
  ): Promise<Outcome<Page<T>>> {
    const rows: T[] = [];
    for (let page = 1; page <= MOST_PAGES; page++) {
      const params = { ...call.params, page, perpage: PAGE_SIZE };
      const outcome = await this.#make(context, { ...call, params, check: parse });
      if (outcome.error) return outcome;
      const { count, rows: some } = parse(outcome.value);
      rows.push(...some);
      if (some.length > 0 && rows.length < count) continue;
      this.#done(call);
      return { value: { count, rows } };
    }
    this.#done(call);
    return { value: { count: rows.length, rows } };
  }

  #done(call: Call): void {
    this.ledger.done(keyOf(call), this.#clock.now());
  }

  #limit(path: string, key: string, retryAfter: number | undefined): void {
    this.#limited.add(path);
    this.ledger.limited(key, this.#clock.now(), retryAfter);
    this.#slowdown = Math.min(SLOWDOWN.most, this.#slowdown * SLOWDOWN.step);
  }
}

/** The name of a call in the ledger; the pages of a list are one call. */
function keyOf({ endpoint, params }: Call): string {
  const values = Object.entries(params).filter(([key]) => key !== 'page' && key !== 'perpage');
  return [endpoint.path, ...values.map(([key, value]) => `${key}=${value}`)].join(' ');
}

/** The plant or device a call is about, short enough for a line of log. */
function subjectOf(params: Params): string {
  const [first = ''] = Object.values(params);
  const [subject = '', ...more] = String(first).split(',');
  return more.length > 0 ? `${subject} and ${more.length} more` : subject;
}
