/** Powers in W or energies in kWh. */
export interface EnergyFlows {
  readonly pv: number;
  readonly ac: number;
  readonly load: number;
  readonly charge: number;
  readonly discharge: number;
  readonly gridImport: number;
  readonly gridExport: number;
}

/** V, A and W. */
export interface MeasuredLine {
  readonly voltage: number;
  readonly current: number;
  readonly power: number;
}

/** What an inverter measures at a moment. */
export interface InverterMeasurement {
  readonly state: 'waiting' | 'normal' | 'fault';
  readonly faultCode: number;
  /** Its own wall clock: `YYYY-MM-DD HH:MM:SS`. */
  readonly time: string;
  readonly power: EnergyFlows;
  readonly today: EnergyFlows;
  readonly total: EnergyFlows;
  /** The wired strings only. */
  readonly strings: readonly MeasuredLine[];
  /** Share of each string in the PV energy. */
  readonly shares: readonly number[];
  readonly phases: readonly MeasuredLine[];
  readonly frequency: number;
  /** °C */
  readonly temperature: number;
  /** Power above 0 charges it. */
  readonly battery: MeasuredLine & { readonly soc: number; readonly temperature: number };
}

/** An inverter that is simulated, whatever way it is read by. */
export interface SimulatedInverter {
  readonly serial: string;
  /** The word of the cloud's API for its family. */
  readonly family: string;
  /** Rated power, W. */
  readonly ratedPower: number;
  readonly hasBattery: boolean;
  /** What it measures now; undefined while it is switched off. */
  measure(): InverterMeasurement | undefined;
}
