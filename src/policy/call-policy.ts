import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  type IBackoff,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import type { Clock } from '../base/clock.ts';
import { SourceError, treatmentOf } from '../base/errors.ts';
import type { CallObserver } from '../model/observer.ts';
import type { Circuit } from '../model/source.ts';
import type { Lane, RateLimiter } from './rate-limiter.ts';

/** How long to wait for one call and how often to repeat it, in milliseconds. */
export interface RetryOptions {
  readonly timeout: number;
  readonly retries: number;
  /** Before the first retry; later ones wait about twice as long each, with jitter. */
  readonly firstDelay: number;
  /** From the first try of a call to the end of its last; absent: no limit. */
  readonly total?: number;
}

export interface CallPolicyOptions {
  readonly clock: Clock;
  readonly retry: RetryOptions;
  /** Shared by all clients of one token or address; absent: no least time between calls. */
  readonly rateLimiter?: RateLimiter;
  /** Whose calls are made one after the other; absent: all of the rate limiter. */
  readonly lane?: Lane;
  readonly observer?: CallObserver;
}

const SECOND = 1000;
const LONGEST_DELAY_MS = 30_000;
const FAILURES_TO_OPEN = 5;
/** Not 0: the breaker reads the system's clock, and one that was set back would keep the circuit open. */
const AT_ONCE = Number.NEGATIVE_INFINITY;

/** What every call of one client passes through; its state is shared by all of them. */
export interface CallPolicy {
  /** @throws what the call threw in its last try; the signal's reason as soon as that is aborted */
  execute<T>(endpoint: string, call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
  readonly circuit: Circuit;
}

/**
 * Retry, rate limiter, circuit breaker and time-out, from the outside to the inside, made of cockatiel's policies
 * with three differences: the backoff waits here, since cockatiel's sleeps through an abort and then makes another
 * call; an abort by the caller is not a failure of the source; an open circuit ends the retries.
 *
 * The circuit has no waiting time of its own: it admits one trial call with each poll, so that a source that keeps
 * failing is called once in an interval and works again within one interval.
 */
export function createCallPolicy(options: CallPolicyOptions): CallPolicy {
  const { clock, rateLimiter, lane, observer, retry: retryOptions } = options;
  const { timeout: longest, retries, firstDelay, total = Number.POSITIVE_INFINITY } = retryOptions;
  const breaker = circuitBreaker(
    handleWhen((error) => treatmentOf(error).breaks),
    { halfOpenAfter: AT_ONCE, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );
  const delays = new ExponentialBackoff({ initialDelay: firstDelay, maxDelay: LONGEST_DELAY_MS });
  const observe = (endpoint: string, outcome: string, started: number) =>
    observer?.attempted(endpoint, outcome, clock.now() - started, rateLimiter?.spacing ?? 0);

  return {
    get circuit() {
      return circuitOf(breaker.state);
    },
    async execute(endpoint, call, signal) {
      // From the first try on: what waits for the rate limiter before has all of it.
      let end: number | undefined;
      const timeLeft = () => (end ?? Number.POSITIVE_INFINITY) - clock.now();
      const retrying = retry(
        handleWhen(
          (error) =>
            treatmentOf(error).retry && breaker.state === CircuitState.Closed && timeLeft() > 2 * firstDelay,
        ),
        { maxAttempts: retries },
      );
      const once = async () => {
        const started = clock.now();
        end ??= started + total;
        // A clock that was set ahead must not end it at once.
        const limit = Math.min(longest, Math.max(firstDelay, timeLeft()));
        let late = false;
        const timedCall = async (inner: AbortSignal) => {
          try {
            return await call(inner);
          } finally {
            late = inner.aborted;
          }
        };
        try {
          const answer = await timeout(limit, TimeoutStrategy.Aggressive).execute(
            (_context, inner = signal) => timedCall(inner),
            signal,
          );
          observe(endpoint, 'success', started);
          return answer;
        } catch (cause) {
          signal.throwIfAborted();
          const message = `${endpoint}: no complete answer within ${(limit < longest ? total : longest) / SECOND} s`;
          const isTimeout = late || cause instanceof TaskCancelledError;
          const error = isTimeout ? new SourceError('timeout', message, { cause }) : cause;
          const outcome = error instanceof SourceError ? error.kind : 'defect';
          observe(endpoint, outcome, started);
          throw error;
        }
      };
      let backoff: IBackoff<unknown> | undefined;
      return await retrying.execute(async ({ attempt }) => {
        signal.throwIfAborted();
        if (attempt > 0) {
          backoff = backoff ? backoff.next(undefined) : delays.next();
          await clock.sleep(backoff.duration, signal);
          observer?.retried(endpoint);
        }
        const guarded = () => breaker.execute(once);
        return await (rateLimiter ? rateLimiter.run(signal, guarded, lane) : guarded());
      });
    },
  };
}

function circuitOf(state: CircuitState): Circuit {
  if (state === CircuitState.Closed) return 'closed';
  return state === CircuitState.HalfOpen ? 'half-open' : 'open';
}
