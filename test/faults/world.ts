import type { DeviceSpec, PlantSpec } from '../../src/simulators/growatt/specs.ts';
import { home, type Station } from './station.ts';

const SN = 'SIMMIN0001';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const min = (sn: string): DeviceSpec => ({ sn, family: 'min', dataloggerSn: `LOG${sn}` });

/** What an account holds, by the name that the rows use. */
export const HOMES = {
  one: [home()],
  two: [home({ devices: [min(SN), min('SIMMIN0002')] })],
  'two plants': [home(), home({ id: 2, name: 'Shed', devices: [min('SIMMIN0002')] })],
  /** The sun shines at midnight. */
  'sun at midnight': [home({ timezone: 'GMT+12', zone: 'Pacific/Auckland' })],
  battery: [home({ devices: [{ ...min(SN), family: 'sph' }] })],
  'listed twice': [home({ devices: [{ ...min(SN), family: 'max', listedTwice: true }] })],
  '120 inverters': [
    home({ devices: Array.from({ length: 120 }, (_, n) => min(`SIM${String(n + 1).padStart(7, '0')}`)) }),
  ],
  none: [],
} satisfies Record<string, readonly PlantSpec[]>;

export interface Event {
  begin(station: Station): void;
  end?(station: Station): void;
}

/** What happens to plants, devices and clocks, by the name that the rows use. */
export const EVENTS = {
  'device removed': {
    begin: ({ cloud }) => cloud.removeDevice('SIMMIN0002'),
    end: ({ cloud }) => cloud.addDevice(1, min('SIMMIN0002')),
  },
  'device added': { begin: ({ cloud }) => cloud.addDevice(1, min('SIMMIN0003')) },
  'plant removed': {
    begin: ({ cloud }) => cloud.removePlant(2),
    end: ({ cloud }) => cloud.addPlant(HOMES['two plants'][1]!),
  },
  'token revoked': {
    begin: ({ cloud }) => cloud.setToken(undefined),
    end: ({ cloud, token }) => cloud.setToken(token),
  },
  'datalogger silent': {
    begin: ({ cloud, clock }) => cloud.disturb(SN, { silentSince: clock.now() }),
    end: ({ cloud }) => cloud.disturb(SN, {}),
  },
  'old data replayed': {
    begin: ({ cloud }) => cloud.disturb(SN, { replayMs: 3 * HOUR }),
    end: ({ cloud }) => cloud.disturb(SN, {}),
  },
  'inverter clock an hour back': {
    begin: ({ cloud }) => cloud.disturb(SN, { clockSkewMs: -HOUR }),
  },
  'totals read zero': {
    begin: ({ cloud }) => cloud.disturb(SN, { lifetimeZero: true }),
    end: ({ cloud }) => cloud.disturb(SN, {}),
  },
  'system clock a day ahead': { begin: ({ jump }) => jump(DAY), end: ({ jump }) => jump(-DAY) },
  'system clock a day back': { begin: ({ jump }) => jump(-DAY), end: ({ jump }) => jump(DAY) },
  'stick rebooted': { begin: ({ stick }) => stick.restart() },
  'no plants': { begin: () => {}, end: ({ cloud }) => cloud.addPlant(home()) },
  'time passes': { begin: () => {} },
} satisfies Record<string, Event>;
