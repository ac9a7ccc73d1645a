import * as z from 'zod';
import { SourceError } from '../../base/errors.ts';
import { isRecord } from '../../http/json.ts';
import type { Place } from '../../model/reading.ts';
import { callOf } from './call.ts';
import { BUS_TYPE, type BusFamily, busFamilies } from './families/bus.ts';
import { isTooLong, parseCode, parseNumber, parseText } from './numbers.ts';

/** A plant as `plant/list` describes it. */
export const listedPlant = z.object({
  id: z.string(),
  name: z.string(),
  /** `lat,lon`, or city and country where there are no coordinates; empty when neither is known. */
  location: z.string(),
  /** Degrees; absent when unknown. */
  place: z.object({ latitude: z.number(), longitude: z.number() }).optional(),
  /** Rated PV power in kW, as text for a label; empty when unknown. */
  peakPowerKw: z.string(),
  status: z.number().optional(),
  /** First day of the plant, YYYY-MM-DD. */
  created: z.string().optional(),
});

/** A device as `device/list` describes it. */
export const listedDevice = z.object({
  sn: z.string(),
  /** Absent where the cloud gives none. */
  type: z.number().optional(),
  model: z.string(),
  dataloggerSn: z.string(),
  lost: z.boolean(),
  /** Wall clock of the last upload, as text for people. */
  lastUpdate: z.string(),
});

export type ListedPlant = Readonly<z.infer<typeof listedPlant>>;
export type ListedDevice = Readonly<z.infer<typeof listedDevice>>;

/** A meter or sensor behind a datalogger, as `meter_list` and `env_list` describe it. */
export interface ListedBusDevice {
  readonly address: string;
  readonly model: string;
}

/** A device as v4's `queryDeviceList` describes it: with its family's word, without its plant. */
export interface ListedV4Device {
  readonly sn: string;
  readonly word: string;
  readonly dataloggerSn: string;
}

/** One page of a list: its rows that can be read, and how many rows there are in all. */
export interface Page<T> {
  readonly count: number;
  readonly rows: readonly T[];
  /** The first key whose text was too long and is cut off. */
  readonly tooLong?: string | undefined;
}

/** Both lists allow 100 rows a page. */
export const PAGE_SIZE = 100;

export const listPlantsCall = callOf({ method: 'GET', path: 'plant/list' }, {});
export const listV4Call = callOf({ method: 'POST', path: 'v4/new-api/queryDeviceList' }, {});
export const listDevicesCall = (plantId: string) =>
  callOf({ method: 'GET', path: 'device/list' }, { plant_id: plantId });
/** Lists what is of one kind on the bus of a datalogger. */
export const listBusCall = ({ list }: BusFamily, dataloggerSn: string) =>
  callOf(list, { datalog_sn: dataloggerSn });

/** Where plants and devices are listed. */
export const listEndpoints = [
  listPlantsCall.endpoint,
  listV4Call.endpoint,
  listDevicesCall('').endpoint,
  ...busFamilies.map((family) => listBusCall(family, '').endpoint),
];

/** The texts of all lists that are shown as labels. */
const SHOWN_TEXTS = [
  ...['plant_id', 'name', 'city', 'country', 'device_sn', 'model', 'datalogger_sn'],
  ...['address', 'device_name', 'deviceSn', 'deviceType', 'datalogSn'],
] as const;

const list = (key: string) =>
  z.object({ data: z.looseObject({ count: z.unknown().optional(), [key]: z.array(z.unknown()).nullish() }) });

const text = z.union([z.string(), z.number()]).transform(parseText).pipe(z.string().min(1));
const plant = z.looseObject({ plant_id: text });
const device = z.looseObject({ device_sn: text });
const busDevice = z.looseObject({ address: text });
const v4Device = z.looseObject({ deviceSn: text, deviceType: text });

export function parsePlants(envelope: unknown): Page<ListedPlant> {
  return parsePage(envelope, 'plants', plant, (row) => ({
    id: row.plant_id,
    name: parseText(row.name),
    location: locationOf(row),
    place: placeOf(row),
    peakPowerKw: numberText(row.peak_power),
    status: known(parseNumber(row.status)),
    created: /^\d{4}-\d{2}-\d{2}/.exec(parseText(row.create_date))?.[0],
  }));
}

export function parseDevices(envelope: unknown): Page<ListedDevice> {
  return parsePage(envelope, 'devices', device, (row) => {
    const dataloggerSn = parseText(row.datalogger_sn);
    const type = parseCode(row.type);
    return {
      // Every meter is called AMMETER: only with its datalogger is that a name.
      sn: type === BUS_TYPE ? `${row.device_sn}-${dataloggerSn}` : row.device_sn,
      type,
      model: parseText(row.model),
      dataloggerSn,
      lost: row.lost === true || row.lost === 'true' || row.lost === '1',
      lastUpdate: parseText(row.last_update_time),
    };
  });
}

/** @param key `meters` or `envs` */
export function parseBusDevices(envelope: unknown, key: string): Page<ListedBusDevice> {
  return parsePage(envelope, key, busDevice, (row) => ({
    address: row.address,
    model: parseText(row.device_name),
  }));
}

export function parseV4Devices(envelope: unknown): Page<ListedV4Device> {
  return parsePage(envelope, 'data', v4Device, (row) => ({
    sn: row.deviceSn,
    word: row.deviceType,
    dataloggerSn: parseText(row.datalogSn),
  }));
}

function parsePage<S extends z.ZodType, T>(
  envelope: unknown,
  key: string,
  schema: S,
  convert: (row: z.infer<S>) => T,
): Page<T> {
  const parsed = list(key).safeParse(envelope);
  if (!parsed.success) throw new SourceError('malformed', `the answer holds no list of ${key}`);
  const listed = (parsed.data.data[key] ?? []) as unknown[];
  const rows = listed.flatMap((row) => {
    const result = schema.safeParse(row);
    return result.success ? [convert(result.data)] : [];
  });
  const tooLong = listed
    .filter(isRecord)
    .flatMap((row) => SHOWN_TEXTS.filter((name) => isTooLong(row[name])))[0];
  return { count: known(parseNumber(parsed.data.data.count)) ?? listed.length, rows, tooLong };
}

/**
 * Decides whether a list is believed: the cloud sometimes answers with an empty one, or with fewer rows than it
 * counts, by mistake. One that is shorter than what is known is believed only the second time in a row.
 */
export class ListCheck {
  #incompleteBefore = false;

  /** @param known how many are known from earlier lists */
  believes({ rows, count }: Page<unknown>, known: number): boolean {
    const incomplete = rows.length < count || rows.length === 0;
    const believed = !incomplete || known <= rows.length || this.#incompleteBefore;
    this.#incompleteBefore = incomplete;
    return believed;
  }
}

function locationOf(row: Record<string, unknown>): string {
  const latitude = numberText(row.latitude);
  const longitude = numberText(row.longitude);
  if (latitude && longitude) return `${latitude},${longitude}`;
  return [parseText(row.city), parseText(row.country)].filter(Boolean).join(', ');
}

/** Half of a place, and the one where both coordinates are 0, are what an owner leaves who states none. */
function placeOf(row: Record<string, unknown>): Place | undefined {
  const texts = [numberText(row.latitude), numberText(row.longitude)];
  const [latitude = 0, longitude = 0] = texts.map(Number);
  const isPlace =
    Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && (latitude !== 0 || longitude !== 0);
  return isPlace && !texts.includes('') ? { latitude, longitude } : undefined;
}

const known = (value: number | 'bad' | undefined) => (value === 'bad' ? undefined : value);

/** Coordinates keep the digits they came with; 0, -1 and the like may be real ones, unlike in readings. */
function numberText(value: unknown): string {
  const text = parseText(value);
  return text !== '' && Number.isFinite(Number(text)) ? String(Number(text)) : '';
}
