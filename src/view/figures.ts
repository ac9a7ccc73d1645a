import { WITHOUT_METER } from '../metrics/growatt/battery-grid.ts';
import type { Quantity } from '../model/overview.ts';
import type { Raw } from './raw.ts';
import type { Figures } from './status-api.ts';

type Values = Raw['values'];

/** Sum of what is known; undefined when nothing is. */
export function sumOf(values: Iterable<number | undefined>): number | undefined {
  let sum: number | undefined;
  for (const value of values) if (value !== undefined) sum = (sum ?? 0) + value;
  return sum;
}

export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : (sumOf(known) ?? 0) / known.length;
}

/** The object without its keys that are undefined, and numbers rounded to the digits that are measured. */
export function known<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [[key, typeof value === 'number' ? Math.round(value * 1000) / 1000 : value] as const];
  });
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

const BATTERY: readonly Quantity[] = ['batteryPercent', 'chargeWatts', 'dischargeWatts'];
const hasBattery = (values: Values) => BATTERY.some((quantity) => values[quantity] !== undefined);

/** Power of the sun. At the AC side of a device with a battery, power may come from that. */
const sunWatts = (values: Values) =>
  hasBattery(values) ? values.pvWatts : (values.outputWatts ?? values.pvWatts);
const sunTodayKwh = (values: Values) =>
  hasBattery(values) ? values.pvTodayKwh : (values.outputTodayKwh ?? values.pvTodayKwh);

/** Import and export at a meter, which counts import as positive. */
function meterFlows(meterWatts: number | undefined): Pick<Figures, 'gridImportWatts' | 'gridExportWatts'> {
  if (meterWatts === undefined) return {};
  return { gridImportWatts: Math.max(0, meterWatts), gridExportWatts: Math.max(0, -meterWatts) };
}

/** What the page shows of one device. */
export function deviceFigures(values: Values): Figures {
  return known({
    powerWatts: sunWatts(values),
    energyTodayKwh: sunTodayKwh(values),
    energyTotalKwh: values.outputTotalKwh,
    batteryPercent: values.batteryPercent,
    batteryChargeWatts: values.chargeWatts,
    batteryDischargeWatts: values.dischargeWatts,
    gridImportWatts: values.gridImportWatts,
    gridExportWatts: values.gridExportWatts,
    loadWatts: values.loadWatts,
    gridImportTodayKwh: values.gridImportTodayKwh,
    gridExportTodayKwh: values.gridExportTodayKwh,
    loadTodayKwh: values.loadTodayKwh,
    temperatureCelsius: values.temperatureCelsius,
    ...meterFlows(values.meterWatts),
  });
}

/**
 * What the page shows of a plant: the sum of its devices, and what only the plant as a whole has. The power and the
 * energy that the source states for the whole plant are rarely read, so they count only without those of devices.
 */
export function plantFigures(plant: Values, raws: readonly Pick<Raw, 'values' | 'info'>[]): Figures {
  const devices = raws.map(({ values }) => values);
  const sum = (quantity: Quantity) => sumOf(devices.map((values) => values[quantity]));
  const atConnection = (quantity: Quantity) => ofConnection(raws, quantity);
  const energyTodayKwh = sumOf(devices.map(sunTodayKwh)) ?? plant.plantTodayKwh;
  const meter = devices.find(({ meterWatts }) => meterWatts !== undefined)?.meterWatts;
  const imported = atConnection('gridImportWatts');
  const exported = atConnection('gridExportWatts');
  const hasGrid = imported !== undefined || exported !== undefined;
  const kwp = (plant.peakWatts ?? 0) / 1000;
  return known({
    powerWatts: sumOf(devices.map(sunWatts)) ?? plant.plantWatts,
    energyTodayKwh,
    energyMonthKwh: plant.monthKwh,
    energyYearKwh: plant.yearKwh,
    energyTotalKwh: plant.plantTotalKwh ?? sum('outputTotalKwh'),
    yieldTodayKwhPerKwp: energyTodayKwh !== undefined && kwp > 0 ? energyTodayKwh / kwp : undefined,
    batteryPercent: meanOf(devices.map(({ batteryPercent }) => batteryPercent)),
    batteryChargeWatts: sum('chargeWatts'),
    batteryDischargeWatts: sum('dischargeWatts'),
    // A meter may be wired the other way round, so devices that name the direction come first.
    ...(hasGrid ? { gridImportWatts: imported, gridExportWatts: exported } : meterFlows(meter)),
    loadWatts: atConnection('loadWatts'),
    gridImportTodayKwh: atConnection('gridImportTodayKwh'),
    gridExportTodayKwh: atConnection('gridExportTodayKwh'),
    loadTodayKwh: atConnection('loadTodayKwh'),
    expectedPowerWatts: plant.expectedWatts,
    expectedTodayKwh: plant.expectedTodayKwh,
    expectedTomorrowKwh: plant.expectedTomorrowKwh,
    performanceRatio: plant.performanceRatio,
  });
}

/**
 * What flows through the one connection of a plant, or its house takes: devices that state it have it from the same
 * meter, so the greatest counts; those without a meter count their own, and add up.
 */
function ofConnection(raws: readonly Pick<Raw, 'values' | 'info'>[], quantity: Quantity): number | undefined {
  const isOwn = ({ info }: Pick<Raw, 'info'>) => WITHOUT_METER.has(info.device_type ?? '');
  const valuesOf = (some: typeof raws) => some.flatMap(({ values }) => values[quantity] ?? []);
  const own = sumOf(valuesOf(raws.filter(isOwn)));
  const metered = valuesOf(raws.filter((raw) => !isOwn(raw)));
  return metered.length > 0 ? Math.max(own ?? 0, ...metered) : own;
}

/** What the page shows of a stick; its power is what it gives, so that of a charger is in `batteryChargeWatts`. */
export function stickFigures(values: Values): Figures {
  const isCharger = values.chargeWatts !== undefined;
  return known({
    powerWatts: isCharger ? undefined : values.outputWatts,
    energyTodayKwh: isCharger ? undefined : values.outputTodayKwh,
    energyTotalKwh: isCharger ? undefined : values.outputTotalKwh,
    batteryChargeWatts: values.chargeWatts,
    ...meterFlows(values.meterWatts),
    gridImportTodayKwh: values.gridImportTodayKwh,
    temperatureCelsius: values.temperatureCelsius,
  });
}

type HasFigures = { readonly values: Figures };

/**
 * All plants and sticks as one house. Its connection to the grid is taken from the plants, or else from one stick:
 * sticks read the house's meter, and that is the same for all of them. The inverters of plants do not know of sticks,
 * so the load that they state lacks the power of these.
 */
export function totalFigures(plants: readonly HasFigures[], sticks: readonly HasFigures[]): Figures {
  const sum = (key: keyof Figures, of = plants) => sumOf(of.map(({ values }) => values[key]));
  const stickWatts = sum('powerWatts', sticks);
  const producers = plants.length > 0 ? plants : sticks;
  const totals: Figures = {
    powerWatts: sum('powerWatts', producers),
    energyTodayKwh: sum('energyTodayKwh', producers),
    energyMonthKwh: sum('energyMonthKwh'),
    energyYearKwh: sum('energyYearKwh'),
    energyTotalKwh: sum('energyTotalKwh', producers),
    batteryPercent: meanOf(plants.map(({ values }) => values.batteryPercent)),
    batteryChargeWatts: sumOf([sum('batteryChargeWatts'), sum('batteryChargeWatts', sticks)]),
    batteryDischargeWatts: sum('batteryDischargeWatts'),
    gridImportWatts: sum('gridImportWatts'),
    gridExportWatts: sum('gridExportWatts'),
    loadWatts: sumOf([sum('loadWatts'), stickWatts]),
    stickWatts,
    gridImportTodayKwh: sum('gridImportTodayKwh'),
    gridExportTodayKwh: sum('gridExportTodayKwh'),
    loadTodayKwh: sum('loadTodayKwh'),
    ...expectedOfAll(plants),
  };
  const meter = sticks.find(({ values }) => values.gridImportWatts !== undefined)?.values;
  const isOneHouse = plants.length <= 1;
  const grid = totals.gridImportWatts === undefined && isOneHouse && meter ? gridOf(meter) : {};
  const balanced = { ...totals, ...grid };
  const loadWatts =
    sum('loadWatts') === undefined
      ? isOneHouse
        ? loadOf(balanced, plants.length === 0)
        : undefined
      : totals.loadWatts;
  return known({ ...balanced, loadWatts });
}

/** What is expected of all plants; absent where it is not known of one of them. */
function expectedOfAll(plants: readonly HasFigures[]): Figures {
  const sum = (key: keyof Figures) =>
    plants.every(({ values }) => values[key] !== undefined)
      ? sumOf(plants.map(({ values }) => values[key]))
      : undefined;
  return {
    expectedPowerWatts: sum('expectedPowerWatts'),
    expectedTodayKwh: sum('expectedTodayKwh'),
    expectedTomorrowKwh: sum('expectedTomorrowKwh'),
  };
}

const gridOf = ({ gridImportWatts, gridExportWatts }: Figures) => ({ gridImportWatts, gridExportWatts });

/** What the house consumes by the balance; undefined where a part of it is not known, or is of another moment. */
function loadOf(totals: Figures, isSticksOnly: boolean): number | undefined {
  const { powerWatts, stickWatts = 0, gridImportWatts, gridExportWatts } = totals;
  if (gridImportWatts === undefined || gridExportWatts === undefined) return undefined;
  const { batteryChargeWatts: charge = 0, batteryDischargeWatts: discharge = 0 } = totals;
  const given = (powerWatts ?? 0) + (isSticksOnly ? 0 : stickWatts);
  const load = given + gridImportWatts - gridExportWatts + discharge - charge;
  return load < 0 ? undefined : load;
}
