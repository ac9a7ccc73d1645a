import type { Zone } from '../../base/calendar.ts';
import { isRecord } from '../../http/json.ts';
import type { Reading } from '../../model/reading.ts';
import type { Call } from './calls.ts';
import type { Params } from './client.ts';
import type { Device } from './device.ts';
import { deviceEntity } from './entities.ts';
import { type DeviceCall, type Family, OTHER } from './families/family.ts';
import { extract, foldCase } from './fields.ts';
import { parseCode, parseNumber } from './numbers.ts';
import { EARLIEST, LATEST, parseWallTime } from './zone.ts';

/** Serial numbers that one batch call may name. */
const BATCH_SIZE = 100;

/** One call for live values, and the devices it is for. */
export interface LiveCall extends Call {
  readonly family: Family;
  readonly devices: readonly Device[];
}

/** The fewest calls that read these devices: batches by family; its own call for a device that is alone. */
export function planLiveCalls(devices: readonly Device[]): LiveCall[] {
  const byFamily = Map.groupBy(devices, ({ family }) => family);
  return [...byFamily].flatMap(([family, members]) => {
    if (!family) return [];
    const { last, batch } = family;
    const call = (endpoint: DeviceCall, some: readonly Device[]): LiveCall => {
      const params: Params = some[0]?.bus ?? {
        [endpoint.param]: some.map(({ sn }) => sn).join(','),
        ...endpoint.fixed,
      };
      return { endpoint, params, family, devices: some };
    };
    const [alone, together] = batch ? divide(members, ({ solo }) => solo) : [members, []];
    const batches = chunks(together, BATCH_SIZE).map((some) =>
      call(batch && some.length > 1 ? batch : last, some),
    );
    return [...batches, ...alone.map((device) => call(last, [device]))];
  });
}

/** The part of an answer that is about one device; undefined where the cloud left it out. */
export function answerFor(call: LiveCall, device: Device, envelope: Record<string, unknown>) {
  const { data } = envelope;
  if (!isRecord(data)) return undefined;
  const list = data[call.family.word];
  // v4 answers with a list, whatever the number of devices.
  if (Array.isArray(list)) return list.filter(isRecord).find((row) => namedIn(row) === device.sn);
  if (call.endpoint === call.family.last) return ownAnswer(data, device);
  // In a batch the serial number is a key twice.
  const outer = data[device.sn];
  const inner = isRecord(outer) ? outer[device.sn] : undefined;
  return isRecord(inner) ? ownAnswer(inner, device) : undefined;
}

/** An answer about another device is nobody's. */
function ownAnswer(data: Record<string, unknown>, device: Device): Record<string, unknown> | undefined {
  const named = namedIn(data);
  const foreign = typeof named === 'string' && named !== '' && named !== device.sn;
  return foreign || Object.keys(data).length === 0 ? undefined : data;
}

const namedIn = (data: Record<string, unknown>) => data.serialNum ?? data.inverterId ?? data.deviceSn;

/** Turns one device's live answer into a reading; `zone` is that of its plant, once known. */
export function readDevice(
  device: Device,
  family: Family,
  zone: Zone | undefined,
  data: Record<string, unknown>,
): Reading {
  const answer = foldCase(data);
  const { values, rejections } = extract(family.fields, answer, device.features);
  const wallTime = wallTimeOf(answer.get('time') ?? answer.get('timetext'), zone);
  const code = parseCode(answer.get('status'));
  const states =
    code === undefined || !family.status
      ? []
      : [
          { metric: 'growatt_inverter_status', value: family.status[code] ?? OTHER },
          { metric: 'growatt_inverter_status_code', value: code },
        ];
  return {
    entity: deviceEntity(device.sn),
    values: [...values, ...states],
    rejections,
    wallTime,
    producing: isProducing(answer, wallTime),
    lost: device.listed.lost,
  };
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

function divide<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
