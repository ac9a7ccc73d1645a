import { isDeepStrictEqual } from 'node:util';
import { ianaZone, type Zone } from '../../base/calendar.ts';
import type { Clock } from '../../base/clock.ts';
import type { SourceError } from '../../base/errors.ts';
import { inTurns } from '../../base/turns.ts';
import type { KnownPlant, PlantReadings } from '../../model/derived.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { Entity, SourceEvent, Value } from '../../model/reading.ts';
import type { Circuit, Source } from '../../model/source.ts';
import type { CallPolicy } from '../../policy/call-policy.ts';
import type { Books } from './books.ts';
import type { PriceFeed } from './feed.ts';
import { Freshness } from './freshness.ts';
import { type Account, type Direction, settle } from './ledger.ts';
import { Notices } from './notices.ts';
import { fixedPrices, type Prices } from './prices.ts';
import { devicesIn } from './quantities.ts';
import { valuesOf } from './readings.ts';
import type { Ask } from './sources/market.ts';
import type { PriceZone } from './zones.ts';

/** What is read anew is priced within so long, in milliseconds. */
const INTERVAL = 60_000;
/** The same until there are plants. */
const FIRST_INTERVAL = 5000;

/** Where prices come from. */
export type PriceOrigin =
  | { readonly kind: 'fixed'; readonly price: number; readonly zones: readonly PriceZone[] }
  | {
      readonly kind: 'market';
      readonly feed: PriceFeed;
      readonly policy: CallPolicy;
      readonly ask: (signal: AbortSignal) => Ask;
    };

export interface TariffSourceOptions {
  readonly direction: Direction;
  readonly currency: string;
  /** Of the times of zones; undefined: that of each plant. */
  readonly place: Zone | undefined;
  readonly origin: PriceOrigin;
  readonly books: Books;
  readonly readings: PlantReadings;
  readonly clock: Clock;
  /** As plain data. */
  readonly configuration: unknown;
  readonly identity: string;
}

/** The money of one direction of all plants. */
export class TariffSource implements Source {
  readonly name: string;
  readonly isDerived = true;
  readonly configuration: unknown;
  readonly identity: string;
  /**
   * None before the first poll: the counters that a restart restores are older than those of the books, and must not be
   * shown.
   */
  entities: readonly Entity[] = [];
  readonly #options: TariffSourceOptions;
  readonly #freshness = new Freshness();
  readonly #notices: Notices;
  /** What was said last of each plant: the same again would be a change to all who show it. */
  #said = new Map<string, readonly Value[]>();

  constructor(options: TariffSourceOptions) {
    const { direction, configuration, identity } = options;
    this.name = `tariff/${direction}`;
    this.configuration = configuration;
    this.identity = identity;
    this.#options = options;
    this.#notices = new Notices(direction);
  }

  get circuit(): Circuit {
    const { origin } = this.#options;
    return origin.kind === 'market' ? origin.policy.circuit : 'closed';
  }

  get hasNews(): boolean {
    const { origin } = this.#options;
    return origin.kind === 'market' && origin.feed.hasNews;
  }

  interval(): number {
    return this.entities.length === 0 ? FIRST_INTERVAL : INTERVAL;
  }

  async *poll(context: PollContext): AsyncIterable<SourceEvent> {
    const { direction, currency, origin, books, readings, clock } = this.#options;
    const warn = context.warn;
    await books.open(warn);
    if (origin.kind === 'market') await origin.feed.refresh(origin.ask(context.signal));
    const now = clock.now();
    const plants = [...readings.plants().values()];
    if (plants.length === 0) this.#notices.tellNoPlants(now, context);
    await books.enter(direction, await this.#settle(plants, now, context), warn);
    const shown = books.shown(direction);
    const entities = plants.map(({ id }) => ({ id: `plant/${id}`, labels: { plant_id: id } }));
    if (entities.map(({ id }) => id).join() !== this.entities.map(({ id }) => id).join()) {
      this.entities = entities;
      yield { type: 'entities', entities };
    }
    const before = this.#said;
    this.#said = new Map();
    for (const plant of plants) {
      const price = this.#pricesFor(plant)?.at(now);
      const values = valuesOf({ direction, currency, price, account: shown[plant.id] });
      this.#said.set(plant.id, values);
      if (isDeepStrictEqual(values, before.get(plant.id))) continue;
      yield { type: 'reading', reading: { entity: `plant/${plant.id}`, values } };
    }
    const failure = this.#failureAt(now, context);
    if (failure) throw failure;
  }

  snapshot(): unknown {
    const { origin } = this.#options;
    return origin.kind === 'market' ? origin.feed.snapshot() : undefined;
  }

  restore(snapshot: unknown): void {
    const { origin } = this.#options;
    if (origin.kind === 'market') origin.feed.restore(snapshot);
  }

  /** Prices what has flowed since the last time. @returns the accounts that there are now */
  async #settle(
    plants: readonly KnownPlant[],
    now: number,
    context: PollContext,
  ): Promise<Readonly<Record<string, Account>>> {
    const { direction, currency, books, readings } = this.#options;
    const before = books.newest(direction);
    const after: Record<string, Account> = {};
    this.#freshness.begin();
    await inTurns(plants, (plant) => {
      const samples = readings.samplesOf(plant.id);
      const devices = devicesIn(samples);
      const readAt = new Map(
        devices.flatMap((device) => {
          const at = this.#freshness.readAt(device, now);
          return at === undefined ? [] : [[device.serial, at] as const];
        }),
      );
      const prices = this.#pricesFor(plant);
      if (this.#needsZone && (plant.zone?.fixed ?? devices.length > 0))
        this.#notices.tellZone(plant, plant.zone !== undefined, context);
      if (!prices) return;
      const look = { devices, readAt, now };
      const { account, long } = settle(before[plant.id], look, { direction, currency, prices });
      after[plant.id] = account;
      this.#notices.tell(plant, { account, long, look }, context);
    });
    return after;
  }

  /** Whether prices depend on the time of the day at each plant. */
  get #needsZone(): boolean {
    const { origin, place } = this.#options;
    return origin.kind === 'fixed' && origin.zones.length > 0 && !place;
  }

  /** Undefined while the time of the day at a plant is needed and not known. */
  #pricesFor(plant: KnownPlant): Prices | undefined {
    const { origin, place = plant.zone } = this.#options;
    if (origin.kind === 'market') return origin.feed.prices;
    return this.#needsZone && !place ? undefined : fixedPrices(origin, place);
  }

  /** A market that does not answer is a failure once its prices have run out; before, only a condition. */
  #failureAt(now: number, { report }: PollContext): SourceError | undefined {
    const { origin } = this.#options;
    if (origin.kind === 'fixed') return undefined;
    const { failure, prices } = origin.feed;
    const isKnown = prices.at(now) !== undefined;
    report(
      'prices',
      failure && isKnown ? `${failure.message}; the prices that are known are used` : undefined,
    );
    if (failure) return isKnown ? undefined : failure;
    report(
      'price of now',
      isKnown ? undefined : 'the source of prices has none for now: energy is not priced',
    );
    return undefined;
  }
}

/** The zone that a setting names. */
export const placeOf = (timezone: string | undefined): Zone | undefined =>
  timezone === undefined ? undefined : ianaZone(timezone);
