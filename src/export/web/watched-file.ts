import { readFileSync, statSync } from 'node:fs';
import type { Log } from '../../base/log.ts';
import { ConfigError } from '../../settings/problems.ts';
import { readFailure } from '../../settings/yaml-file.ts';
import { readWebConfig, type WebConfig } from './file.ts';
import { WebConfigError } from './yaml.ts';

/** A web configuration file that is read again when it, or a certificate it names, has changed on the disk. */
export class WebConfigFile {
  readonly #path: string;
  readonly #log: Log;
  /** State of each file when it was last read. */
  #seen: ReadonlyMap<string, string>;
  #current: WebConfig;

  /** @throws ConfigError */
  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
    const seen = new Map<string, string>();
    this.#current = loadWebConfig(path, seen);
    this.#seen = seen;
    this.#warn();
  }

  /** The newest configuration that could be read. Looks at the disk, and costs some microseconds. */
  current(): WebConfig {
    if ([...this.#seen].some(([path, stamp]) => stampOf(path) !== stamp)) this.#reload();
    return this.#current;
  }

  /** Reads the file anew. @returns what takes it over @throws ConfigError when it cannot be used */
  prepare(): () => void {
    const seen = new Map<string, string>();
    try {
      const next = loadWebConfig(this.#path, seen);
      checkChange(this.#path, this.#current, next);
      return () => {
        this.#current = next;
        this.#seen = seen;
        this.#warn();
      };
    } catch (error) {
      // These are the files up to the one that is wrong.
      this.#seen = seen;
      throw error;
    }
  }

  #reload(): void {
    try {
      this.prepare()();
      this.#log.info(`Web configuration ${this.#path} reloaded`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#log.error(
        `Reloading the web configuration failed, the previous one stays in use: ${error.message}`,
      );
    }
  }

  #warn(): void {
    for (const warning of this.#current.warnings) this.#log.warn(warning);
  }
}

/** Reads the file and what it names; `seen` takes the state of each file that was read. @throws ConfigError */
export function loadWebConfig(path: string, seen = new Map<string, string>()): WebConfig {
  return readWebConfig(path, (key, name) => {
    // Before reading, so that a later change is seen.
    seen.set(name, stampOf(name));
    try {
      return readFileSync(name, 'utf8');
    } catch (error) {
      const reason = readFailure(error);
      throw new WebConfigError(key, key === '' ? reason : `${name} ${reason}`);
    }
  });
}

/** What cannot be taken over while the agent runs. */
function checkChange(path: string, before: WebConfig, next: WebConfig): void {
  if (next.empty && !before.empty) throw new ConfigError([{ key: path, message: 'is empty' }]);
  if ((next.tls === undefined) !== (before.tls === undefined)) {
    const message = 'tls_server_config: turning TLS on or off needs a restart';
    throw new ConfigError([{ key: path, message }]);
  }
}

/** Changes when the file does; through symbolic links, since that is how Kubernetes replaces files. */
function stampOf(path: string): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    return String(error);
  }
}
