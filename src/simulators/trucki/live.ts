import { DAY, MINUTE } from '../calendar.ts';
import type { Inverter, StickState } from './model.ts';

/** Firmware generations: `/jsonlive` of the newer ones, `/json` of V1.12, and a charger's `/jsonlive`. */
export type Firmware = 'jsonlive' | 'v1.12' | 't2mg';

/** A flat object as the stick serves it. */
export type Page = Record<string, string | number | null>;

export interface PageInput {
  state: StickState;
  uptimeMs: number;
  /** Whether a meter URL is set. */
  meter: boolean;
}

const pad = (value: number) => String(Math.floor(value)).padStart(2, '0');
const tenths = (value: number) => Math.round(value * 10) / 10;
const hundredths = (value: number) => Math.round(value * 100) / 100;

/** A power as the stick writes it: two decimals and the unit. */
export function watts(value: number): string {
  return `${value.toFixed(2)} W`;
}

/** `03d 14:07:58` */
export function uptimeText(ms: number): string {
  const seconds = (ms % MINUTE) / 1_000;
  return `${pad(ms / DAY)}d ${pad((ms % DAY) / (60 * MINUTE))}:${pad((ms / MINUTE) % 60)}:${pad(seconds)}`;
}

/** `(day) 13:42` */
export function timeText({ hour, night }: StickState): string {
  return `(${night ? 'night' : 'day'}) ${pad(hour)}:${pad((hour % 1) * 60)}`;
}

/** The keys of both remotes; 0 and "not set" for one that is not configured. */
export function remotes(state: StickState): Page {
  const link = (n: 2 | 3, inverter?: Inverter): Page => ({
    [`SUN${n}ROUNDTRIP`]: String(inverter?.roundTrip ?? 0),
    [`SUN${n}SETPOINT`]: inverter?.setpoint ?? 0,
    [`SUN${n}POWERLIMIT`]: inverter?.limit ?? 0,
  });
  return { ...link(2, state.inverters[1]), ...link(3, state.inverters[2]) };
}

/** The powers and words that V1.12 puts last. */
export function powers({ state, meter }: PageInput): Page {
  const power = (inverter?: Inverter) => (inverter ? watts(inverter.power) : 'not set');
  return {
    ACPOWER: power(state.inverters[0]),
    ACPOWERSUN2: power(state.inverters[1]),
    ACPOWERSUN3: power(state.inverters[2]),
    ZEPCPOWER: meter ? watts(state.wanted) : 'DISABLED',
    METERPOWER: meter ? watts(state.meter) : 'not set',
  };
}

/** What the stick reads from its own inverter. */
export function inverter({ inverters, ...state }: StickState): Page {
  return {
    VGRID: tenths(state.gridVoltage),
    VBAT: tenths(state.batteryVoltage),
    SETACPOWER: inverters[0]?.setpoint ?? 0,
    TEMP: Math.floor(state.temperature),
    DAC: 0,
    CALSTEP: 0,
  };
}

/** `/jsonlive` of a T2SG. */
export function livePage(input: PageInput): Page {
  const { state, uptimeMs, meter } = input;
  return {
    UPTIME: uptimeText(uptimeMs),
    TIME: timeText(state),
    ...inverter(state),
    POWERLIMIT: state.inverters[0]?.limit ?? 0,
    ...remotes(state),
    METERREADOUT: meter ? state.meterReadMs : 0,
    DAYENERGY: Math.floor(state.dayEnergy * 10) / 10,
    TOTALENERGY: Math.floor(state.totalEnergy * 10) / 10,
    METERDAYENERGY: hundredths(state.meterDayEnergy),
    MQTT_STATE_VALUE: 'ON',
    MQTT_ZEPC_VALUE: meter ? '(ENABLED) 1' : '(DISABLED) 0',
    MQTT_METER_VALUE: meter ? state.meter.toFixed(2) : '',
    MQTT_ACSETPOINTOVR_VALUE: '',
    MQTT: 'connected',
    ...powers(input),
    WIFI: 'WIFI CONNECTED',
    RSSI: 'Fairly good',
  };
}

const CHARGER_EFFICIENCY = 0.95;

/** `/jsonlive` of a T2MG: a charger's DC side comes with it. */
export function chargerPage(input: PageInput): Page {
  const { power = 0, setpoint = 0 } = input.state.inverters[0] ?? {};
  const direct = power * CHARGER_EFFICIENCY;
  return {
    ...livePage(input),
    DCPOWER: tenths(direct),
    SETDCPOWER: tenths(setpoint * CHARGER_EFFICIENCY),
    IOUT: hundredths(direct / input.state.batteryVoltage),
    IOUTSET: hundredths((setpoint * CHARGER_EFFICIENCY) / input.state.batteryVoltage),
    VOUTSET: 28.8,
    IOUTOFFLINE: 5,
    VOUTOFFLINE: 27.2,
    MWEFFICIENCY: CHARGER_EFFICIENCY * 100,
    NEXTUPDATE: 1,
    MQTT_MINPOWER_VALUE: 50,
    FAULT: ' 0',
    CHGSTATUS: 1,
    SYSSTATUS: 0,
    SYSCONFIG: 2,
    CURVECFG: 4,
    WIFI: 'CONNECTED',
  };
}
