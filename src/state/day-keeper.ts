import { machineZone, type Zone } from '../base/calendar.ts';
import type { Clock } from '../base/clock.ts';
import { stackOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { isTurnOver, nextTurn } from '../base/turns.ts';
import type { PastPower } from '../model/overview.ts';
import type { ExpectedDay } from '../model/reading.ts';
import type { Source } from '../model/source.ts';
import { type Curve, Curves, type Subject } from '../view/curves.ts';
import { type DayWorth, DayWorths } from '../view/day-worth.ts';
import { expectedCurve } from '../view/expected-curve.ts';
import type { Overview } from '../view/overview.ts';
import { curvesContent } from './curves-file.ts';
import { KeptFile } from './state-file.ts';

/** Between two looks at the present power. */
const RECORD_EVERY_MS = 60_000;
/** Between two writes; a crash loses so much of a curve. Rarely, for SD cards. */
const SAVE_EVERY_MS = 15 * 60_000;
/** Between two looks at the zones of plants. */
const ZONES_EVERY_MS = 10 * 60_000;
/** A reading older than this says nothing of the present, in milliseconds. */
const LONGEST_AGE_MS = 30 * 60_000;

export interface DayKeeperOptions {
  /** undefined: nothing is saved or restored. */
  readonly folder: string | undefined;
  readonly sources: () => readonly Pick<Source, 'entities'>[];
  readonly overview: () => Promise<Overview>;
  readonly expectedDay: (plant: string) => ExpectedDay | undefined;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/**
 * Records the power of plants and sticks and what their energy is worth as polls bring new readings, and carries the
 * day across a restart.
 */
export class DayKeeper {
  readonly #options: DayKeeperOptions;
  readonly #curves = new Curves();
  readonly #worths = new DayWorths();
  readonly #file: ReturnType<typeof fileIn> | undefined;
  #zones = new Map<string, Zone>();
  #zonesAt = Number.NEGATIVE_INFINITY;
  #recordedAt = Number.NEGATIVE_INFINITY;
  /** Between `restore` and `close`: before it, a save would replace what is not restored yet. */
  #savedAt: number | undefined;
  /** The recording or saving under way, or the last one. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: DayKeeperOptions) {
    this.#options = options;
    const { folder, log } = options;
    this.#file = folder === undefined ? undefined : fileIn(folder, log);
  }

  /** Call before the first poll. */
  async restore(): Promise<void> {
    if (!this.#file) return;
    const kept = Object.entries(await this.#file.read());
    const [worths, curves] = [kept.filter(isWorth), kept.filter((entry) => !isWorth(entry))];
    this.#curves.restore(Object.fromEntries(curves));
    for (const [key, worth] of worths) this.#worths.restore(key.slice(WORTH.length), worth);
    this.#savedAt = this.#options.clock.now();
  }

  /** Call after each poll; the work is done later, and not each time. */
  polled(): void {
    const { clock, log } = this.#options;
    const now = clock.now();
    if (Math.abs(now - this.#recordedAt) < RECORD_EVERY_MS) return;
    this.#recordedAt = now;
    this.#work = this.#work.then(async () => {
      try {
        // Not at the end of a poll, which may have been long.
        await nextTurn();
        await this.#record();
        if (this.#savedAt !== undefined && Math.abs(now - this.#savedAt) >= SAVE_EVERY_MS)
          await this.#save(now);
      } catch (error) {
        log.error('Internal error, please report it: recording power curves failed', {
          stack: stackOf(error),
        });
      }
    });
  }

  /** Takes powers of the time before the start, which only the simulators of the demo know. */
  prefill(past: Iterable<PastPower>): void {
    for (const { plant, stick, zone, at, watts } of past) {
      if (plant !== undefined) this.#curves.record({ plant }, zone ?? machineZone, at, watts);
      else if (stick !== undefined) this.#curves.record({ stick }, zone ?? machineZone, at, watts);
    }
  }

  /** Today and yesterday of a plant or a stick; undefined while nothing is known of either. */
  curveOf(subject: Subject): Curve | undefined {
    const now = this.#options.clock.now();
    const zone = this.#zoneOf(subject);
    const curve = this.#curves.get(subject, zone, now);
    const day = 'plant' in subject ? this.#options.expectedDay(subject.plant) : undefined;
    const expected = day && expectedCurve(day, zone, now);
    return curve && { ...curve, ...(expected && { expected }) };
  }

  /** What the energy of a plant is worth today; undefined while nothing is known of it. */
  worthOf(plant: string): DayWorth | undefined {
    return this.#worths.get(plant, this.#zoneOf({ plant }), this.#options.clock.now());
  }

  /** Saves for the last time; resolves when that is written. */
  async close(): Promise<void> {
    await this.#work;
    if (this.#savedAt === undefined) return;
    await this.#save(this.#options.clock.now());
    this.#savedAt = undefined;
  }

  async #record(): Promise<void> {
    const { overview, clock } = this.#options;
    const { plants, sticks } = await overview();
    const now = clock.now();
    const take = (subject: Subject, readAt: number | undefined, watts: number | undefined) => {
      const at = Math.min(now, (readAt ?? now / 1000) * 1000);
      if (watts === undefined || now - at > LONGEST_AGE_MS) return;
      this.#curves.record(subject, this.#zoneOf(subject), at, watts);
    };
    for (const { id, readAt, values, worth } of plants) {
      take({ plant: id }, readAt, values.powerWatts);
      if (worth) this.#worths.record(id, this.#zoneOf({ plant: id }), now, worth.currency, worth.total);
      if (isTurnOver()) await nextTurn();
    }
    for (const { name, readAt, values } of sticks) {
      take({ stick: name }, readAt, values.powerWatts ?? values.batteryChargeWatts);
      if (isTurnOver()) await nextTurn();
    }
  }

  #zoneOf(subject: Subject): Zone {
    // A stick has no place, so its days are those of this machine.
    if (!('plant' in subject)) return machineZone;
    const now = this.#options.clock.now();
    const isKnown = this.#zones.has(subject.plant);
    if (Math.abs(now - this.#zonesAt) >= (isKnown ? ZONES_EVERY_MS : RECORD_EVERY_MS)) {
      this.#zones = zonesIn(this.#options.sources());
      this.#zonesAt = now;
    }
    return this.#zones.get(subject.plant) ?? machineZone;
  }

  async #save(now: number): Promise<void> {
    this.#savedAt = now;
    if (!this.#curves.isEmpty) await this.#file?.write(this.#snapshot());
  }

  *#snapshot(): Iterable<readonly [string, unknown]> {
    yield* this.#curves.snapshot();
    for (const [plant, worth] of this.#worths.snapshot()) yield [`${WORTH}${plant}`, worth];
  }
}

/** Before the id of a plant, in the keys of the file. */
const WORTH = 'worth/';
const isWorth = ([key]: readonly [string, unknown]) => key.startsWith(WORTH);

const fileIn = (folder: string, log: Log) => new KeptFile(folder, log, curvesContent);

/** Zones by the ids of plants, as far as they are known. */
function zonesIn(sources: readonly Pick<Source, 'entities'>[]): Map<string, Zone> {
  const zones = new Map<string, Zone>();
  for (const { labels, zone } of sources.flatMap(({ entities }) => entities)) {
    if (labels.plant_id !== undefined && zone) zones.set(labels.plant_id, zone);
  }
  return zones;
}
