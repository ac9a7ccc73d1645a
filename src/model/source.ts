import type { HistoryReader } from './history.ts';
import type { PollContext } from './poll-context.ts';
import type { Entity, SourceEvent } from './reading.ts';

/** State of a source's circuit breaker; `open`: only one trial call for each poll. */
export type Circuit = 'closed' | 'half-open' | 'open';

/** One line of what a source has access to, for people. */
export interface DiscoveryEntry {
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
  /** What the family was recognised by, in words; absent where the source names it itself. */
  readonly evidence?: readonly string[];
}

/** Learns how many calls of a discovery are done, and how many there will be at least as far as is known. */
export type OnProgress = (progress: { readonly done: number; readonly expected: number }) => void;

/** One thing that is polled: an account, a stick. Knows its devices and nothing of OpenTelemetry. */
export interface Source {
  /** `KIND/NAME`: the label `source` of the agent's own metrics. */
  readonly name: string;
  /** It reads what the agent shows in place of a device: see `DerivedPart`. */
  readonly isDerived?: boolean;
  /** The part of the configuration that it was made from, as plain data: a reload keeps a source where this is equal. */
  readonly configuration: unknown;
  /**
   * Whose limits and readings its state is about, such as a server and a token. A source that takes the place of one
   * with the same identity continues with its state, whatever either is called.
   */
  readonly identity: string;
  /** All that exists now; before the first poll, what is known without one. */
  readonly entities: readonly Entity[];
  readonly circuit: Circuit;
  /** Milliseconds from the start of one poll to the start of the next: the interval in force. */
  interval(): number;
  /** The live readings, with as few calls as they need. @throws SourceError when the whole source fails */
  poll(context: PollContext): AsyncIterable<SourceEvent>;
  /** Work that can wait, done between polls, until `deadline` (milliseconds since the epoch). */
  runBackground?(context: PollContext, deadline: number): AsyncIterable<SourceEvent>;
  /** When background work becomes due by the clock, milliseconds since the epoch; in the future. */
  nextBackgroundAt?(): number;
  /** After a restart: when to poll first, milliseconds since the epoch, and why not earlier. */
  readonly resume?: { readonly at: number; readonly reason: string } | undefined;
  /** What it needs again after a restart, as plain JSON. */
  snapshot?(): unknown;
  /** False while that is hardly different from the last one: it is then saved as rarely as readings. */
  readonly hasNews?: boolean;
  /** Restores what `snapshot` returned in an earlier run. @throws when it is something else */
  restore?(snapshot: unknown): void;
  /**
   * Lists everything the source has access to, with no more calls than that takes; absent where it has no devices of
   * its own.
   * @throws SourceError
   */
  discover?(context: PollContext, onProgress?: OnProgress): Promise<readonly DiscoveryEntry[]>;
  /**
   * Makes each call once that shows how it answers, with as few calls as possible, for a recording of the answers.
   * @param device only this one, as `discover` names it
   * @returns the devices whose values were asked for
   * @throws SourceError
   */
  capture?(context: PollContext, device: string | undefined): Promise<readonly DiscoveryEntry[]>;
  /** Reads completed days, for sources that have them. */
  readonly history?: HistoryReader;
  /** Of one that finds out which devices exist: whether it has once listed them all, or failed to. */
  readonly hasListed?: boolean;
  /** How many plants and devices are known. */
  size?(): { plants: number; devices: number };
}
