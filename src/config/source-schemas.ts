import { REGION_SERVERS } from './addresses.ts';
import type { FileNode } from './file.ts';
import type { Schema } from './setting.ts';

/** Where a token comes from, for people who have none. */
export const TOKEN_HINT = 'a Growatt token comes from the ShinePhone app: Me → your user name → API Token';

export interface PlantSettings {
  id: string;
  timezone: string | undefined;
  devices: readonly FileNode[];
}

export interface TargetSettings {
  name: string | undefined;
  address: string;
  password: string | undefined;
  password_file: string | undefined;
}

export interface GroupingSettings {
  label: string;
  value: string;
}

/** One Growatt account: what `accounts[]` holds, and what the top of the file holds for a single one. */
export interface AccountSettings {
  token: string | undefined;
  token_file: string | undefined;
  region: string;
  base_url: string | undefined;
  plants: readonly FileNode[];
  device_sns: readonly FileNode[];
  v4: boolean;
}

/** `name=host[:port]` or `host[:port]`. */
export function targetFromText(text: string): Record<string, string> {
  const [, name, address = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(text) ?? [];
  return name === undefined ? { address } : { name: name.trim(), address: address.trim() };
}

/** `label=value`; a text without `=` gives no label, which is a mistake. */
export function groupingFromText(text: string): Record<string, string> {
  const [, label = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  return { label: label.trim(), value: value.trim() };
}

/** An item of `pushgateway.grouping`. */
export const groupingSchema: Schema<GroupingSettings> = {
  label: { format: 'label', default: '', doc: 'Name of the label.' },
  value: { format: 'text', default: '', doc: 'Its value, which may be empty.' },
};

/** An item of `device_sns` and of `plants[].devices`. */
export const deviceSchema: Schema<{ sn: string }> = {
  sn: { format: 'id', default: '', doc: 'Serial number.' },
};

/** An item of `plants`. */
export const plantSchema: Schema<PlantSettings> = {
  id: { format: 'id', default: '', doc: "Plant id, as in the cloud's address bar or in `discover`." },
  timezone: {
    format: 'timezone',
    default: undefined,
    otherwise: 'what the cloud says',
    doc: 'IANA time zone, for a plant whose entry in the cloud is wrong or knows no daylight saving.',
  },
  devices: {
    format: 'list',
    default: [],
    otherwise: 'all of the plant',
    items: deviceSchema,
    fromText: (sn) => ({ sn }),
    doc: 'Devices of this plant to read, each as `sn: …` or as the plain serial number.',
  },
};

/** The settings of an account, which a single one has at the top of the file. */
export const accountSchema: Schema<AccountSettings> = {
  token: {
    env: 'GROWATT_TOKEN',
    twin: 'GROWATT_TOKEN_FILE',
    format: 'token',
    default: undefined,
    sensitive: true,
    hint: TOKEN_HINT,
    doc: 'Growatt API token: ShinePhone app → Me → user name → API Token.',
  },
  token_file: {
    env: 'GROWATT_TOKEN_FILE',
    twin: 'GROWATT_TOKEN',
    format: 'path',
    default: undefined,
    doc: 'File that holds the token instead, such as a container secret.',
  },
  region: {
    env: 'GROWATT_REGION',
    format: 'choice',
    choices: Object.keys(REGION_SERVERS),
    default: 'eu',
    doc: 'Server of the account: `eu`, `us`, `au` or `cn`. A token works in its own region only.',
  },
  base_url: {
    env: 'GROWATT_BASE_URL',
    format: 'baseurl',
    default: undefined,
    otherwise: 'from the region',
    doc: 'Any other server, such as a simulator; with or without `/v1` and trailing slash.',
  },
  plants: {
    env: 'GROWATT_PLANT_ID',
    format: 'list',
    default: [],
    otherwise: 'all plants',
    items: plantSchema,
    fromText: (id) => ({ id }),
    doc: 'Plants to read, by id; as a variable, one or several, comma-separated.',
  },
  device_sns: {
    env: 'GROWATT_DEVICE_SN',
    format: 'list',
    default: [],
    otherwise: 'all devices',
    items: deviceSchema,
    fromText: (sn) => ({ sn }),
    doc: 'Devices to read, by serial number; as a variable, comma-separated.',
  },
  v4: {
    env: 'GROWATT_V4',
    format: 'switch',
    default: false,
    doc: "Also read WIT, SPH-S and NOAH devices, which only the cloud's v4 API has.",
  },
};

/** An item of `accounts`. */
export const namedAccountSchema: Schema<AccountSettings & { name: string | undefined }> = {
  name: {
    format: 'name',
    default: undefined,
    otherwise: '`default` for a single account',
    doc: 'Unique; the label `account`.',
  },
  ...accountSchema,
};

/** An item of `trucki.targets`. */
export const targetSchema: Schema<TargetSettings> = {
  name: { format: 'name', default: undefined, otherwise: 'the address', doc: 'Unique; the label `stick`.' },
  address: { format: 'address', default: '', doc: '`host` or `host:port`; an IPv6 address in brackets.' },
  password: {
    format: 'password',
    default: undefined,
    otherwise: '`trucki.password`',
    sensitive: true,
    doc: "Password of this stick's web page.",
  },
  password_file: { format: 'path', default: undefined, doc: 'File that holds it instead.' },
};
