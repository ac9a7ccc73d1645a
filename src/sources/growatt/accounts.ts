import type { Settings } from '../../settings/read.ts';
import type { Resolved } from '../../settings/setting.ts';
import { accountSettings, growattSettings, REGIONS, SERVERS, TOKEN_HINT } from './settings.ts';

type Values = Resolved<typeof growattSettings>;

/** A Growatt account as it is read. */
export interface GrowattAccount extends Resolved<typeof accountSettings> {
  /** Unique; `default` for a single unnamed account. */
  readonly name: string;
  readonly token: string;
  /** Server root without `/v1` and without a trailing slash. */
  readonly baseUrl: string;
  /** True when the server is Growatt's own, whose call limits are known. */
  readonly official: boolean;
}

/** Everything configured for the Growatt cloud; durations are milliseconds. */
export interface GrowattConfig extends Pick<Values, 'growatt' | 'exporter' | 'history'> {
  readonly accounts: readonly GrowattAccount[];
}

/** The intervals between calls and polls, in milliseconds. */
export type GrowattIntervals = Values['growatt'] & Values['exporter'];

/** The accounts: the one at the top of the file, or those of `accounts`, which inherit from the top. */
export function resolveGrowatt(settings: Settings): GrowattConfig {
  const { accounts, growatt, exporter, history, ...top } = settings.valuesOf(growattSettings);
  const common = { growatt, exporter, history };
  if (accounts.length > 0) return { ...common, accounts: named(accounts, top, settings) };
  const given = Object.keys(accountSettings).find((key) => settings.origin(key).from !== 'default');
  if (given === undefined) return { ...common, accounts: [] };
  if (settings.origin('token').from === 'default') {
    const message = `is missing, though ${settings.origin(given).key} is set; ${TOKEN_HINT}`;
    settings.report({ key: 'GROWATT_TOKEN', message });
  }
  // Devices chosen by a variable take the place of all that the file says of devices.
  const plants =
    settings.origin('device_sns').from === 'env'
      ? top.plants.map((plant) => ({ ...plant, devices: [] }))
      : top.plants;
  return { ...common, accounts: [complete({ ...top, name: 'default', plants })] };
}

function named(
  accounts: Values['accounts'],
  top: Resolved<typeof accountSettings>,
  settings: Settings,
): readonly GrowattAccount[] {
  const fallback = settings.origin('token').from === 'env';
  for (const setting of ['token', 'plants', 'device_sns']) {
    const { from, key } = settings.origin(setting);
    if (from === 'default' || (setting === 'token' && fallback)) continue;
    settings.report({ key, message: `cannot be combined with accounts; use accounts[].${setting}` });
  }
  return accounts.map((given, index) => {
    const require = (setting: string, hint: string) => {
      const { from, key } = settings.origin(`accounts[${index}].${setting}`);
      if (from === 'default') settings.report({ key, message: `is missing; ${hint}` });
    };
    if (accounts.length > 1) require('name', 'each of several accounts needs its own');
    if (!fallback) require('token', TOKEN_HINT);
    return complete({
      ...given,
      name: given.name ?? 'default',
      token: given.token ?? top.token,
      region: given.region ?? top.region,
      baseUrl: given.baseUrl ?? top.baseUrl,
      v4: given.v4 ?? top.v4,
    });
  });
}

/** An account without a token is a problem that was reported. */
function complete(given: Resolved<typeof accountSettings> & { readonly name: string }): GrowattAccount {
  const { token = '', baseUrl = SERVERS[given.region] } = given;
  const region = REGIONS.find((key) => SERVERS[key] === baseUrl);
  return { ...given, token, baseUrl, region: region ?? given.region, official: region !== undefined };
}

/** The settings that give this configuration: a single account in its short form. */
export function shownGrowatt({ accounts, ...rest }: GrowattConfig): Partial<Values> {
  const shown = accounts.map(({ baseUrl, official, ...account }) => ({
    ...account,
    baseUrl: official ? undefined : baseUrl,
  }));
  const [first, ...others] = shown;
  return first && others.length === 0 && first.name === 'default'
    ? { ...first, ...rest }
    : { accounts: shown, ...rest };
}
