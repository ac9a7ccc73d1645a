import type { Zone } from '../base/calendar.ts';
import type { Entity, LocalWay } from '../model/reading.ts';
import type { DefinitionOf } from './accepted-reading.ts';
import type { EntityState, Sample } from './entity-state.ts';
import { SharedCounters } from './shared-counters.ts';

export interface SharedDevicesOptions {
  readonly definitionOf: DefinitionOf;
  /** Whether the source with this name failed as a whole. */
  readonly isFailing: (source: string) => boolean;
  /** Told once when two sources name different plants for one device. */
  readonly warn: (message: string) => void;
}

/** One of the ways to a device: what a source says of it, and what is known by it. */
interface Way {
  readonly source: string;
  /** As the source describes it. */
  readonly said: Entity;
  readonly state: EntityState;
  readonly local: LocalWay | undefined;
}

/** A device, or what is known about it, that more than one source knows. */
interface Device {
  readonly id: string;
  readonly what: 'device' | 'device-info';
  /** Local ones first. */
  readonly ways: readonly Way[];
  readonly counters: SharedCounters;
}

const NEVER = Number.POSITIVE_INFINITY;
/** What holds longer than the moment, so that a way that is asked rarely may add it. */
const LASTING = new Set(['lifetime', 'fact', 'today', 'month', 'year']);

/**
 * Devices that are read locally and are listed in an account too: their labels are the same, and each of their series
 * is shown once. Sources know nothing of each other.
 */
export class SharedDevices {
  readonly #options: SharedDevicesOptions;
  /** Everything that sources have described as known to others too, by its state. */
  readonly #said = new Map<EntityState, { readonly source: string; readonly entity: Entity }>();
  /** Those of them that are read locally. */
  readonly #locals = new Set<EntityState>();
  #devices = new Map<string, Device>();
  #byState = new Map<EntityState, Device>();
  #hidden = new Set<EntityState>();
  /** Of devices that are no longer there, for the time that they come back, and of an earlier run. */
  readonly #counters = new Map<string, SharedCounters>();
  readonly #warned = new Set<string>();
  /** Whether an account has still to list its devices. */
  #isWaiting = false;

  constructor(options: SharedDevicesOptions) {
    this.#options = options;
  }

  /** Takes what a source says of an entity. `settle` makes it so. */
  describe(source: string, entity: Entity, state: EntityState): void {
    if (entity.shared) this.#said.set(state, { source, entity });
    else this.#said.delete(state);
    if (entity.shared?.local) this.#locals.add(state);
    else this.#locals.delete(state);
  }

  forget(state: EntityState): void {
    this.#said.delete(state);
    this.#locals.delete(state);
  }

  /** Works out who knows the same devices, and gives their entities the same plant and zone. Call after changes. */
  settle(): void {
    // An account alone shares nothing, however often its lists change.
    if (this.#locals.size === 0 && this.#byState.size === 0 && this.#hidden.size === 0) return;
    const ways = [...this.#said].map(([state, { source, entity }]): Way => {
      const { shared } = entity;
      return { source, said: entity, state, local: shared?.what === 'plant' ? undefined : shared?.local };
    });
    const ofDevices = ways.filter(({ said }) => said.shared?.what !== 'plant');
    const locals = new Set(ofDevices.flatMap(({ said, local }) => (local ? [said.shared?.id] : [])));
    const grouped = Map.groupBy(
      ofDevices.filter(({ said }) => locals.has(said.shared?.id)),
      ({ said: { shared } }) => `${shared?.what} ${shared?.id}`,
    );
    const before = this.#byState;
    const shared = [...grouped].filter(([, some]) => some.length > 1);
    this.#devices = new Map(shared.map(([key, some]) => [key, this.#deviceOf(key, some)]));
    this.#byState = new Map(
      [...this.#devices.values()].flatMap((device) => device.ways.map(({ state }) => [state, device])),
    );
    for (const { ways } of this.#devices.values()) this.#unite(ways);
    for (const { state, said } of ways)
      if (before.has(state) && !this.#byState.has(state)) state.describe(said);
    this.#hidden = new Set(this.#listedPlants());
  }

  /** While an account has not listed its devices, local ones are not shown: their plant may change with the list. */
  wait(isWaiting: boolean): void {
    this.#isWaiting = isWaiting;
  }

  /** Whether an entity is shown by `collect`, or not at all. */
  has(state: EntityState): boolean {
    return this.#byState.has(state) || this.#hidden.has(state) || (this.#isWaiting && this.#isLocal(state));
  }

  /** Whether a device that an account lists is being read locally. */
  isReadLocally(serial: string, now: number): boolean {
    const device = this.#devices.get(`device ${serial}`);
    return device?.ways.some((way) => this.#freshUntil(way) > now) ?? false;
  }

  /**
   * Adds what is shown of all shared devices.
   * @param shownOf what may be shown by one way
   * @returns until when it stays so, unless something happens; milliseconds since the epoch
   */
  collect(samples: Sample[], now: number, shownOf: (state: EntityState) => readonly Sample[]): number {
    let until = NEVER;
    for (const device of this.#devices.values()) {
      const ways = device.ways.filter(({ local }) => !(local && this.#isWaiting));
      const first = this.#firstOf(device, ways, now);
      if (!first) continue;
      for (const way of ways) {
        const end = this.#freshUntil(way);
        if (end > now) until = Math.min(until, end);
      }
      const seen = new Set<string>();
      const others = device.what === 'device' ? ways.filter((way) => way !== first) : [];
      for (const way of [first, ...others]) {
        for (const sample of shownOf(way.state)) {
          const { validity } = this.#options.definitionOf(sample.metric);
          const key = `${sample.metric} ${JSON.stringify(sample.attributes)}`;
          if (seen.has(key) || (way !== first && !LASTING.has(validity))) continue;
          seen.add(key);
          samples.push(validity === 'lifetime' ? device.counters.hold(sample, way.state) : sample);
        }
      }
    }
    return until;
  }

  /** What was last shown of counters that this source knows locally, by device. */
  snapshot(source: string): Record<string, Record<string, number>> | undefined {
    const own = [...this.#devices.values()].filter(({ ways }) =>
      ways.some((way) => way.local && way.source === source),
    );
    const known = own.filter(({ what }) => what === 'device');
    if (known.length === 0) return undefined;
    return Object.fromEntries(known.map(({ id, counters }) => [id, counters.snapshot]));
  }

  restore(snapshot: Readonly<Record<string, Readonly<Record<string, number>>>> | undefined): void {
    for (const [id, counters] of Object.entries(snapshot ?? {}))
      this.#countersOf(`device ${id}`).restore(counters);
  }

  #deviceOf(key: string, ways: readonly Way[]): Device {
    const [what, id] = [ways[0]!.said.shared!.what, ways[0]!.said.shared!.id];
    const sorted = ways.toSorted((a, b) => Number(!a.local) - Number(!b.local));
    return { id, what: what as Device['what'], ways: sorted, counters: this.#countersOf(key) };
  }

  #countersOf(key: string): SharedCounters {
    const known = this.#counters.get(key) ?? new SharedCounters();
    this.#counters.set(key, known);
    return known;
  }

  /** Information comes from the account, which knows more of it; values from the device itself while that answers. */
  #firstOf({ what }: Device, ways: readonly Way[], now: number): Way | undefined {
    const read = ways.filter(({ state }) => state.readAt !== undefined);
    if (what === 'device-info') return read.find(({ local }) => !local) ?? read[0];
    return read.find((way) => this.#freshUntil(way) > now) ?? read.find(({ local }) => !local) ?? read[0];
  }

  /** Until when the values of a local way are shown; milliseconds since the epoch. */
  #freshUntil({ local, state, source }: Way): number {
    if (!local || state.readAt === undefined || state.failingSince !== undefined) return 0;
    return this.#options.isFailing(source) ? 0 : state.readAt + local.freshFor;
  }

  /** A plant that is configured beats the listed one, and that the one which a local way assumes. */
  #unite(ways: readonly Way[]): void {
    const listed = ways.find(({ local }) => !local);
    const given = ways.find(({ local }) => local?.plantIsGiven);
    const plant = (given ?? listed ?? ways[0])?.said.labels.plant_id ?? '';
    if (given && listed) this.#warnOfPlants(plant, listed);
    for (const { said, local, state } of ways) {
      const zone: Zone | undefined =
        local && !local.zoneIsGiven ? (listed?.said.zone ?? said.zone) : said.zone;
      state.describe({ ...said, labels: { ...said.labels, plant_id: plant }, ...(zone && { zone }) });
    }
  }

  #warnOfPlants(plant: string, { said, source }: Way): void {
    const serial = said.shared?.id ?? '';
    if (said.labels.plant_id === plant || this.#warned.has(serial)) return;
    this.#warned.add(serial);
    this.#options.warn(
      `device ${serial} is in plant ${said.labels.plant_id} of ${source}, and its plant_id is configured as ${plant}: ` +
        `all of its series have plant_id ${plant}`,
    );
  }

  /** Plants of local devices that are known better from an account. */
  *#listedPlants(): Iterable<EntityState> {
    const listed = new Set<string>();
    const serials = new Set<string>();
    for (const { entity } of this.#said.values()) {
      if (entity.shared?.what === 'plant' && !entity.shared.local) listed.add(entity.shared.id);
      if (entity.shared?.what === 'device' && !entity.shared.local) serials.add(entity.shared.id);
    }
    for (const [state, { entity }] of this.#said) {
      if (entity.shared?.what !== 'plant' || !entity.shared.local) continue;
      const { local, id } = entity.shared;
      const isElsewhere = !local.plantIsGiven && local.serials().some((serial) => serials.has(serial));
      if (listed.has(id) || isElsewhere) yield state;
    }
  }

  #isLocal(state: EntityState): boolean {
    return this.#locals.has(state);
  }
}
