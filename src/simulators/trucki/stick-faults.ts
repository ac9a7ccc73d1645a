import { page, type Responder, type TransportFault, transportFaults } from '../faults.ts';
import type { Page } from './live.ts';

type Change = (live: Page) => Page | string;

/** The controller's word replaces both powers. */
const controller =
  (word: string): Change =>
  (live) => ({ ...live, ZEPCPOWER: word, METERPOWER: live.METERPOWER === 'not set' ? 'not set' : word });

function remote(live: Page, change: (n: number) => Page): Page {
  const linked = [2, 3].filter((n) => live[`ACPOWERSUN${n}`] !== 'not set');
  return Object.assign({}, live, ...linked.map(change));
}

function without(live: Page, keys: readonly string[]): Page {
  return Object.fromEntries(Object.entries(live).filter(([key]) => !keys.includes(key)));
}

const TAIL = ['ACPOWERSUN3', 'ZEPCPOWER', 'METERPOWER'] as const;
const dark = { VGRID: 0, VBAT: 0, TEMP: 0, DAC: 0, CALSTEP: 0 };

/** States of the installation and odd bodies of the stick: what each makes of a healthy live page. */
const CHANGES = {
  'inverter-not-found': (live) => ({ ...live, ...dark, ACPOWER: 'not found' }),
  'inverter-not-found-zero-energy': (live) => ({
    ...live,
    ...dark,
    SETACPOWER: 0,
    DAYENERGY: 0,
    TOTALENERGY: 0,
    ACPOWER: 'not found',
  }),
  'battery-low': (live) => ({ ...live, VBAT: 23.4, SETACPOWER: 0, POWERLIMIT: 0, ACPOWER: 'VBat low' }),
  'remote-packet-lost': (live) => remote(live, (n) => ({ [`SUN${n}ROUNDTRIP`]: '-1' })),
  'remote-lost': (live) =>
    remote(live, (n) => ({
      [`SUN${n}ROUNDTRIP`]: '-1',
      [`SUN${n}POWERLIMIT`]: 0,
      [`ACPOWERSUN${n}`]: 'not found',
    })),
  'meter-not-found': (live) => ({ ...live, METERPOWER: 'not found', ZEPCPOWER: '0.00 W' }),
  disabled: controller('DISABLED'),
  manual: controller('MANUAL'),
  mqtt: controller('MQTT'),
  linked: controller('LINKED'),
  'missing-tail': (live) => without(live, TAIL),
  'null-tail': (live) => Object.assign({}, live, ...TAIL.map((key) => ({ [key]: null }))),
  'nan-meter': (live) => ({ ...live, METERPOWER: 'nan W' }),
  'inf-meter': (live) => ({ ...live, METERPOWER: 'inf W' }),
  'nan-token': (live) => JSON.stringify({ ...live, VBAT: 0 }).replace('"VBAT":0', '"VBAT":NaN'),
  'quoted-numbers': (live) =>
    Object.fromEntries(
      Object.entries(live).map(([key, value]) => [key, value === null ? null : String(value)]),
    ),
  fractions: (live) => ({ ...live, SETACPOWER: 868.5, TEMP: 46.5 }),
  'temperature-wrap': (live) => ({ ...live, TEMP: 6_548 }),
  'rssi-number': (live) => ({ ...live, RSSI: 72 }),
  'lower-case-words': (live) => ({
    ...live,
    ...dark,
    ACPOWER: 'NOT FOUND',
    ZEPCPOWER: 'linked',
    WIFI: 'connected',
  }),
  connecting: (live) => ({ ...live, WIFI: 'CONNECTING...' }),
  'total-falls': (live) => ({ ...live, TOTALENERGY: Math.max(0, Number(live.TOTALENERGY) - 100) }),
  'extra-keys': (live) => ({ ...live, BSSID: '02:00:00:00:00:01', LOCALIP: '192.0.2.11', NEWKEY: 'new' }),
} satisfies Record<string, Change>;

/** What can go wrong with a stick. */
export type StickFault = TransportFault | keyof typeof CHANGES | 'html-page';

function changing(change: Change): Responder {
  return ({ answer }) => {
    const reply = answer();
    if ((reply.status ?? 200) !== 200) return reply;
    const changed = change(JSON.parse(reply.body.toString()));
    return { ...reply, body: typeof changed === 'string' ? changed : JSON.stringify(changed) };
  };
}

const changes = Object.fromEntries(
  Object.entries(CHANGES).map(([kind, change]) => [kind, changing(change)]),
) as Record<keyof typeof CHANGES, Responder>;

export const stickFaults: Record<StickFault, Responder> = {
  ...transportFaults,
  ...changes,
  'html-page': () => page(200, 'WiFiManager', '<form action="/wifisave"></form>'),
};
