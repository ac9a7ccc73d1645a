import { stringify } from 'yaml';
import { formatDuration } from '../base/duration.ts';
import { REDACTED } from '../base/redacted.ts';
import { credentialsOf, formatListenAddress, REGION_SERVERS } from './addresses.ts';
import type { Config, GrowattAccount, TruckiStick } from './config.ts';
import { describeOtlp } from './otlp.ts';

/** The resolved configuration as a YAML file that could be used again, but for its secrets. */
export function describeConfig(config: Config): string {
  const { growatt, trucki, history, pushgateway, otlp } = config;
  const file = {
    ...describeAccounts(config.accounts),
    growatt: {
      call_spacing: formatDuration(growatt.callSpacing),
      discovery_interval: formatDuration(growatt.discoveryInterval),
      plant_interval: formatDuration(growatt.plantInterval),
      idle_interval: formatDuration(growatt.idleInterval),
    },
    trucki: {
      ...unlessEmpty('targets', trucki.sticks.map(describeStick)),
      interval: formatDuration(trucki.interval),
      legacy_names: trucki.legacyNames,
    },
    exporter: {
      mode: config.mode,
      listen_addr: formatListenAddress(config.listen),
      collect_interval: formatDuration(growatt.collectInterval),
    },
    pushgateway: {
      url: withoutPassword(pushgateway.url),
      job: pushgateway.job,
      // A mapping would lose empty values.
      ...unlessEmpty(
        'grouping',
        Object.entries(pushgateway.grouping).map((pair) => pair.join('=')),
      ),
      timeout: formatDuration(pushgateway.timeout),
    },
    ...(otlp && { otlp: describeOtlp(otlp) }),
    history: { enabled: history.enabled, days: history.days, schedule: history.schedule },
    stale_after: formatDuration(config.staleAfter),
    state_dir: config.stateDir,
    ...(config.shard && { shard: `${config.shard.index}/${config.shard.count}` }),
    log: { level: config.log.level, format: config.log.format },
  };
  return stringify(file, { lineWidth: 0 });
}

/** Every secret of a configuration, also as it stands in a URL or a header, for a log that must not show them. */
export function secretsOf(config: Config): string[] {
  const { url } = config.pushgateway;
  const { password = '', basic = '' } = credentialsOf(url) ?? {};
  const secrets = [
    ...config.accounts.map(({ token }) => token),
    ...config.trucki.sticks.map(({ password = '' }) => password),
    password,
    // Mostly a token, be it behind a scheme such as Bearer.
    ...Object.values(config.otlp?.headers ?? {}).flatMap((value) => [value, value.split(' ').at(-1) ?? '']),
  ];
  const elsewhere = [...secrets.map(encodeURIComponent), new URL(url).password, basic];
  return [...new Set([...secrets, ...elsewhere])].filter(Boolean);
}

function describeAccounts(accounts: readonly GrowattAccount[]): object {
  const [first, ...others] = accounts.map(({ name, baseUrl, plants, deviceSns, v4 }) => {
    const region = Object.keys(REGION_SERVERS).find((key) => REGION_SERVERS[key] === baseUrl);
    const choices = plants.map(({ id, timezone, deviceSns: devices = [] }) => ({
      id,
      timezone,
      ...unlessEmpty(
        'devices',
        devices.map((sn) => ({ sn })),
      ),
    }));
    return {
      name,
      token: REDACTED,
      ...(region === undefined ? { base_url: baseUrl } : { region }),
      ...unlessEmpty('plants', choices),
      ...unlessEmpty('device_sns', deviceSns),
      ...(v4 && { v4 }),
    };
  });
  if (first === undefined) return {};
  if (others.length > 0 || first.name !== 'default') return { accounts: [first, ...others] };
  const { name: _, ...account } = first;
  return account;
}

function describeStick({ name, address, password }: TruckiStick): object {
  return { name, address, ...(password !== undefined && { password: REDACTED }) };
}

function unlessEmpty(key: string, list: readonly unknown[]): object {
  return list.length === 0 ? {} : { [key]: list };
}

function withoutPassword(address: string): string {
  const { password } = new URL(address);
  return password === '' ? address : address.replace(`:${password}@`, `:${REDACTED}@`);
}
