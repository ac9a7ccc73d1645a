import { Cron } from 'croner';
import { trimEndOf } from '../../base/trim.ts';
import { historySettings } from '../../metrics/growatt/history-settings.ts';
import { plainUrl } from '../../settings/addresses.ts';
import { attempt, choice, duration, id, name, secret, text, timeZone, yesNo } from '../../settings/format.ts';
import { list, type Setting, secretSetting, setting, texts } from '../../settings/setting.ts';

/** Growatt's public API servers; a token works on the one of its region only. */
export const SERVERS = {
  eu: 'https://openapi.growatt.com',
  us: 'https://openapi-us.growatt.com',
  au: 'https://openapi-au.growatt.com',
  cn: 'https://openapi-cn.growatt.com',
} as const;
type Region = keyof typeof SERVERS;
export const REGIONS = Object.keys(SERVERS) as Region[];

/** Where a token comes from, for people who have none. */
export const TOKEN_HINT = 'a Growatt token comes from the ShinePhone app: Me → your user name → API Token';

/** It has to be sent as an HTTP header. */
const token = secret('printable ASCII without spaces, as it was copied', (given) =>
  /^[\x21-\x7e]+$/.test(given),
);

const schedule = text('a cron expression of five fields such as 5 0 * * *', (given) => {
  const next = attempt(() => new Cron(given, { paused: true }).nextRun());
  return given.split(/\s+/).length === 5 && Boolean(next);
});

const serialNumber = setting(id, { required: true, doc: 'Serial number.' });

const plant = {
  id: setting(id, { required: true, doc: "Plant id, as in the cloud's address bar or in `discover`." }),
  timezone: setting(timeZone, {
    otherwise: 'what the cloud says',
    doc: 'IANA time zone, for a plant whose entry in the cloud is wrong or ignores daylight saving time.',
  }),
  devices: texts('sn', serialNumber, {
    otherwise: 'all of the plant',
    doc: 'Devices of this plant to read, each as `sn: …` or as the plain serial number.',
  }),
};

/** One account: at the top of the file for a single one, and in each of `accounts`. */
export const accountSettings = {
  token: secretSetting(token, {
    env: 'GROWATT_TOKEN',
    starts: true,
    hint: TOKEN_HINT,
    doc: 'Growatt API token: ShinePhone app → Me → user name → API Token.',
    file: 'File that holds the token instead, such as a container secret.',
  }),
  region: setting(choice(...REGIONS), {
    env: 'GROWATT_REGION',
    default: 'eu',
    doc: 'Server of the account: `eu`, `us`, `au` or `cn`. A token works in its own region only.',
  }),
  base_url: setting(
    plainUrl('', ({ origin, pathname }) => {
      const path = trimEndOf(pathname, '/');
      return origin + trimEndOf(path.endsWith('/v1') ? path.slice(0, -3) : path, '/');
    }),
    {
      env: 'GROWATT_BASE_URL',
      otherwise: 'from the region',
      doc: 'Any other server, such as a simulator; with or without `/v1` and trailing slash.',
    },
  ),
  plants: list(plant, {
    env: 'GROWATT_PLANT_ID',
    otherwise: 'all plants',
    fromText: (text) => ({ id: text }),
    unique: { what: 'plant id', keys: ['id'] },
    keeps: 'id',
    doc: 'Plants to read, by id; as a variable, one or several, comma-separated.',
  }),
  device_sns: texts('sn', serialNumber, {
    env: 'GROWATT_DEVICE_SN',
    otherwise: 'all devices',
    doc: 'Devices to read, by serial number; as a variable, comma-separated.',
  }),
  v4: setting(yesNo, {
    env: 'GROWATT_V4',
    default: 'false',
    doc: "Also read WIT, SPH-S and NOAH devices, which only the cloud's v4 API has.",
  }),
};

/** A setting of an account that is the same as at the top of the file unless it is given. */
function inherited<T>({ default: _, ...stated }: Setting<T>): Setting<T | undefined> {
  return { ...stated, fallback: undefined, otherwise: 'as at the top of the file' };
}

/** The settings of the Growatt cloud. */
export const growattSettings = {
  ...accountSettings,
  accounts: list(
    {
      name: setting(name, {
        otherwise: '`default` for a single account',
        doc: 'Unique; the label `account`.',
      }),
      ...accountSettings,
      region: inherited(accountSettings.region),
      base_url: inherited(accountSettings.base_url),
      v4: inherited(accountSettings.v4),
    },
    {
      starts: true,
      otherwise: 'the one account above',
      unique: { what: 'account name', keys: ['name'] },
      doc: 'Several accounts.',
    },
  ),
  growatt: {
    call_spacing: setting(duration(), {
      env: 'GROWATT_CALL_SPACING',
      default: '3s',
      doc: 'Least time between two API calls of one token, retries included.',
    }),
    discovery_interval: setting(duration('1s'), {
      env: 'GROWATT_DISCOVERY_INTERVAL',
      default: '3h',
      doc: 'How often plants and devices are listed anew. The cloud allows 10 lists of plants a day.',
    }),
    plant_interval: setting(duration('1s'), {
      env: 'GROWATT_PLANT_INTERVAL',
      default: '30m',
      doc: 'How often the month and year energy of a plant is read.',
    }),
    idle_interval: setting(duration(), {
      env: 'GROWATT_IDLE_INTERVAL',
      default: '30m',
      doc: 'Poll interval while every inverter of the account sleeps; `0`: no slower than by day.',
    }),
  },
  exporter: {
    collect_interval: setting(duration('1s'), {
      env: 'COLLECT_INTERVAL',
      default: '5m',
      doc: 'Poll interval of the Growatt accounts. The cloud has a new reading every 5 minutes.',
    }),
  },
  history: {
    ...historySettings.history,
    schedule: setting(schedule, {
      env: 'HISTORY_SCHEDULE',
      default: '5 0 * * *',
      doc: "When to read the day before: five cron fields, in the plant's time zone.",
    }),
  },
};
