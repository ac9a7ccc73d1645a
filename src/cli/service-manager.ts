import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';

/** Sends assignments such as `READY=1` to the service manager. */
export type Notify = (...assignments: readonly string[]) => Promise<void>;

export interface ServiceManagerOptions {
  /** The process's environment, in which systemd says what it wants to know. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly log: Log;
  readonly clock?: Clock;
  readonly notify?: Notify;
}

/** Longer than the program ever takes; a service manager that hangs must not keep processes. */
const LONGEST_MS = 5000;
/** Of the five seconds that stopping may take. */
const LONGEST_STOP_MS = 2000;

/**
 * Tells systemd how the agent is doing (`Type=notify`, `WatchdogSec`; see sd_notify(3)). Does nothing where no
 * service manager asks for it.
 */
export class ServiceManager {
  readonly #options: ServiceManagerOptions;
  readonly #notify: Notify | undefined;
  readonly #stopped = new AbortController();
  /** The last message; they arrive in the order in which they are sent. */
  #sending: Promise<void> = Promise.resolve();
  #isFailing = false;

  constructor(options: ServiceManagerOptions) {
    this.#options = options;
    const { env, notify = systemdNotify(env) } = options;
    this.#notify = env.NOTIFY_SOCKET ? notify : undefined;
  }

  /** The agent serves. @param status one line for people */
  async ready(status: string): Promise<void> {
    void this.#feedWatchdog();
    await this.#send('READY=1', `STATUS=${status}`);
  }

  /** Does what reads the configuration anew, and says so while it lasts. */
  async whileReloading<T>(reload: () => Promise<T>): Promise<T> {
    // Not waited for, so that a service manager that hangs delays nothing.
    void this.#send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
    try {
      return await reload();
    } finally {
      void this.#send('READY=1');
    }
  }

  /** The agent stops. Resolves when that was said, or soon in any case. */
  async stopping(): Promise<void> {
    const { clock = systemClock } = this.#options;
    this.#stopped.abort();
    const said = new AbortController();
    const tooLong = clock.sleep(LONGEST_STOP_MS, said.signal).catch(() => {});
    await Promise.race([this.#send('STOPPING=1'), tooLong]);
    said.abort();
  }

  /**
   * Says within each half of the watchdog's time that the event loop turns, so that an agent that is frozen is
   * restarted.
   */
  async #feedWatchdog(): Promise<void> {
    const { env, pid, clock = systemClock } = this.#options;
    const microseconds = Number(env.WATCHDOG_USEC);
    // It may be meant for another process, such as a shell around this one.
    const isMeant = env.WATCHDOG_PID === undefined || Number(env.WATCHDOG_PID) === pid;
    if (!this.#notify || !isMeant || !(microseconds > 0)) return;
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await clock.sleep(microseconds / 1000 / 2, signal).catch(() => {});
      if (!signal.aborted) void this.#send('WATCHDOG=1');
    }
  }

  #send(...assignments: readonly string[]): Promise<void> {
    const notify = this.#notify;
    if (!notify) return Promise.resolve();
    this.#sending = this.#sending.then(async () => {
      try {
        await notify(...assignments);
        this.#isFailing = false;
      } catch (error) {
        this.#failed(error);
      }
    });
    return this.#sending;
  }

  #failed(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    this.#options.log.warn(
      `systemd-notify failed (${reason}): systemd does not learn how the agent is doing, and may restart it`,
    );
  }
}

/** Runs the program of that name: Node has no datagram sockets of the kind that systemd listens on. */
function systemdNotify({ PATH, NOTIFY_SOCKET }: ServiceManagerOptions['env']): Notify {
  const run = promisify(execFile);
  return async (...assignments) => {
    await run('systemd-notify', assignments, { env: { PATH, NOTIFY_SOCKET }, timeout: LONGEST_MS });
  };
}
