import type { PastPower } from './overview.ts';
import type { Place } from './reading.ts';
import type { SimulatedInverter } from './simulated-inverter.ts';

/** The simulated weather over a place (degrees) at an instant (milliseconds since the epoch). */
export type SimulatedSky = (
  place: Place,
  at: number,
) => {
  /** On the horizontal, W/m². */
  readonly irradiance: number;
  /** Of the air, °C. */
  readonly temperature: number;
};

/** Where a simulator listens, and what it is for. */
export interface SimulatorOptions {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** For `demo`, which people watch: values change within seconds, and calls are not limited. */
  readonly demo: boolean;
  /** How many plants an account has; one unless given. */
  readonly plants?: number;
  /** The inverters of the simulators that run already, for another way to the same ones. */
  readonly inverters: readonly SimulatedInverter[];
  /** The weather that a simulator which runs already has over its plants. */
  readonly sky?: SimulatedSky | undefined;
  /** Ids of the plants of the simulators that run already; their modules lie flat. */
  readonly plantIds?: readonly string[];
}

/** A running simulator of the devices of one kind of source. */
export interface Simulator {
  /** The environment variables with which an agent reads it. */
  readonly env: Readonly<Record<string, string>>;
  /** What it is and how to reach it, for people. */
  readonly lines: readonly string[];
  /** Its inverters, for simulators of other ways to them. */
  readonly inverters?: readonly SimulatedInverter[];
  /** The weather over its plants, whose modules lie flat, for simulators of weather services. */
  readonly sky?: SimulatedSky;
  readonly plantIds?: readonly string[];
  /** Power since yesterday's midnight, so that a demo has a curve at once. */
  readonly past?: Iterable<PastPower>;
  close(): Promise<void>;
}

/** @throws the system's error when it cannot listen */
export type StartSimulator = (options: SimulatorOptions) => Promise<Simulator>;
