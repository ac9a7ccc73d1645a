import { isRecord } from '../../http/json.ts';
import type { Reading } from '../source.ts';
import type { Call } from './calls.ts';
import { type Family, OTHER } from './families/family.ts';
import { extract, foldCase } from './fields.ts';
import { type Device, deviceEntity } from './inventory.ts';
import { parseCode, parseNumber } from './numbers.ts';
import { parseWallTime } from './zone.ts';

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
    const alone = batch ? members.filter(({ solo }) => solo) : members;
    const together = batch ? members.filter(({ solo }) => !solo) : [];
    const single = (device: Device): LiveCall => ({
      endpoint: last,
      params: { [last.param]: device.sn },
      family,
      devices: [device],
    });
    if (!batch || together.length === 1) return [...together, ...alone].map(single);
    const batches = chunks(together, BATCH_SIZE).map((some) => ({
      endpoint: batch,
      params: { [batch.param]: some.map(({ sn }) => sn).join(','), pageNum: 1 },
      family,
      devices: some,
    }));
    return [...batches, ...alone.map(single)];
  });
}

/** The part of an answer that is about one device; undefined where the cloud left it out. */
export function answerFor(call: LiveCall, device: Device, envelope: Record<string, unknown>) {
  const { data } = envelope;
  if (!isRecord(data)) return undefined;
  if (call.endpoint.path === call.family.last.path) return ownAnswer(data, device);
  // In a batch the serial number is a key twice.
  const outer = data[device.sn];
  const inner = isRecord(outer) ? outer[device.sn] : undefined;
  return isRecord(inner) ? ownAnswer(inner, device) : undefined;
}

/** An answer about another device is nobody's. */
function ownAnswer(data: Record<string, unknown>, device: Device): Record<string, unknown> | undefined {
  const named = data.serialNum ?? data.inverterId;
  const foreign = typeof named === 'string' && named !== '' && named !== device.sn;
  return foreign || Object.keys(data).length === 0 ? undefined : data;
}

/** Turns one device's live answer into a reading. */
export function readDevice(device: Device, family: Family, data: Record<string, unknown>): Reading {
  const answer = foldCase(data);
  const { values, doubts } = extract(family.fields, answer, device.parts);
  const wallTime = parseWallTime(answer.get('time')) ?? parseWallTime(answer.get('timetext'));
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
    doubts,
    wallTime,
    producing: isProducing(answer, wallTime),
    lost: device.listed.lost,
  };
}

/** PV power shows daylight; where a family does not report it, the middle of the day by its own clock does. */
function isProducing(answer: ReadonlyMap<string, unknown>, wallTime: number | undefined): boolean {
  const power = parseNumber(answer.get('ppv') ?? answer.get('ppvinverter'));
  if (typeof power === 'number') return power > 0;
  const hour = wallTime === undefined ? 0 : new Date(wallTime).getUTCHours();
  return hour >= 9 && hour < 16;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
