import { isTurnOver, nextTurn } from '../base/turns.ts';
import type { Quantities, Quantity, ShownSample } from '../model/overview.ts';
import { isFleetAwake, judgeDevice, judgePlant, judgeStick } from './conditions.ts';
import { deviceFigures, known, plantFigures, stickFigures, totalFigures } from './figures.ts';
import { groupSamples, type Raw, type RawPlant } from './raw.ts';
import type { DeviceView, PlantView, StatusView, StickView, Worth } from './status-api.ts';

/** What there is to see of all plants and sticks at one moment. */
export type Overview = Pick<StatusView, 'totals' | 'medianYieldKwhPerKwp' | 'plants' | 'sticks'>;

export interface OverviewInput {
  readonly samples: Iterable<ShownSample> | AsyncIterable<ShownSample>;
  readonly quantities: Quantities;
  /** Seconds since the epoch. */
  readonly now: number;
  /** When a stick was last read, seconds since the epoch; its readings carry no time. */
  readonly stickReadAt: (stick: string) => number | undefined;
}

/** What is worked out for a plant does not make it one that is read. */
const DERIVED: ReadonlySet<string> = new Set<Quantity>([
  'expectedWatts',
  'expectedTodayKwh',
  'expectedTomorrowKwh',
  'performanceRatio',
  'savings',
  'exportRevenue',
  'exportCharge',
]);

/** With fewer there is no fleet to compare with. */
const LEAST_FOR_MEDIAN = 3;

/** Puts together what the samples say, without blocking the event loop. */
export async function makeOverview({
  samples,
  quantities,
  now,
  stickReadAt,
}: OverviewInput): Promise<Overview> {
  const sites = await groupSamples(samples, quantities);
  const fleetAwake = isFleetAwake(sites);
  const plants: PlantView[] = [];
  for (const [id, raw] of sites.plants) {
    if (isRead(raw)) plants.push(plantView(id, raw, fleetAwake, now));
    if (isTurnOver()) await nextTurn();
  }
  const sticks = [...sites.sticks].map(([name, raw]) => stickView(name, raw, stickReadAt(name)));
  const medianYieldKwhPerKwp = medianOf(plants.map(({ values }) => values.yieldTodayKwhPerKwp));
  return { totals: totalFigures(plants, sticks), ...known({ medianYieldKwhPerKwp }), plants, sticks };
}

function plantView(id: string, raw: RawPlant, fleetAwake: boolean, now: number): PlantView {
  // Those that have a status are inverters; meters and sensors come after them.
  const sorted = [...raw.devices].sort(([, a], [, b]) => Number(isInverter(b)) - Number(isInverter(a)));
  const judgements = sorted.map(([, device]) => judgeDevice(device, raw, fleetAwake, now));
  const devices = sorted.map(
    ([serial, device], i): DeviceView => ({
      serial,
      type: device.info.device_type ?? '',
      model: device.info.model ?? '',
      ...judgements[i]!,
      ...known({ readAt: device.values.readAt }),
      values: deviceFigures(device.values),
    }),
  );
  const values = [...raw.devices.values()].map((device) => device.values);
  const times = values.flatMap(({ readAt }) => readAt ?? []);
  return {
    id,
    name: raw.info.plant_name || `Plant ${id}`,
    location: raw.info.location ?? '',
    ...judgePlant(judgements),
    ...known({
      readAt: times.length > 0 ? Math.max(...times) : undefined,
      peakPowerWatts: raw.values.peakWatts,
      up: upOf(raw),
    }),
    values: plantFigures(raw.values, [...raw.devices.values()]),
    ...known({ worth: worthOf(raw) }),
    devices,
  };
}

/** What the energy of a plant was worth since counting began; undefined where none is priced. */
function worthOf({ currency, values }: Raw): Worth | undefined {
  const { savings, exportRevenue, exportCharge } = values;
  if (currency === undefined) return undefined;
  const total = (savings ?? 0) + (exportRevenue ?? 0) - (exportCharge ?? 0);
  return { currency, total: Math.round(total * 10_000) / 10_000 };
}

function stickView(name: string, raw: Raw, readAt: number | undefined): StickView {
  return { name, ...judgeStick(raw), ...known({ readAt, up: upOf(raw) }), values: stickFigures(raw.values) };
}

const isRead = ({ devices, info, values }: RawPlant) =>
  devices.size > 0 || [...Object.keys(info), ...Object.keys(values)].some((key) => !DERIVED.has(key));

const isInverter = ({ values }: Raw) => values.status !== undefined;

const upOf = ({ values }: Raw) => (values.up === undefined ? undefined : values.up === 1);

function medianOf(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  if (sorted.length < LEAST_FOR_MEDIAN) return undefined;
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length - 1 - middle] ?? 0, sorted[middle] ?? 0];
  return (low + high) / 2;
}
