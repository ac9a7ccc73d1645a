import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { normalized } from './bcrypt.ts';
import type { Question } from './bcrypt-worker.ts';

/** The worker's code as one script, put here by the bundler; undefined when run from a checkout. */
declare const BUNDLED_BCRYPT_WORKER: string | undefined;

/** Compares a password with a bcrypt hash. Rejects when that cannot be done. */
export interface Comparer {
  compare(password: string, hash: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Compares in a thread of its own, which the first question starts. One question at a time. */
export function bcryptThread(): Comparer {
  let running: Worker | undefined;

  function worker(): Worker {
    if (running) return running;
    const started = startWorker();
    const forget = () => {
      if (running === started) running = undefined;
    };
    started.on('error', forget);
    started.on('exit', forget);
    // An idle thread must not keep the process.
    started.unref();
    running = started;
    return started;
  }

  return {
    async compare(password, hash) {
      const thread = worker();
      const ended = new AbortController();
      const { signal } = ended;
      try {
        thread.postMessage({ password, hash: normalized(hash) } satisfies Question);
        const gone = once(thread, 'exit', { signal }).then(() => {
          throw new Error('the thread ended');
        });
        const [answer] = await Promise.race([once(thread, 'message', { signal }), gone]);
        return answer === true;
      } finally {
        ended.abort();
      }
    },
    async close() {
      await running?.terminate();
    },
  };
}

/** bcrypt needs little memory, and none of the environment's secrets. */
function startWorker(): Worker {
  const options = { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 32 } };
  return typeof BUNDLED_BCRYPT_WORKER === 'string'
    ? new Worker(BUNDLED_BCRYPT_WORKER, { ...options, eval: true })
    : new Worker(new URL('./bcrypt-worker.ts', import.meta.url), options);
}
