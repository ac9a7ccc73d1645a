import type { Zone } from '../../base/calendar.ts';
import type { Reading } from '../../model/reading.ts';
import type { Device } from './device.ts';
import { deviceEntityId } from './entities.ts';
import { type Family, OTHER } from './families/family.ts';
import { extract, foldCase } from './fields.ts';
import { parseCode, parseNumber } from './numbers.ts';
import { EARLIEST, LATEST, parseWallTime } from './zone.ts';

/** What one device's live answer says. */
export interface DeviceData {
  readonly reading: Reading;
  /** The raw status, where the family's table does not know it. */
  readonly unknownStatus: number | undefined;
}

/** Reads one device's live answer; `zone` is that of its plant, once known. */
export function readDevice(
  device: Device,
  family: Family,
  zone: Zone | undefined,
  data: Record<string, unknown>,
): DeviceData {
  const answer = foldCase(data);
  const { values, rejections } = extract(family.fields, answer, device.features);
  const wallTime = wallTimeOf(answer.get('time') ?? answer.get('timetext'), zone);
  const code = family.status && parseCode(answer.get('status'));
  const status = code === undefined ? undefined : family.status?.[code];
  const states =
    code === undefined
      ? []
      : [
          { metric: 'growatt_inverter_status', value: status ?? OTHER },
          { metric: 'growatt_inverter_status_code', value: code },
        ];
  const reading = {
    entity: deviceEntityId(device.sn),
    values: [...values, ...states],
    rejections,
    wallTime,
    producing: isProducing(answer, wallTime),
    lost: device.listed.lost,
  };
  return { reading, unknownStatus: status === undefined ? code : undefined };
}

/** Wall clocks are text; NOAH gives the instant instead, in milliseconds. */
function wallTimeOf(time: unknown, zone: Zone | undefined): number | undefined {
  if (typeof time !== 'number') return parseWallTime(time);
  const wall = zone && time + zone.offsetAt(time) * 60_000;
  return wall !== undefined && wall > EARLIEST && wall < LATEST ? wall : undefined;
}

/** PV power shows daylight; where a family does not report it, the middle of the day by its own clock does. */
function isProducing(answer: ReadonlyMap<string, unknown>, wallTime: number | undefined): boolean {
  const power = parseNumber(answer.get('ppv') ?? answer.get('ppvinverter'));
  if (typeof power === 'number') return power > 0;
  const hour = wallTime === undefined ? 0 : new Date(wallTime).getUTCHours();
  return hour >= 9 && hour < 16;
}
