/** The word for each family; the last three exist in the v4 API only. */
export type FamilyName =
  | 'inverter'
  | 'storage'
  | 'max'
  | 'sph'
  | 'spa'
  | 'min'
  | 'pcs'
  | 'hps'
  | 'pbd'
  | 'groboost'
  | 'meter'
  | 'env'
  | 'wit'
  | 'sph-s'
  | 'noah';

/** A simulated device. What is left out takes its family's default. */
export interface DeviceSpec {
  /** Unique in the cloud. The cloud lists meters and sensors under a fixed word instead. */
  sn: string;
  family: FamilyName;
  dataloggerSn: string;
  model?: string;
  /** Power of the modules and rating of the inverter, W. */
  peakPowerW?: number;
  /** Wired strings. */
  strings?: number;
  phases?: 1 | 3;
  /** Usable capacity; above 0, the device has a battery and a grid meter. */
  batteryKwh?: number;
  /** Lifetime energy when the plant was created, kWh. */
  lifetimeKwhAtCreate?: number;
  /** Whether device/list shows it twice, as types 1 and 4 (seen with MAX). */
  listedTwice?: boolean;
  /** Bus address behind the datalogger, for meters and sensors. */
  address?: number;
}

/** A simulated plant. */
export interface PlantSpec {
  id: number;
  name: string;
  city: string;
  country: string;
  latitude: number;
  longitude: number;
  peakPowerKw: number;
  /** As the API words it, e.g. `GMT+1`. */
  timezone: string;
  /** The zone really in force: an IANA name, or an offset from UTC in minutes. */
  zone: string | number;
  /** `YYYY-MM-DD`, the day the first inverter began to count. */
  createDate: string;
  /** Average household load, W (default 450). */
  householdW?: number;
  /**
   * All devices are in one house: those with a battery are connected after those before them in the list, and meters
   * show what they see of the grid. Otherwise each device has surroundings of its own.
   */
  oneHouse?: boolean;
  devices: readonly DeviceSpec[];
}

/** What is wrong with one device until the next disturbance; an empty one: nothing. */
export interface Disturbance {
  /** Lifetime totals read 0. */
  lifetimeZero?: boolean;
  /** The datalogger replays measurements of so many ms ago. */
  replayMs?: number;
  /** How far the inverter's clock is ahead, ms. */
  clockSkewMs?: number;
  /** The datalogger has sent nothing since this moment (epoch ms). */
  silentSince?: number;
  /** Fault code the inverter shows; its status is then "fault". */
  faultCode?: number;
}
