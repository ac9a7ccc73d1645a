import { parseDuration } from '../base/duration.ts';
import type { FileNode } from './file.ts';
import { type OtlpSettings, otlpSchema } from './otlp-schema.ts';
import type { Schema } from './setting.ts';
import {
  type AccountSettings,
  accountSchema,
  groupingFromText,
  groupingSchema,
  namedAccountSchema,
  targetFromText,
  targetSchema,
} from './source-schemas.ts';

/** Everything that can be set, as convict resolves it; durations in milliseconds. */
export interface Settings extends AccountSettings {
  accounts: readonly FileNode[];
  growatt: {
    call_spacing: number;
    discovery_interval: number;
    plant_interval: number;
    idle_interval: number;
  };
  trucki: {
    targets: readonly FileNode[];
    interval: number;
    password: string | undefined;
    password_file: string | undefined;
    legacy_names: boolean;
  };
  exporter: { mode: 'http' | 'push'; listen_addr: string; collect_interval: number };
  pushgateway: { url: string; job: string; grouping: readonly FileNode[]; timeout: number };
  otlp: OtlpSettings;
  history: { enabled: boolean; days: number; schedule: string };
  stale_after: number;
  state_dir: string | undefined;
  shard: string | undefined;
  log: { level: 'debug' | 'info' | 'warn' | 'error'; format: 'json' | 'text' | undefined };
}

const ms = (text: string): number => parseDuration(text) ?? Number.NaN;

/** The one table of settings: file keys by shape, variables, defaults, formats and their meaning. */
export const schema: Schema<Settings> = {
  ...accountSchema,
  accounts: {
    format: 'list',
    default: [],
    items: namedAccountSchema,
    otherwise: 'the one account above',
    doc: 'Several accounts.',
  },
  growatt: {
    call_spacing: {
      env: 'GROWATT_CALL_SPACING',
      format: 'duration',
      default: ms('3s'),
      doc: 'Least time between two API calls of one token, retries included.',
    },
    discovery_interval: {
      env: 'GROWATT_DISCOVERY_INTERVAL',
      format: 'duration',
      min: ms('1s'),
      default: ms('3h'),
      doc: 'How often plants and devices are listed anew. The cloud allows 10 lists of plants a day.',
    },
    plant_interval: {
      env: 'GROWATT_PLANT_INTERVAL',
      format: 'duration',
      min: ms('1s'),
      default: ms('30m'),
      doc: 'How often the month and year energy of a plant is read.',
    },
    idle_interval: {
      env: 'GROWATT_IDLE_INTERVAL',
      format: 'duration',
      default: ms('30m'),
      doc: 'Poll interval while every inverter of the account sleeps; `0`: no slower than by day.',
    },
  },
  trucki: {
    targets: {
      env: 'TRUCKI_TARGETS',
      flag: '-t',
      format: 'list',
      default: [],
      items: targetSchema,
      fromText: targetFromText,
      doc: 'Sticks to read: `host[:port]` or `name=host[:port]`, comma-separated. The name becomes the label `stick`.',
    },
    interval: {
      env: 'TRUCKI_INTERVAL',
      flag: '-i',
      format: 'duration',
      min: ms('500ms'),
      default: ms('5s'),
      doc: 'Poll interval of each stick.',
    },
    password: {
      env: 'TRUCKI_PASSWORD',
      twin: 'TRUCKI_PASSWORD_FILE',
      format: 'password',
      default: undefined,
      sensitive: true,
      doc: "Password of the sticks' web page (user `admin`), for every stick without its own.",
    },
    password_file: {
      env: 'TRUCKI_PASSWORD_FILE',
      twin: 'TRUCKI_PASSWORD',
      format: 'path',
      default: undefined,
      doc: 'File that holds this password instead.',
    },
    legacy_names: {
      env: 'TRUCKI_LEGACY_NAMES',
      format: 'switch',
      default: false,
      doc: "Also expose trucki2prometheus's 22 metric names.",
    },
  },
  exporter: {
    mode: {
      env: 'EXPORTER_MODE',
      format: 'choice',
      choices: ['http', 'push'],
      default: 'http',
      doc: '`http` serves `/metrics`; `push` collects once, sends to the Pushgateway and exits.',
    },
    listen_addr: {
      env: 'EXPORTER_LISTEN_ADDR',
      flag: '-p',
      format: 'listen',
      default: ':9120',
      doc: 'Where to serve: `:9120` (all interfaces), `127.0.0.1:9120`, `[::1]:9120`. Port 0 takes a free one.',
    },
    collect_interval: {
      env: 'COLLECT_INTERVAL',
      format: 'duration',
      min: ms('1s'),
      default: ms('5m'),
      doc: 'Poll interval of the Growatt accounts. The cloud has a new reading every 5 minutes.',
    },
  },
  pushgateway: {
    url: {
      env: 'PUSHGATEWAY_URL',
      format: 'pushgateway',
      default: 'http://localhost:9091',
      doc: 'Pushgateway of push mode; may carry `user:password@`.',
    },
    job: {
      env: 'PUSHGATEWAY_JOB',
      format: 'name',
      default: 'growatt_exporter',
      doc: 'The label `job` of what is pushed. Each push replaces the group of the same job and grouping labels.',
    },
    grouping: {
      env: 'PUSHGATEWAY_GROUPING',
      format: 'list',
      default: [],
      items: groupingSchema,
      fromText: groupingFromText,
      pairs: true,
      doc: "Further labels of the group, such as `instance=home,site=roof`; in the file also a mapping. Agents with the same job need different ones. They cannot be the metrics' own labels.",
    },
    timeout: {
      env: 'PUSHGATEWAY_TIMEOUT',
      format: 'duration',
      min: ms('100ms'),
      default: ms('10s'),
      doc: 'How long one try to push may take; there are three.',
    },
  },
  otlp: otlpSchema,
  history: {
    enabled: {
      env: 'COLLECT_HISTORY',
      format: 'switch',
      default: false,
      doc: 'Collect daily energy, daily peak power and hourly average power of completed days.',
    },
    days: {
      env: 'HISTORY_DAYS',
      format: 'count',
      min: 1,
      max: 366,
      default: 7,
      doc: 'Completed days to read back, 1 to 366.',
    },
    schedule: {
      env: 'HISTORY_SCHEDULE',
      format: 'cron',
      default: '5 0 * * *',
      doc: "When to read the day before: five cron fields, in the plant's time zone.",
    },
  },
  stale_after: {
    env: 'STALE_AFTER',
    format: 'duration',
    default: ms('1h'),
    doc: 'A source that failed for so long no longer exposes its instantaneous values; `0`: never.',
  },
  state_dir: {
    env: 'STATE_DIR',
    format: 'path',
    default: undefined,
    otherwise: 'nothing is remembered',
    doc: 'Folder where the agent remembers across restarts.',
  },
  shard: {
    env: 'SHARD',
    format: 'shard',
    default: undefined,
    otherwise: 'all sources',
    doc: 'Reads only a part of the accounts and sticks: `i/n` for part i of n, counted from 0, or the name of a StatefulSet pod in place of i, as `agent-2/5`.',
  },
  log: {
    level: {
      env: 'LOG_LEVEL',
      flag: '--log-level',
      format: 'choice',
      choices: ['debug', 'info', 'warn', 'error'],
      default: 'info',
      doc: '`debug`, `info`, `warn` or `error`.',
    },
    format: {
      env: 'LOG_FORMAT',
      format: 'choice',
      choices: ['text', 'json'],
      default: undefined,
      otherwise: '`text` on a terminal, else `json`',
      doc: '`text` or `json`.',
    },
  },
};
