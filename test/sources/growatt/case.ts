import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Zone } from '../../../src/base/calendar.ts';
import { catalogue, definitionOf } from '../../../src/catalogue.ts';
import { renderText } from '../../../src/export/text-format.ts';
import { type Device, familyNamed, newDevice } from '../../../src/sources/growatt/device.ts';
import { readDevice } from '../../../src/sources/growatt/device-data.ts';
import { deviceEntities } from '../../../src/sources/growatt/entities.ts';
import { parseGmtZone } from '../../../src/sources/growatt/zone.ts';
import { Store } from '../../../src/store/store.ts';
import { observeStore } from '../../../src/telemetry/instruments.ts';
import { createProvider } from '../../../src/telemetry/provider.ts';
import { virtualClock } from '../../helpers/clock.ts';

/** What a case says of one published answer, beside the answer itself. */
export interface DeviceCase {
  readonly family: string;
  /** The call, as in the vendor's documentation. */
  readonly call: string;
  /** Zone of the plant, as Growatt writes it; absent where it is not known. */
  readonly zone?: string;
  /** When the answer came; ISO 8601. */
  readonly received: string;
  /** Words of what was rejected. */
  readonly rejected?: readonly string[];
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The answer about one device: in an envelope, in a batch under its serial number, or as a row of a list. */
function deviceAnswer(value: unknown): Fields | undefined {
  if (!isFields(value)) return undefined;
  const inner = Object.values(value);
  const row = inner.filter(Array.isArray).find(([first]) => isFields(first))?.[0];
  // A batch has the serial number twice as a key, beside one or two fields.
  const nested = inner.length < 5 ? inner.find(isFields) : undefined;
  const next = value.data ?? row ?? nested;
  return next === undefined ? value : deviceAnswer(next);
}

export const readJson = (...path: string[]) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** The samples of a store in the text of `/metrics`, sorted. */
export async function linesOf(store: Store): Promise<string[]> {
  const { provider, deviceReader, deviceMeter } = createProvider();
  observeStore(deviceMeter, store, catalogue);
  const { resourceMetrics } = await deviceReader.collect();
  await provider.shutdown();
  const lines = renderText(resourceMetrics, 'text').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).toSorted();
}

/** What `/metrics` has of the device of a case right after its answer came, and why parts of it were rejected. */
export async function readCase(folder: string): Promise<{ lines: string[]; rejections: string[] }> {
  const about: DeviceCase = readJson(folder, 'case.json');
  const answer = deviceAnswer(readJson(folder, 'answer.json'));
  const family = familyNamed(about.family);
  if (!answer || !family) throw new Error(`${folder}: no answer of a known family`);
  const zone: Zone | undefined = about.zone === undefined ? undefined : parseGmtZone(about.zone);
  const sn = 'DEVICE';
  const listed = { sn, type: 0, model: '', dataloggerSn: '', lost: false, lastUpdate: '' };
  const device: Device = newDevice('1', listed, { family });
  const now = Date.parse(about.received);
  const store = new Store({ clock: virtualClock(now), staleAfter: 0, definitionOf });
  const { reading } = readDevice(device, family, zone, answer, now);
  store.apply('growatt', { type: 'entities', entities: deviceEntities(device, zone) });
  const rejections = store.apply('growatt', { type: 'reading', reading });
  return {
    lines: await linesOf(store),
    rejections: rejections.map(({ reason, metric, value }) =>
      [reason, metric, value].filter((word) => word !== undefined).join(' '),
    ),
  };
}
