import { REGION_SERVERS } from './addresses.ts';
import type { GrowattAccount, PlantChoice } from './config.ts';
import type { Context } from './context.ts';
import type { FileMapping, FileNode } from './file.ts';
import { readItems, rejectDuplicates } from './items.ts';
import { schema } from './schema.ts';
import { readSecret } from './secret.ts';
import type { Read } from './settings.ts';
import {
  type AccountSettings,
  accountSchema,
  deviceSchema,
  namedAccountSchema,
  plantSchema,
  TOKEN_HINT,
} from './source-schemas.ts';

type Account = Read<AccountSettings>;

/** The Growatt accounts of a configuration: the one at the top of the file, or those of `accounts`. */
export function readAccounts(
  top: Read<AccountSettings & { accounts: readonly FileNode[] }>,
  file: FileMapping,
  context: Context,
): GrowattAccount[] {
  if (top.values.accounts.length > 0) return readNamedAccounts(top, top.values.accounts, context);
  const given = Object.keys(accountSchema).find((setting) => isGiven(top, setting));
  if (given === undefined) return [];
  if (!hasToken(top)) {
    const message = `is missing, though ${top.origin(given).key} is set; ${TOKEN_HINT}`;
    context.problems.push({ key: 'GROWATT_TOKEN', message });
  }
  const token = readToken(top, context);
  const { region, base_url } = top.values;
  return [
    {
      name: 'default',
      token: token ?? '',
      ...server(region, base_url),
      ...choicesOf(top, file.plants, context),
      v4: top.values.v4,
    },
  ];
}

function readNamedAccounts(top: Account, nodes: readonly FileNode[], context: Context): GrowattAccount[] {
  for (const setting of ['token', 'token_file', 'plants', 'device_sns']) {
    const { from, key } = top.origin(setting);
    if (from === 'default' || (from === 'env' && setting.startsWith('token'))) continue;
    const message = `cannot stand beside accounts; use accounts[].${setting}`;
    context.problems.push({ key, message });
  }
  const fallback =
    top.origin('token').from === 'env' || top.origin('token_file').from === 'env' ? top : undefined;
  const fallbackToken = fallback && readToken(fallback, context);
  const origin = { from: 'file', key: 'accounts', given: undefined } as const;
  const items = readItems(namedAccountSchema, schema.accounts, nodes, origin, context);
  rejectDuplicates(
    items.map((item) => [item.values.name, item.origin('name')]),
    'a name that no other account has',
    context.problems,
  );
  return items.map((item) => {
    const { name = items.length === 1 ? 'default' : undefined } = item.values;
    if (name === undefined && !isGiven(item, 'name')) {
      const message = 'is missing; each of several accounts needs its own';
      context.problems.push({ key: item.origin('name').key, message });
    }
    if (!hasToken(item) && !fallback) {
      context.problems.push({ key: item.origin('token').key, message: `is missing; ${TOKEN_HINT}` });
    }
    const token = hasToken(item) ? readToken(item, context) : fallbackToken;
    const own = <K extends 'region' | 'base_url'>(key: K) => (isGiven(item, key) ? item : top).values[key];
    const root = server(own('region'), own('base_url'));
    const { v4 } = isGiven(item, 'v4') ? item.values : top.values;
    return { name: name ?? '', token: token ?? '', ...root, ...choicesOf(item, undefined, context), v4 };
  });
}

const isGiven = (account: Account, setting: string) => account.origin(setting).from !== 'default';
const hasToken = (account: Account) => isGiven(account, 'token') || isGiven(account, 'token_file');

function readToken({ values, origin }: Account, context: Context): string | undefined {
  const origins = { valueOrigin: origin('token'), fileOrigin: origin('token_file') };
  return readSecret({ value: values.token, file: values.token_file, ...origins, format: 'token' }, context);
}

function server(region: string, baseUrl: string | undefined): { baseUrl: string; official: boolean } {
  const root = baseUrl ?? REGION_SERVERS[region] ?? '';
  return { baseUrl: root, official: Object.values(REGION_SERVERS).includes(root) };
}

/** Which plants and devices to read. Variables replace the file's lists, but what it says of a plant stays. */
function choicesOf(
  account: Account,
  filePlants: FileNode | undefined,
  context: Context,
): Pick<GrowattAccount, 'plants' | 'deviceSns'> {
  const list = (plants: readonly FileNode[], origin = account.origin('plants')) =>
    readItems(plantSchema, accountSchema.plants, plants, origin, context);
  const listed = list(account.values.plants);
  rejectDuplicates(
    listed.map((plant) => [plant.values.id, plant.origin('id')]),
    'a plant not listed before',
    context.problems,
  );
  const isFromEnv = account.origin('plants').from === 'env';
  const described =
    isFromEnv && Array.isArray(filePlants)
      ? list(filePlants, { from: 'file', key: 'plants', given: undefined })
      : [];
  const snOf = (nodes: readonly FileNode[], origin: ReturnType<Account['origin']>) =>
    readItems(deviceSchema, accountSchema.device_sns, nodes, origin, context).map(({ values }) => values.sn);
  const plants = listed.map((entry): PlantChoice => {
    const { values, origin } = described.find(({ values: { id } }) => id === entry.values.id) ?? entry;
    const deviceSns =
      account.origin('device_sns').from === 'env' ? [] : snOf(values.devices, origin('devices'));
    return {
      id: values.id,
      ...(values.timezone !== undefined && { timezone: values.timezone }),
      ...(deviceSns.length > 0 && { deviceSns }),
    };
  });
  return { plants, deviceSns: snOf(account.values.device_sns, account.origin('device_sns')) };
}
