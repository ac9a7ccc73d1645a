import { isDeepStrictEqual } from 'node:util';
import type { Agent } from '../agent.ts';
import type { Clock } from '../base/clock.ts';
import { stackOf } from '../base/errors.ts';
import type { Config } from '../config/config.ts';
import type { Reloading } from '../export/reload-route.ts';
import type { Gate } from '../export/web/gate.ts';
import type { SourceChanges } from '../poll/source-set.ts';
import { ConfigError } from '../settings/problems.ts';
import type { ReloadState } from '../telemetry/own.ts';
import type { ProgramLog } from './program.ts';
import type { ServiceManager } from './service-manager.ts';

export interface ReloaderOptions {
  /** Reads the configuration anew. @throws ConfigError */
  readonly load: () => Config;
  /** The configuration with which the agent was started. */
  readonly config: Config;
  readonly agent: Pick<Agent, 'reconfigure'>;
  readonly gate: Pick<Gate, 'prepare'> | undefined;
  readonly log: ProgramLog;
  readonly clock: Pick<Clock, 'now'>;
  readonly manager?: Pick<ServiceManager, 'whileReloading'>;
}

/** What stays as it was at the start, by the name that it has in the file. */
const NEED_RESTART: Readonly<Record<string, (config: Config) => unknown>> = {
  'exporter.mode': ({ exporter }) => exporter.mode,
  'exporter.listen_addr': ({ exporter }) => exporter.listenAddr,
  'exporter.web_config_file': ({ exporter }) => exporter.webConfigFile,
  state_dir: ({ stateDir }) => stateDir,
  otlp: ({ otlp }) => otlp,
};

/** Reads the configuration of a running agent anew, on SIGHUP and `/-/reload`. */
export class Reloader implements Reloading {
  readonly #options: ReloaderOptions;
  #config: Config;
  #isSuccessful = true;
  #succeededAt: number;
  /** The reload under way, or the last one. */
  #running: Promise<unknown> = Promise.resolve();
  /** The one that follows it, for all who ask meanwhile. */
  #next: Promise<string | undefined> | undefined;
  #isStopped = false;

  constructor(options: ReloaderOptions) {
    this.#options = options;
    this.#config = options.config;
    this.#succeededAt = options.clock.now();
  }

  get isEnabled(): boolean {
    return this.#config.exporter.webEnableLifecycle;
  }

  get state(): ReloadState {
    return { isSuccessful: this.#isSuccessful, succeededAt: this.#succeededAt / 1000 };
  }

  reload(): Promise<string | undefined> {
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      const { manager } = this.#options;
      const reload = manager ? manager.whileReloading(() => this.#reload()) : this.#reload();
      this.#running = reload;
      return reload;
    });
    return this.#next;
  }

  /** No reload begins any more. Resolves when the last one has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #reload(): Promise<string | undefined> {
    const { log, clock } = this.#options;
    if (this.#isStopped) return 'the agent is stopping';
    try {
      await this.#replace();
      this.#isSuccessful = true;
      this.#succeededAt = clock.now();
      return undefined;
    } catch (error) {
      this.#isSuccessful = false;
      if (error instanceof ConfigError) {
        log.error(`Reloading the configuration failed, the previous one stays in use: ${error.message}`);
        return error.message;
      }
      log.error('Internal error, please report it: reloading the configuration failed', {
        stack: stackOf(error),
      });
      return 'internal error, see the log';
    }
  }

  async #replace(): Promise<void> {
    const { load, config: started, agent, gate, log } = this.#options;
    const config = load();
    // Both are read before one of them is used.
    const useWebConfig = gate?.prepare();
    log.adopt(config);
    const changes = await agent.reconfigure(config);
    useWebConfig?.();
    this.#config = config;
    log.info(`Configuration reloaded: ${summary(changes)}`);
    for (const [name, value] of Object.entries(NEED_RESTART)) {
      if (isDeepStrictEqual(value(config), value(started))) continue;
      log.warn(`${name} has changed since the start: the change takes effect with a restart`);
    }
  }
}

function summary({ started, replaced, stopped, kept }: SourceChanges): string {
  const parts = { started, changed: replaced, stopped, unchanged: kept };
  const lines = Object.entries(parts).filter(([, names]) => names.length > 0);
  return lines.map(([what, names]) => `${names.length} ${what}`).join(', ') || 'no source';
}
