import { dirname } from 'node:path';
import { readAccounts } from './accounts.ts';
import { parseListenAddress } from './addresses.ts';
import type { Config } from './config.ts';
import type { Context } from './context.ts';
import { parseConfigFile, type ReadFile, readTextFile } from './file.ts';
import { readGrouping } from './grouping.ts';
import { readOtlp } from './otlp.ts';
import { ConfigError } from './problems.ts';
import { type Settings, schema } from './schema.ts';
import { type Flags, readSettings } from './settings.ts';
import { parseShard } from './shard.ts';
import { TOKEN_HINT } from './source-schemas.ts';
import { readSticks } from './sticks.ts';
import { withoutEmptyVariables } from './substitute.ts';

export { ConfigError, type Problem } from './problems.ts';
export type { Flags } from './settings.ts';

export interface LoadOptions {
  /** Path of the YAML file; absent: there is none. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly flags?: Flags;
  /** Whether the log goes to a terminal, which decides its default format. */
  readonly isTerminal: boolean;
  readonly readFile?: ReadFile;
}

/**
 * Resolves flags, variables, file and defaults, in this order of precedence, to one frozen configuration.
 * Throws ConfigError with all mistakes; none of its texts holds a secret.
 */
export function loadConfig({
  file,
  env,
  flags = {},
  isTerminal,
  readFile = readTextFile,
}: LoadOptions): Config {
  const variables = withoutEmptyVariables(env);
  const node = file === undefined ? {} : parseConfigFile(file, readFile);
  const context: Context = { path: '', variables, problems: [], readFile, folder: dirname(file ?? '.') };
  const settings = readSettings(schema, { ...context, node, env: variables, flags });
  const accounts = readAccounts(settings, node, context);
  const sticks = readSticks(settings, context);
  const grouping = readGrouping(settings, context);
  const otlp = readOtlp(settings, context);
  const listed = [...accounts, ...settings.values.accounts, ...settings.values.trucki.targets];
  const explained = context.problems.some(({ key }) => /token|targets|accounts/i.test(key));
  if (listed.length === 0 && !explained) {
    context.problems.push({ key: 'GROWATT_TOKEN or TRUCKI_TARGETS', message: NOTHING_TO_READ });
  }
  if (context.problems.length > 0) throw new ConfigError(context.problems);
  return deepFreeze(assemble(settings.values, { accounts, sticks, grouping, otlp }, isTerminal));
}

const NOTHING_TO_READ =
  `must be set, else there is nothing to read; ${TOKEN_HINT}. ` +
  'To look around without either, run `solar-otel-agent demo`.';

/** What takes more than convict to resolve. */
interface Parts extends Pick<Config, 'accounts' | 'otlp'>, Pick<Config['trucki'], 'sticks'> {
  readonly grouping: Config['pushgateway']['grouping'];
}

function assemble(
  { growatt, trucki, exporter, ...settings }: Settings,
  { accounts, sticks, grouping, otlp }: Parts,
  isTerminal: boolean,
): Config {
  return {
    accounts,
    growatt: {
      callSpacing: growatt.call_spacing,
      collectInterval: exporter.collect_interval,
      discoveryInterval: growatt.discovery_interval,
      plantInterval: growatt.plant_interval,
      idleInterval: growatt.idle_interval,
    },
    trucki: { interval: trucki.interval, legacyNames: trucki.legacy_names, sticks },
    mode: exporter.mode,
    listen: parseListenAddress(exporter.listen_addr)!,
    pushgateway: { ...settings.pushgateway, grouping },
    otlp,
    history: settings.history,
    staleAfter: settings.stale_after,
    stateDir: settings.state_dir,
    shard: settings.shard === undefined ? undefined : parseShard(settings.shard),
    log: { level: settings.log.level, format: settings.log.format ?? (isTerminal ? 'text' : 'json') },
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
