import { machineZone, type Zone } from '../base/calendar.ts';
import type { Clock } from '../base/clock.ts';
import { stackOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { Turns } from '../base/turns.ts';
import type { PastPower } from '../model/overview.ts';
import type { Source } from '../model/source.ts';
import { type Curve, Curves, type Subject } from '../view/curves.ts';
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

export interface CurveKeeperOptions {
  /** undefined: nothing is saved or restored. */
  readonly folder: string | undefined;
  readonly sources: () => readonly Pick<Source, 'entities'>[];
  readonly overview: () => Promise<Overview>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** Records the curves of plants and sticks as polls bring new readings, and carries them across a restart. */
export class CurveKeeper {
  readonly #options: CurveKeeperOptions;
  readonly #curves = new Curves();
  readonly #file: ReturnType<typeof fileIn> | undefined;
  #zones = new Map<string, Zone>();
  #zonesAt = Number.NEGATIVE_INFINITY;
  #recordedAt = Number.NEGATIVE_INFINITY;
  /** Between `restore` and `close`: before it, a save would replace what is not restored yet. */
  #savedAt: number | undefined;
  /** The recording or saving under way, or the last one. */
  #work: Promise<void> = Promise.resolve();

  constructor(options: CurveKeeperOptions) {
    this.#options = options;
    const { folder, log } = options;
    this.#file = folder === undefined ? undefined : fileIn(folder, log);
  }

  /** Call before the first poll. */
  async restore(): Promise<void> {
    if (!this.#file) return;
    this.#curves.restore(await this.#file.read());
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
    return this.#curves.get(subject, this.#zoneOf(subject), this.#options.clock.now());
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
    const turns = new Turns();
    for (const { id, readAt, values } of plants) {
      take({ plant: id }, readAt, values.powerWatts);
      const { expectedPowerWatts: expected } = values;
      if (expected !== undefined)
        this.#curves.record({ expected: id }, this.#zoneOf({ plant: id }), now, expected);
      if (turns.isOver) await turns.next();
    }
    for (const { name, readAt, values } of sticks) {
      take({ stick: name }, readAt, values.powerWatts ?? values.batteryChargeWatts);
      if (turns.isOver) await turns.next();
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
    if (!this.#curves.isEmpty) await this.#file?.write(this.#curves.snapshot());
  }
}

const fileIn = (folder: string, log: Log) => new KeptFile(folder, log, curvesContent);

/** Zones by the ids of plants, as far as they are known. */
function zonesIn(sources: readonly Pick<Source, 'entities'>[]): Map<string, Zone> {
  const zones = new Map<string, Zone>();
  for (const { labels, zone } of sources.flatMap(({ entities }) => entities)) {
    if (labels.plant_id !== undefined && zone) zones.set(labels.plant_id, zone);
  }
  return zones;
}
