import { formatTime } from '../base/duration.ts';
import type { Log } from '../base/log.ts';
import type { CallObserver } from '../model/observer.ts';

/** Writes each call of a source to the log, at level debug, and passes it on to another observer. */
export function logCalls(source: string, log: Log, observer: CallObserver): CallObserver {
  return {
    attempted(endpoint, outcome, milliseconds, nextIn) {
      const next = nextIn > 0 ? `; next call in ${formatTime(nextIn)} or later` : '';
      log.debug(`${source}: ${endpoint}: ${outcome} after ${Math.round(milliseconds)} ms${next}`);
      observer.attempted(endpoint, outcome, milliseconds, nextIn);
    },
    retried(endpoint) {
      log.debug(`${source}: ${endpoint}: trying again`);
      observer.retried(endpoint);
    },
  };
}
