/** What a source says of the world: entities, their readings, and the events that bring both to the store. */

import type { Zone } from '../base/calendar.ts';

export type Labels = Readonly<Record<string, string>>;

/** One measured quantity: a metric of the catalogue, in that metric's unit. */
export interface Value {
  readonly metric: string;
  readonly value: number;
  /** Labels beyond those of the entity, such as `phase` or `inverter`. */
  readonly labels?: Labels;
}

/** Where something stands, in degrees: north of the equator, and east of Greenwich. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** A thing that readings are about: a stick, an account, a plant, the monthly figures of a plant, a device. */
export interface Entity {
  /** Unique within its source. */
  readonly id: string;
  readonly labels: Labels;
  /** The entity whose `up` becomes 0 when this one cannot be read. */
  readonly parent?: string;
  /** Metric that is 1 while this entity and all that name it as parent can be read, else 0. */
  readonly up?: string;
  /** True when its `up` depends on its own attempts only, not on the rest of the poll. */
  readonly ownUp?: boolean;
  /** Metric for the time at which its readings were taken; absent where they carry none. */
  readonly lastUpdate?: string;
  /** Rated power of the device in W, or of the largest of its family; absent where neither is known. */
  readonly ratedPower?: number;
  /** Time zone of the place where it stands, once known. */
  readonly zone?: Zone;
  /** Where it stands, once known. */
  readonly place?: Place;
  /** What it is to other sources that may know it as well. */
  readonly shared?: Shared;
}

/** A device or a plant that more than one source may know: what has the same id is shown once. */
export type Shared =
  | {
      readonly what: 'device' | 'device-info';
      /** The device's serial number. */
      readonly id: string;
      readonly local?: LocalWay;
    }
  | {
      readonly what: 'plant';
      /** Value of its label `plant_id`. */
      readonly id: string;
      /** Set by a source that lists no plants; its plant is shown where no list has it or one of its devices. */
      readonly local?: LocalPlant;
    };

/** A plant of devices that are read locally: what a list would say of it follows from their readings. */
export interface LocalPlant extends Pick<LocalWay, 'plantIsGiven'> {
  /** Serial numbers of its devices, as far as they are known. */
  readonly serials: () => readonly string[];
  /** How many devices it has. */
  readonly size: number;
  /** Completed days that are shown; 0: none. */
  readonly historyDays: number;
  readonly figures: PlantFigures;
}

/** Names of metrics. */
export interface PlantFigures {
  /** Of a device: energy since midnight and since its installation, and power. */
  readonly device: Readonly<Record<'today' | 'total' | 'power', string>>;
  /** Of a plant, from those of its devices; the daily ones have the label `date`, that by hours the label `hour`. */
  readonly plant: Readonly<
    Record<
      'today' | 'month' | 'year' | 'total' | 'power' | 'dailyEnergy' | 'dailyPeak' | 'hourlyPower',
      string
    >
  >;
}

/** The way to a device itself, beside that through an account in which it is listed. */
export interface LocalWay {
  /** Its values are shown for so long (milliseconds) after the last poll that succeeded, else those of the account. */
  readonly freshFor: number;
  /** Its plant is configured, and that of the account gives way; else the other way round. */
  readonly plantIsGiven: boolean;
  /** Its time zone is configured, and not only what its clock shows. */
  readonly zoneIsGiven: boolean;
}

/** The values of one entity at one time. */
export interface Reading {
  readonly entity: string;
  readonly values: readonly Value[];
  /**
   * The entity's own clock when it took the reading, as if it were UTC, in milliseconds; undefined for
   * sources that answer live. A reading is accepted only if this is later than in the last one.
   */
  readonly wallTime?: number | undefined;
  /** Milliseconds after which its instantaneous values expire without a newer reading; undefined: never. */
  readonly holdsFor?: number;
  /** True when the values themselves show that it is working, e.g. PV power above zero. */
  readonly producing?: boolean;
  /** True when the source reports the device as not connected. */
  readonly lost?: boolean;
  /** Why parts of the answer were rejected; counted by reason. */
  readonly rejections?: readonly string[];
}

/** A value, or a part of an answer, that was rejected or held back. */
export interface Rejection {
  /** Value of the label `reason`. */
  readonly reason: string;
  /** The metric and the value that were rejected, where it was one value. */
  readonly metric?: string;
  readonly value?: number;
}

/** What is expected of a plant on its present local day. */
export interface ExpectedDay {
  /** Value of its label `plant_id`. */
  readonly plant: string;
  /** Local midnight, milliseconds since the epoch. */
  readonly start: number;
  /** Length of a step in milliseconds. */
  readonly step: number;
  /** Mean power of each step in W; undefined: unknown. */
  readonly watts: readonly (number | undefined)[];
}

/** What a source reports during a poll. Events reach the store as they come, not at the end of the poll. */
export type SourceEvent =
  | { readonly type: 'reading'; readonly reading: Reading }
  /** Read without a new reading, or failed: only its `up` changes. */
  | {
      readonly type: 'attempt';
      readonly entity: string;
      readonly ok: boolean;
      /** It could not be read because it is switched off for the night: until its next reading it sleeps. */
      readonly asleep?: boolean;
    }
  /** Takes the place of the day that the source reported before. */
  | { readonly type: 'expected-day'; readonly day: ExpectedDay }
  /** All entities that exist from now on; readings of any other are removed. */
  | { readonly type: 'entities'; readonly entities: readonly Entity[] }
  /** Entities that are new or have changed, and ids of those that no longer exist; all others stay as they are. */
  | {
      readonly type: 'entity-changes';
      readonly changed: readonly Entity[];
      readonly gone: readonly string[];
    };

/**
 * A device whose clock stands still for so long (milliseconds) sleeps, and the cloud only repeats its last
 * reading: dataloggers upload every five minutes.
 */
export const SLEEP_AFTER = 30 * 60_000;
