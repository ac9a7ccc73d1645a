import type { Clock } from '../base/clock.ts';
import { formatTime } from '../base/duration.ts';
import { type ErrorKind, SourceError, stackOf, treatmentOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Rejection } from '../model/reading.ts';

/** What to do about failures whose messages do not say it themselves. */
const ADVICE: Readonly<Partial<Record<ErrorKind, string>>> = {
  unreachable: 'check the network and the address',
  timeout: 'check the network',
  server: 'usually temporary',
  malformed: 'usually temporary, else check the address',
};

/** How one source is doing: its failure, its conditions, and the log lines about changes of both. */
export class SourceHealth {
  readonly #name: string;
  readonly #log: Log;
  readonly #clock: Clock;
  /** Problems by subject, as the source reports them. */
  readonly #conditions = new Map<string, { readonly problem: string; readonly essence: string }>();
  /** Metrics whose last value was out of range, by entity. */
  readonly #outOfRange = new Map<string, ReadonlySet<string>>();
  #failure: SourceError | undefined;
  #failingSince: number | undefined;
  #failures = 0;
  #lastSuccess: number | undefined;
  #lastDefect: string | undefined;

  constructor(name: string, log: Log, clock: Clock) {
    this.#name = name;
    this.#log = log;
    this.#clock = clock;
  }

  /** The failure of the source as a whole; undefined while it answers. */
  get failure(): SourceError | undefined {
    return this.#failure;
  }

  /** Milliseconds since the epoch; undefined before the first success. */
  get lastSuccess(): number | undefined {
    return this.#lastSuccess;
  }

  /** One sentence for people: why the source fails or, while it answers, what is wrong with a part of it. */
  get problem(): string | undefined {
    return this.#failure?.message ?? [...this.#conditions.values()][0]?.problem;
  }

  /** What to do about `problem`, where that does not say it itself. */
  get advice(): string | undefined {
    return this.#failure && ADVICE[this.#failure.kind];
  }

  /** Failed polls in a row. */
  get failures(): number {
    return this.#failures;
  }

  /** Records the condition of a subject, and logs it when its essence changed. */
  report(subject: string, problem: string | undefined, essence = problem): void {
    const before = this.#conditions.get(subject)?.essence;
    if (problem === undefined || essence === undefined) {
      if (this.#conditions.delete(subject)) this.#log.info(`${this.#name}: ${subject} recovered`);
      return;
    }
    this.#conditions.set(subject, { problem, essence });
    if (essence !== before) this.#log.warn(`${this.#name}: ${problem}`);
  }

  /** Records which values of an entity's reading were out of range: logged once for each, until it is in range. */
  judged(entity: string, rejections: readonly Rejection[]): void {
    if (rejections.length === 0 && !this.#outOfRange.has(entity)) return;
    const outOfRange = new Map(
      rejections.flatMap(({ reason, metric, value }) =>
        reason === 'out_of_range' && metric !== undefined ? [[metric, value] as const] : [],
      ),
    );
    const before = this.#outOfRange.get(entity);
    if (!before && outOfRange.size === 0) return;
    for (const metric of before ?? []) {
      if (!outOfRange.has(metric))
        this.#log.info(`${this.#name}: ${entity}: ${metric} is in its range again`);
    }
    for (const [metric, value] of outOfRange) {
      if (before?.has(metric)) continue;
      this.#log.warn(`${this.#name}: ${entity}: rejecting ${metric} ${value}: it is out of its range`);
    }
    if (outOfRange.size > 0) this.#outOfRange.set(entity, new Set(outOfRange.keys()));
    else this.#outOfRange.delete(entity);
  }

  /** Records that the source failed as a whole; `retryIn` (milliseconds) is when it is polled again. */
  failed(failure: SourceError, retryIn: number): void {
    this.#failingSince ??= this.#clock.now();
    this.#failures++;
    // A time-out after a refused connection is the same outage; a refused token is another one.
    const same = this.#failure && treatmentOf(this.#failure).retry && treatmentOf(failure).retry;
    const conditions = [...this.#conditions.values()].map(({ problem }) => problem);
    const logged = [this.#failure?.message, this.#lastDefect, ...conditions];
    if (!same && !logged.includes(failure.message)) {
      const advice = ADVICE[failure.kind];
      const text = advice ? `${failure.message}: ${advice}` : failure.message;
      this.#log.warn(`${this.#name}: ${text}; next attempt in ${formatTime(retryIn)}`);
    }
    this.#failure = failure;
  }

  /** Records a successful poll; `details` go into the log line of the first one, which is left out without them. */
  succeeded(details: Record<string, unknown> | undefined): void {
    const now = this.#clock.now();
    if (this.#failingSince !== undefined) {
      this.#log.info(`${this.#name}: recovered after ${formatTime(now - this.#failingSince)}`);
    } else if (details && this.#lastSuccess === undefined && this.#conditions.size === 0) {
      this.#log.info(`${this.#name}: first poll succeeded`, details);
    }
    this.#failingSince = this.#failure = undefined;
    this.#failures = 0;
    this.#lastSuccess = now;
  }

  /** Logs a defect of this program once, not with each poll. @returns it as a failure of the source */
  defect(error: unknown): SourceError {
    const message = `internal error, please report it (${String(error)})`;
    if (message !== this.#lastDefect) {
      this.#log.error(`${this.#name}: ${message}`, {
        stack: stackOf(error),
      });
    }
    this.#lastDefect = message;
    return new SourceError('refused', message, { cause: error });
  }
}
