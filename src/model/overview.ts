import type { Zone } from '../base/calendar.ts';
import type { Labels } from './reading.ts';

/**
 * The figures that the status page and `/api/v1/status` show of a plant, a device or a stick; all optional, since what
 * is unknown is absent. A table of each kind of source says which metric is which of them.
 */
export type Quantity =
  /** W at the AC side; of a device with a battery, what the battery gives or takes is in it. */
  | 'outputWatts'
  /** W of all PV inputs. */
  | 'pvWatts'
  /** W of a plant as a whole, as the source states it. */
  | 'plantWatts'
  | 'outputTodayKwh'
  | 'pvTodayKwh'
  | 'plantTodayKwh'
  | 'monthKwh'
  | 'yearKwh'
  | 'outputTotalKwh'
  | 'plantTotalKwh'
  /** Rated PV power, W. */
  | 'peakWatts'
  | 'batteryPercent'
  | 'chargeWatts'
  | 'dischargeWatts'
  | 'gridImportWatts'
  | 'gridExportWatts'
  | 'loadWatts'
  /** W at the connection to the grid, positive for import. */
  | 'meterWatts'
  | 'gridImportTodayKwh'
  | 'gridExportTodayKwh'
  | 'loadTodayKwh'
  | 'temperatureCelsius'
  /** 0 offline, 1 normal, 2 waiting, 3 fault, 4 other. */
  | 'status'
  | 'faultCode'
  /** 1, with the labels `code` and `text`. */
  | 'fault'
  /** Seconds since the Unix epoch at which the reading was taken. */
  | 'readAt'
  /** 1 while it can be read, else 0. */
  | 'up'
  /** 1 while an inverter answers, else 0. */
  | 'reachable'
  | 'batteryLow'
  /** W of the plant now, by the model of the sun and the modules. */
  | 'expectedWatts'
  /** Of the whole local day, by the same model. */
  | 'expectedTodayKwh'
  | 'expectedTomorrowKwh'
  /** Energy of the day so far as a part of what was to be expected. */
  | 'performanceRatio'
  /** Money since counting began, with the label `currency`. */
  | 'savings'
  | 'exportRevenue'
  /** Paid for export at negative prices. */
  | 'exportCharge'
  /** 1, with the labels `plant_name` and `location`, or `device_type` and `model`. */
  | 'info';

/** Which metric is which quantity. Samples of one metric that differ in further labels are added up. */
export type Quantities = Readonly<Record<string, Quantity>>;

/** What the status page needs to know of a kind of source, or of a derived part. */
export interface KindOverview {
  /** Name of a source for people, such as `Trucki stick shed`. @param name without the kind, such as `shed` */
  readonly sourceTitle: (name: string) => string;
  readonly quantities: Quantities;
  /** Name of the source that reads a stick: where readings carry no time, its last success is theirs. */
  readonly sourceOfStick?: (stick: string) => string;
}

/** A value that may be shown at this moment, as the store gives it. */
export interface ShownSample {
  readonly metric: string;
  readonly attributes: Labels;
  readonly value: number;
}

/** The power of a plant or a stick at a moment before the agent started, from a simulator. */
export interface PastPower {
  /** Id of the plant. */
  readonly plant?: string;
  /** Name of the stick. */
  readonly stick?: string;
  /** Where it stands; absent: in the zone of this machine. */
  readonly zone?: Zone;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly watts: number;
}
