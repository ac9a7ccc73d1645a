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
import type { Clock } from '../clock.ts';
import { SourceError, treatmentOf } from '../errors.ts';
import type { Source } from '../sources/source.ts';

export type Circuit = 'closed' | 'half-open' | 'open';

export interface PolicyOptions {
  readonly clock: Clock;
  readonly source: Pick<Source, 'patience' | 'pace'>;
  /** Called before each try but the first. */
  readonly onRetry?: () => void;
}

const LONGEST_DELAY_MS = 30_000;
const FAILURES_TO_OPEN = 5;
/** Not 0: the breaker reads the system's clock, and one that was set back would keep the circuit open. */
const AT_ONCE = Number.NEGATIVE_INFINITY;

/** Makes calls to one source survive what calls do; shared by all calls to that source. */
export interface Policy {
  /** @throws what the call threw in its last try; the signal's reason as soon as that is aborted */
  run<T>(what: string, call: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T>;
  readonly circuit: Circuit;
}

/**
 * retry → pace → breaker → time-out, made of cockatiel's policies, with three of their habits kept away:
 * their backoff sleeps through an abort and then makes another call, so the waiting is done in here; an
 * abort by the caller must not count as a failure of the source; an open circuit must end the retrying.
 *
 * The circuit has no waiting time of its own: it lets one trial through with each poll, so that a source
 * that keeps failing is asked once an interval and is back within one interval.
 */
export function createPolicy({ clock, source, onRetry }: PolicyOptions): Policy {
  const { timeout: limit, retries, firstDelay } = source.patience;
  const breaker = circuitBreaker(
    handleWhen((error) => treatmentOf(error).breaks),
    { halfOpenAfter: AT_ONCE, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );
  const retrying = retry(
    handleWhen((error) => treatmentOf(error).retry && breaker.state === CircuitState.Closed),
    { maxAttempts: retries },
  );
  const delays = new ExponentialBackoff({ initialDelay: firstDelay, maxDelay: LONGEST_DELAY_MS });
  const timed = timeout(limit, TimeoutStrategy.Aggressive);

  return {
    get circuit() {
      return circuitOf(breaker.state);
    },
    async run(what, call, signal) {
      const once = () =>
        timed
          .execute((_context, inner) => call(inner ?? signal), signal)
          .catch((error) => {
            signal.throwIfAborted();
            if (!(error instanceof TaskCancelledError)) throw error;
            throw new SourceError('timeout', `${what}: no complete answer within ${limit / 1000} s`, {
              cause: error,
            });
          });
      let backoff: IBackoff<unknown> | undefined;
      return await retrying.execute(async ({ attempt }) => {
        signal.throwIfAborted();
        if (attempt > 0) {
          backoff = backoff ? backoff.next(undefined) : delays.next();
          await clock.sleep(backoff.duration, signal);
          onRetry?.();
        }
        const guarded = () => breaker.execute(once);
        return await (source.pace ? source.pace(signal, guarded) : guarded());
      });
    },
  };
}

function circuitOf(state: CircuitState): Circuit {
  if (state === CircuitState.Closed) return 'closed';
  return state === CircuitState.HalfOpen ? 'half-open' : 'open';
}
