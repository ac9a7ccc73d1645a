import { WITHOUT_METER } from '../../metrics/growatt/battery-grid.ts';
import type { ShownSample } from '../../model/overview.ts';

/** Lifetime totals that tell what flows through the connection of a plant to the grid; the first that a plant has counts. */
export const CONNECTION: Readonly<Record<'import' | 'export', readonly string[]>> = {
  // A meter may be wired the other way round, so devices that name the direction come first.
  import: ['growatt_grid_import_energy_total_kwh', 'growatt_meter_import_energy_total_kwh'],
  export: ['growatt_grid_export_energy_total_kwh', 'growatt_meter_export_energy_total_kwh'],
};

const AC = 'growatt_energy_total_kwh';
const PV = 'growatt_pv_energy_total_kwh';
const CHARGE = 'growatt_battery_charge_energy_total_kwh';
const DISCHARGE = 'growatt_battery_discharge_energy_total_kwh';
const AC_CHARGE = 'growatt_battery_ac_charge_energy_total_kwh';

const INFO = 'growatt_device_info';
const LAST_UPDATE = 'growatt_last_update_timestamp_seconds';
/** Whatever of these changes, the device has been read anew. */
const SIGNS_OF_LIFE: ReadonlySet<string> = new Set([
  LAST_UPDATE,
  'growatt_ac_voltage_volts',
  'growatt_ac_frequency_hz',
  'growatt_current_power_watts',
  'growatt_pv_power_watts',
  'growatt_grid_import_power_watts',
  'growatt_grid_export_power_watts',
  'growatt_meter_power_watts',
]);

/** Coupled to the AC side: it states the PV energy of another inverter, and charges from the house whatever is there. */
const COUPLED_FAMILIES: ReadonlySet<string> = new Set(['spa']);

const TOTALS: ReadonlySet<string> = new Set([
  ...CONNECTION.import,
  ...CONNECTION.export,
  ...[AC, PV, CHARGE, DISCHARGE, AC_CHARGE],
]);

/** What a device of a plant shows, as far as money is concerned. */
export interface DeviceTotals {
  readonly serial: string;
  /** Value of the label `device_type`. */
  readonly family: string | undefined;
  /** Lifetime totals in kWh, by metric. */
  readonly totals: ReadonlyMap<string, number>;
  /** Values that differ from reading to reading, by metric. */
  readonly signs: ReadonlyMap<string, number>;
  /** When the device took the reading, milliseconds since the epoch; undefined: not stated. */
  readonly takenAt: number | undefined;
}

/** The devices of a plant that have lifetime totals. */
export function devicesIn(samples: readonly ShownSample[]): readonly DeviceTotals[] {
  const bySerial = Map.groupBy(samples, ({ attributes }) => attributes.device_sn ?? '');
  bySerial.delete('');
  return [...bySerial].flatMap(([serial, own]) => {
    const valuesOf = (names: ReadonlySet<string>) =>
      new Map(own.flatMap(({ metric, value }) => (names.has(metric) ? [[metric, value] as const] : [])));
    const totals = valuesOf(TOTALS);
    if (totals.size === 0) return [];
    const family = own.find(({ metric }) => metric === INFO)?.attributes.device_type;
    const signs = valuesOf(SIGNS_OF_LIFE);
    const seconds = signs.get(LAST_UPDATE);
    return [{ serial, family, totals, signs, takenAt: seconds === undefined ? undefined : seconds * 1000 }];
  });
}

/** One total, and how its growth counts. */
export interface Term {
  readonly serial: string;
  readonly metric: string;
  readonly kwh: number;
  readonly sign: 1 | -1;
  /** Of totals that add up at the connection to the grid. */
  readonly group?: string;
}

/**
 * What the sun and the battery gave to the AC side of a plant, as totals to be added and subtracted: AC energy of
 * inverters, and PV − charge from PV + discharge of devices with a battery, whose losses thus count as consumed.
 * @returns undefined where a part of it is unknown
 */
export function productionOf(devices: readonly DeviceTotals[]): readonly Term[] | undefined {
  const producers = devices.filter(({ totals }) =>
    [AC, PV, CHARGE, DISCHARGE].some((metric) => totals.has(metric)),
  );
  const terms: Term[] = [];
  for (const device of producers) {
    const { serial, totals, family = '' } = device;
    const add = (metric: string, sign: 1 | -1) => {
      const kwh = totals.get(metric);
      if (kwh !== undefined) terms.push({ serial, metric, kwh, sign });
      return kwh !== undefined;
    };
    if (!totals.has(CHARGE) && !totals.has(DISCHARGE)) {
      if (!add(AC, 1)) add(PV, 1);
      continue;
    }
    const isCoupled = COUPLED_FAMILIES.has(family);
    const isOfOther = isCoupled && producers.some((other) => !COUPLED_FAMILIES.has(other.family ?? ''));
    if (!isOfOther && !add(PV, 1)) return undefined;
    add(CHARGE, -1);
    add(DISCHARGE, 1);
    if (!isCoupled) add(AC_CHARGE, 1);
  }
  return terms.length === 0 ? undefined : terms;
}

/** The totals at the connection to the grid: those of the first kind that any device has. */
export function connectionOf(
  devices: readonly DeviceTotals[],
  direction: 'import' | 'export',
): readonly Term[] {
  for (const metric of CONNECTION[direction]) {
    const terms = devices.flatMap(({ serial, totals, family = '' }): Term[] => {
      const kwh = totals.get(metric);
      const group = WITHOUT_METER.has(family) ? { group: 'inputs' } : {};
      return kwh === undefined ? [] : [{ serial, metric, kwh, sign: 1, ...group }];
    });
    if (terms.length > 0) return terms;
  }
  return [];
}
