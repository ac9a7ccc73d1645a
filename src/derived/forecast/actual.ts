import type { ShownSample } from '../../model/overview.ts';

/** What the devices of a plant say of its output. */
export interface Actual {
  /** `dc`: energy of the modules, because a plant with a battery gives it to the house at another time. */
  readonly side: 'ac' | 'dc';
  /** Since local midnight in kWh, by device. */
  readonly energies: ReadonlyMap<string, number>;
  /** When these were read, milliseconds since the epoch: the mean of the devices. */
  readonly at: number;
  /** All devices with modules have told theirs today. */
  readonly isComplete: boolean;
  /** They were read at about the same time. */
  readonly isTogether: boolean;
  /** Output is held back, as far as values of the moment show it. */
  readonly isCurtailed: boolean;
  /** AC output in percent of the rated power of a device, by device. */
  readonly outputPercents: ReadonlyMap<string, number>;
}

/** Dataloggers upload every five minutes: devices that differ by more were not read together, ms. */
const MOST_APART = 15 * 60_000;
/** Charging may have ended at this state of charge, in percent: many batteries stop short of 100. */
const FULL = 98;
/** Less than this is neither fed in nor charged, W and as a share of the rated power of the modules. */
const NO_OUTLET = 50;
const NO_OUTLET_SHARE = 0.02;

const PV_ENERGY = 'growatt_pv_energy_today_kwh';
const INPUT_ENERGY = /^growatt_pv\d+_energy_today_kwh$/;
const AC_ENERGY = 'growatt_energy_today_kwh';
const HAS_BATTERY = /^growatt_battery_/;
const HAS_MODULES = /^growatt_pv\d*_/;

/** The values of one device, by metric; several with further labels are added up. */
type Values = ReadonlyMap<string, number>;

/**
 * What a plant gives, from all that is shown of it.
 * @param rated power of its modules, W
 * @param now milliseconds since the epoch, for devices whose readings carry no time
 * @returns undefined where no device counts its energy
 */
export function actualOf(samples: readonly ShownSample[], rated: number, now: number): Actual | undefined {
  const devices = byDevice(samples);
  const hasBattery = devices.values().some((values) => has(values, HAS_BATTERY));
  const energies = new Map<string, number>();
  const times: number[] = [];
  let isComplete = true;
  for (const [serial, values] of devices) {
    const energy = hasBattery ? energyOfModules(values) : values.get(AC_ENERGY);
    if (energy === undefined) {
      if (isProducer(values, hasBattery)) isComplete = false;
      continue;
    }
    energies.set(serial, energy);
    const readAt = values.get('growatt_last_update_timestamp_seconds');
    times.push(readAt === undefined ? now : Math.min(readAt * 1000, now));
  }
  if (energies.size === 0) return undefined;
  return {
    side: hasBattery ? 'dc' : 'ac',
    energies,
    at: times.reduce((sum, time) => sum + time, 0) / times.length,
    isComplete,
    isTogether: Math.max(...times) - Math.min(...times) <= MOST_APART,
    isCurtailed: isCurtailed([...devices.values()], rated),
    outputPercents: new Map(
      devices.entries().flatMap(([serial, values]) => {
        const percent = values.get('growatt_output_power_percent');
        return percent === undefined ? [] : [[serial, percent] as const];
      }),
    ),
  };
}

function byDevice(samples: readonly ShownSample[]): ReadonlyMap<string, Values> {
  const devices = new Map<string, Map<string, number>>();
  for (const { metric, attributes, value } of samples) {
    const serial = attributes.device_sn;
    if (serial === undefined) continue;
    const values = devices.get(serial) ?? new Map<string, number>();
    values.set(metric, (values.get(metric) ?? 0) + value);
    devices.set(serial, values);
  }
  return devices;
}

const has = (values: Values, pattern: RegExp) => values.keys().some((metric) => pattern.test(metric));

/** Energy of the modules of a device in kWh; of one without a battery its output, which is that but for the inverter. */
function energyOfModules(values: Values): number | undefined {
  const inputs = [...values].filter(([metric]) => INPUT_ENERGY.test(metric));
  const ofInputs = inputs.length > 0 ? inputs.reduce((sum, [, energy]) => sum + energy, 0) : undefined;
  const ofModules = values.get(PV_ENERGY) ?? ofInputs;
  return has(values, HAS_BATTERY) ? ofModules : (ofModules ?? values.get(AC_ENERGY));
}

/** Whether a device that counts no energy now has modules all the same: meters and AC-coupled batteries have none. */
function isProducer(values: Values, hasBattery: boolean): boolean {
  if (has(values, HAS_MODULES)) return true;
  return values.has('growatt_inverter_status') && !(hasBattery && has(values, HAS_BATTERY));
}

/** A device limits its output, or a full battery takes nothing and nothing is fed in. */
function isCurtailed(devices: readonly Values[], rated: number): boolean {
  const valuesOf = (metric: string) => devices.flatMap((values) => values.get(metric) ?? []);
  if (valuesOf('growatt_derating_mode').some((mode) => mode !== 0)) return true;
  if (!valuesOf('growatt_battery_soc_percent').some((charge) => charge >= FULL)) return false;
  // A plant has one connection to the grid, and may have several batteries.
  const exported = Math.max(0, ...valuesOf('growatt_grid_export_power_watts'));
  const charged = valuesOf('growatt_battery_charge_power_watts').reduce((sum, watts) => sum + watts, 0);
  return exported + charged < Math.max(NO_OUTLET, rated * NO_OUTLET_SHARE);
}
