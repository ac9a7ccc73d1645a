import { hostAddress } from '../../settings/addresses.ts';
import { duration, name, password, yesNo } from '../../settings/format.ts';
import type { Settings } from '../../settings/read.ts';
import { list, type Resolved, secretSetting, setting } from '../../settings/setting.ts';

const target = {
  name: setting(name, { otherwise: 'the address', doc: 'Unique; the label `stick`.' }),
  address: setting(hostAddress, {
    required: true,
    doc: '`host` or `host:port`; an IPv6 address in brackets.',
  }),
  password: secretSetting(password, {
    otherwise: '`trucki.password`',
    doc: "Password of this stick's web page.",
    file: 'File that holds it instead.',
  }),
};

/** The settings of Trucki sticks. */
export const truckiSettings = {
  trucki: {
    targets: list(target, {
      env: 'TRUCKI_TARGETS',
      flag: {
        name: '-t',
        value: 'HOST[:PORT]',
        repeatable: true,
        doc: 'a Trucki stick, or NAME=HOST[:PORT]; may be repeated',
      },
      starts: true,
      fromText: targetFromText,
      unique: { what: 'stick name', keys: ['name', 'address'] },
      doc: 'Sticks to read: `host[:port]` or `name=host[:port]`, comma-separated. The name becomes the label `stick`.',
    }),
    interval: setting(duration('500ms'), {
      env: 'TRUCKI_INTERVAL',
      flag: {
        name: '-i',
        value: 'SECONDS',
        takes: 'a number of seconds, 0.5 or more',
        toSetting: (text) =>
          /^\d{1,7}(\.\d{1,6})?$/.test(text) && Number(text) >= 0.5 ? `${text}s` : undefined,
        doc: 'poll interval of the sticks, 0.5 or more',
      },
      default: '5s',
      doc: 'Poll interval of each stick.',
    }),
    password: secretSetting(password, {
      env: 'TRUCKI_PASSWORD',
      doc: "Password of the sticks' web page (user `admin`), for every stick without its own.",
      file: 'File that holds this password instead.',
    }),
    legacy_names: setting(yesNo, {
      env: 'TRUCKI_LEGACY_NAMES',
      default: 'false',
      doc: "Also expose trucki2prometheus's 22 metric names.",
    }),
  },
};

type Values = Resolved<typeof truckiSettings>['trucki'];

/** A stick as it is read. */
export interface TruckiStick extends Resolved<typeof target> {
  /** Value of the label `stick`. */
  readonly name: string;
}

/** Everything configured for Trucki sticks; the interval is milliseconds. */
export interface TruckiConfig extends Values {
  readonly targets: readonly TruckiStick[];
}

/** A stick without a name has its address for one, and the common password unless it has its own. */
export function resolveTrucki(settings: Settings): TruckiConfig {
  const { trucki } = settings.valuesOf(truckiSettings);
  const targets = trucki.targets.map((target) => ({
    ...target,
    name: target.name ?? target.address,
    password: target.password ?? trucki.password,
  }));
  return { ...trucki, targets };
}

/** `name=host[:port]` or `host[:port]`; the `=` in the query of a URL does not end a name. */
function targetFromText(text: string): Readonly<Record<string, string>> {
  const [, name, address = ''] = /^(?:([^=/?]*)=)?(.*)$/s.exec(text) ?? [];
  return name === undefined ? { address } : { name: name.trim(), address: address.trim() };
}
