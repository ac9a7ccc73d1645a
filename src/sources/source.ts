/** What a source of readings is, and what it says. Nothing here knows of OpenTelemetry or of any one device. */

export type Labels = Readonly<Record<string, string>>;

/** One measured quantity: a metric of the catalogue, in that metric's unit. */
export interface Value {
  readonly metric: string;
  readonly value: number;
  /** Labels beyond those of the entity, such as `phase` or `inverter`. */
  readonly labels?: Labels;
}

/** A thing that readings are about: a stick, an account, a plant, the monthly figures of a plant, a device. */
export interface Entity {
  /** Unique within its source. */
  readonly id: string;
  readonly labels: Labels;
  /** The entity whose `up` suffers when this one cannot be read. */
  readonly parent?: string;
  /** Metric that is 1 while this entity and all that name it as parent can be read, else 0. */
  readonly up?: string;
  /** True when its `up` is only what is said of itself, whatever becomes of the rest of the poll. */
  readonly ownUp?: boolean;
  /** True when its readings carry the time at which they were taken, and that is worth a metric. */
  readonly clocked?: boolean;
  /** Time zone of the place where it stands, once known. */
  readonly zone?: Zone;
}

/** Wall-clock arithmetic of one place. */
export interface Zone {
  /** True for a bare offset such as "GMT+1", which knows no daylight saving. */
  readonly fixed: boolean;
  /** Minutes east of UTC at an instant (milliseconds since the epoch). */
  offsetAt(instant: number): number;
}

/** What one entity said at one time. */
export interface Reading {
  readonly entity: string;
  readonly values: readonly Value[];
  /**
   * The entity's own clock when it took the reading, as if it were UTC, in milliseconds; undefined for
   * sources that answer live. A reading is believed only if this is later than in the last one.
   */
  readonly wallTime?: number | undefined;
  /** Milliseconds after which its instantaneous values end when nothing newer comes; undefined: never. */
  readonly holdsFor?: number;
  /** True when the values themselves show that it is working, e.g. PV power above zero. */
  readonly producing?: boolean;
  /** The cloud itself says that the device is not connected. */
  readonly lost?: boolean;
  /** Why parts of the answer could not be believed; counted by reason. */
  readonly doubts?: readonly string[];
}

/** A step of a poll. Steps reach the store as they come, not at the end of the poll. */
export type Step =
  | { readonly reading: Reading }
  /** Read without news, or failed: only its `up` changes. */
  | { readonly entity: string; readonly ok: boolean }
  /** All that exists from now on; readings of anything else are forgotten. */
  | { readonly entities: readonly Entity[] };

/**
 * A device whose clock stands still for so long (milliseconds) sleeps, and the cloud only repeats its last
 * words: dataloggers upload every five minutes.
 */
export const SLEEP_AFTER = 30 * 60_000;

/** Makes one call under the policies of the poller: retry, breaker, time-out, pacing, counting. */
export type Request = <T>(endpoint: string, call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** What the poller hands to a source for one poll. */
export interface Turn {
  readonly signal: AbortSignal;
  readonly request: Request;
  /** True when the circuit is open: the rest of this poll would only be refused. */
  readonly exhausted: () => boolean;
  /** Reports that a condition holds or no longer holds; written to the log only when that changes. */
  readonly note: (topic: string, problem: string | undefined) => void;
}

/** One line of what a source holds, for people. */
export interface Holding {
  /** Id and name; empty where there is none. */
  readonly plant: string;
  /** Serial number, or the address of a stick. */
  readonly device: string;
  readonly family: string;
  readonly model: string;
  /** As the source words it, in local time; empty when unknown. */
  readonly lastUpdate: string;
  /** Whether its values can be read. */
  readonly supported: boolean;
}

/** A plant whose past can be read; plain JSON, so that it can be kept for another run. */
export interface PastPlant {
  readonly id: string;
  readonly name: string;
  /** Its time zone, as its source writes it. */
  readonly zone: string;
  /** Its first day, YYYY-MM-DD; undefined when the cloud does not tell. */
  readonly created?: string | undefined;
  /** The present date there. */
  readonly today: string;
  /** What it had produced before a date began; undefined when the cloud does not tell. */
  readonly total?: { readonly kwh: number; readonly before: string } | undefined;
}

/** A day of a plant that is over. */
export interface PastDay {
  /** Known power values: milliseconds since the epoch, W; in the order of time. */
  readonly curve: readonly (readonly [at: number, watts: number])[];
  /** Its last second, milliseconds since the epoch. */
  readonly end: number;
}

/** Reads days that are over, one call after the other, waiting where the cloud asks for it. */
export interface Past {
  /** Days that one call for energies may span. */
  readonly energySpan: number;
  /** @throws SourceError like the other two, after all retries and pauses */
  plants(turn: Turn): Promise<readonly PastPlant[]>;
  day(turn: Turn, plant: PastPlant, date: string): Promise<PastDay>;
  /** kWh by date of at most `energySpan` days; days that the cloud does not know are missing. */
  energies(turn: Turn, plant: PastPlant, from: string, to: string): Promise<ReadonlyMap<string, number>>;
}

/** How long to wait for one call and how often to try it again, in milliseconds. */
export interface Patience {
  readonly timeout: number;
  readonly retries: number;
  /** Before the first retry; later ones wait about twice as long each, with jitter. */
  readonly firstDelay: number;
}

export interface Source {
  /** `growatt/ACCOUNT` or `trucki/STICK`: the label `source` of the agent's own metrics. */
  readonly name: string;
  readonly patience: Patience;
  /** What exists before the first poll. */
  readonly entities: readonly Entity[];
  /** Milliseconds from the start of one poll to the start of the next: the interval in force. */
  interval(): number;
  /** The readings that matter most, with as few calls as they need. @throws SourceError when the whole source fails */
  read(turn: Turn): AsyncIterable<Step>;
  /** Work that may wait, done in the gap before the next poll, until `deadline` (ms since the epoch). */
  tend?(turn: Turn, deadline: number): AsyncIterable<Step>;
  /** When work for the gap becomes due by the clock, milliseconds since the epoch; in the future. */
  dueAt?(): number;
  /** Waits until a call is allowed, makes it, and lets the next one in: one queue for each token. */
  pace?<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T>;
  /** Milliseconds since the epoch before which a restarted agent leaves it alone; a call would be refused. */
  readonly resumeAt?: number;
  /** What it wants to know again after a restart, as plain JSON. */
  remember?(): unknown;
  /** Puts back what `remember` gave to an earlier run. @throws when it is something else */
  recall?(memory: unknown): void;
  /** Looks up everything there is, with no more calls than that takes. @throws SourceError */
  survey(turn: Turn): Promise<readonly Holding[]>;
  /** Days that are over, for sources that can tell. */
  readonly past?: Past;
  /** How many plants and devices are known, for the status page. */
  inventory?(): { plants: number; devices: number };
}
