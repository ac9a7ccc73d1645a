import { wallTimeAt, type Zone } from '../../base/calendar.ts';
import type { Reading, Value } from '../../model/reading.ts';
import { type Answer, foldCase } from './answer.ts';
import type { Device } from './device.ts';
import { deviceEntityId } from './entities.ts';
import type { Family } from './families/family.ts';
import { extract } from './fields.ts';
import { parseNumber } from './numbers.ts';
import { statusOf } from './status.ts';
import { EARLIEST, LATEST, parseWallTime } from './zone.ts';

/** What one device's live answer says. */
export interface DeviceData {
  readonly reading: Reading;
  /** The text or number of the status, where the tables do not know it, and the status that is shown instead. */
  readonly unknownStatus: { readonly raw: string; readonly shown: number } | undefined;
}

/**
 * Reads one device's live answer.
 * @param zone that of its plant, once known
 * @param now when the answer came, milliseconds since the epoch
 */
export function readDevice(
  device: Device,
  family: Family,
  zone: Zone | undefined,
  data: Record<string, unknown>,
  now: number,
): DeviceData {
  const answer = foldCase(data);
  const { values: extracted, rejections } = extract(family.fields, answer, device.features);
  const values = withoutAbsentBattery(family, extracted);
  const power = valueIn(values, 'growatt_current_power_watts') ?? 0;
  device.ratedPower = ratedPowerOf(answer, family, power) ?? device.ratedPower;
  const wallTime = wallTimeOf(device, answer, zone, now);
  const status = statusOf(family, answer, power);
  const fault = faultOf(family, valueIn(values, 'growatt_fault_code'));
  if (fault) values.push(fault);
  if (status) values.push({ metric: 'growatt_inverter_status', value: status.status });
  if (status?.code !== undefined) values.push({ metric: 'growatt_inverter_status_code', value: status.code });
  const reading = {
    entity: deviceEntityId(device.sn),
    values,
    rejections,
    wallTime,
    producing: isProducing(answer, wallTime),
    lost: device.listed.lost,
  };
  const unknown = status?.unknown;
  return {
    reading,
    unknownStatus: status && unknown !== undefined ? { raw: unknown, shown: status.status } : undefined,
  };
}

/** No battery of these devices has less, V; what is measured without one is noise. */
const LEAST_BATTERY_VOLTAGE = 10;
const VOLTAGE = 'growatt_battery_voltage_volts';
const MEASURED_IN_BATTERY = new Set([
  'growatt_battery_soc_percent',
  'growatt_battery_current_amps',
  'growatt_battery_charge_power_watts',
  'growatt_battery_discharge_power_watts',
  'growatt_battery_ac_charge_power_watts',
]);

/** Where a battery does not answer, or is not there, 0 is no measurement; its energies count what it once did. */
function withoutAbsentBattery({ fields }: Family, values: Value[]): Value[] {
  const isOfAbsentBattery = ({ metric, value }: Value) =>
    metric === VOLTAGE || (value === 0 && MEASURED_IN_BATTERY.has(metric));
  if ((valueIn(values, VOLTAGE) ?? 0) >= LEAST_BATTERY_VOLTAGE || !values.some(isOfAbsentBattery))
    return values;
  const hasVoltage = fields.some(([metric]) => metric === VOLTAGE);
  return hasVoltage ? values.filter((value) => !isOfAbsentBattery(value)) : values;
}

function faultOf({ faults = {} }: Family, code: number | undefined): Value | undefined {
  if (!code) return undefined;
  const labels = { code: String(code), text: faults[code] ?? 'unknown' };
  return { metric: 'growatt_fault_info', value: 1, labels };
}

function valueIn(values: readonly Value[], metric: string): number | undefined {
  for (const value of values) if (value.metric === metric) return value.value;
  return undefined;
}

/** Smaller inverters are not made; what is not a multiple of this is another quantity under that name. */
const LEAST_RATED_POWER = 300;
const STEP_OF_RATED_POWER = 50;

const RATED_POWER_KEYS = ['opfullwatt', 'ratewatt', 'rateva', 'nominalpower'];

/** The rated power that an answer states, in W; undefined where it states none that can be true. */
function ratedPowerOf(answer: Answer, { largest = 0 }: Family, power: number): number | undefined {
  for (const key of RATED_POWER_KEYS) {
    const rated = parseNumber(answer.get(key));
    if (typeof rated !== 'number' || rated < LEAST_RATED_POWER || rated > largest) continue;
    if (rated % STEP_OF_RATED_POWER === 0 && power <= 1.2 * rated) return rated;
  }
  return undefined;
}

const MINUTE = 60_000;
const CHINA = 8 * 60 * MINUTE;
/** A clock may run ahead so far, and by an hour in summer. */
const AHEAD = 75 * MINUTE;

/**
 * The device's wall clock as if it were UTC. It is text, but in NOAH and NEXA: there it is the instant at which clocks
 * in China would show it, in milliseconds, by four owners' answers. Growatt's documentation calls it UTC: a device
 * whose wall clock would be in the future is believed to give that.
 */
function wallTimeOf(device: Device, answer: Answer, zone: Zone | undefined, now: number): number | undefined {
  const time = answer.get('time') ?? answer.get('timetext');
  if (typeof time !== 'number') return parseWallTime(time);
  const wall = time + CHINA;
  if (zone && wall > wallTimeAt(zone, now) + AHEAD) device.clockIsUtc = true;
  const own = zone && device.clockIsUtc ? wallTimeAt(zone, time) : wall;
  return own > EARLIEST && own < LATEST ? own : undefined;
}

/** PV power shows daylight; where a family does not report it, the middle of the day by its own clock does. */
function isProducing(answer: Answer, wallTime: number | undefined): boolean {
  const power = parseNumber(answer.get('ppv') ?? answer.get('ppvinverter'));
  if (typeof power === 'number') return power > 0;
  const hour = wallTime === undefined ? 0 : new Date(wallTime).getUTCHours();
  return hour >= 9 && hour < 16;
}
