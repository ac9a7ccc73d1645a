import type { Clock } from '../../base/clock.ts';
import { SourceError } from '../../base/errors.ts';
import type { HistoryReader } from '../../model/history.ts';
import type { CallObserver } from '../../model/observer.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { Entity, SourceEvent } from '../../model/reading.ts';
import type { Circuit, DiscoveryEntry, Source } from '../../model/source.ts';
import { createCallPolicy } from '../../policy/call-policy.ts';
import type { RateLimiter } from '../../policy/rate-limiter.ts';
import { type Call, Calls } from './calls.ts';
import { GrowattClient } from './client.ts';
import type { Device } from './device.ts';
import {
  Discovery,
  listBusCall,
  listDevicesCall,
  listPlantsCall,
  listV4Call,
  plantDataCall,
} from './discovery.ts';
import { discoveryEntriesOf, plantEntity } from './entities.ts';
import { DailyHistory } from './history/daily.ts';
import { GrowattHistoryReader } from './history/reader.ts';
import { Inventory, type Plant } from './inventory.ts';
import { planLiveCalls } from './live.ts';
import { LiveReader } from './live-reader.ts';
import type { GrowattAccount, GrowattConfig, GrowattIntervals } from './settings.ts';
import { type AccountSnapshot, accountSnapshot } from './snapshot.ts';

export interface GrowattOptions {
  readonly account: GrowattAccount;
  readonly settings: GrowattIntervals;
  readonly history: GrowattConfig['history'];
  /** Shared by all accounts with the same token. */
  readonly rateLimiter: RateLimiter;
  readonly observer?: CallObserver;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
}

const MINUTE = 60_000;
const RESUME_REASON = 'the cloud would refuse an earlier call';
const RETRY = { timeout: 30_000, retries: 3, firstDelay: 1000 };
/** Growatt's own servers count in five minutes: asking more often is refused. */
const OFFICIAL_FLOOR = 5 * MINUTE;
/** A refused token is asked about again after this, then after twice as long, up to an hour. */
const DENIED_PAUSE = 15 * MINUTE;
const LONGEST_DENIED_PAUSE = 60 * MINUTE;
/** Plants whose devices are listed before the first readings are fetched. */
const FIRST_PLANTS = 10;
/** Newly found devices are read in one go when so many wait, or the first has waited so long. */
const CROWD = 100;
const LONGEST_WAIT = MINUTE / 3;
/** Beyond so many plants, what is asked plant by plant is asked that much more rarely. */
const MANY_PLANTS = 100;
/** At night lists change as rarely as readings do. */
const NIGHT_STRETCH = 4;

/** A call that may wait for the gap between two polls. */
interface Job {
  /** In intervals; 1 and more is due. */
  readonly late: number;
  readonly run: (context: PollContext) => AsyncGenerator<SourceEvent>;
}

/** One Growatt account: lists its plants and devices rarely, reads live values often, month and year in between. */
export class GrowattSource implements Source {
  readonly name: string;
  readonly #account: GrowattAccount;
  readonly #settings: GrowattIntervals;
  readonly #clock: Clock;
  readonly #calls: Calls;
  readonly #inventory: Inventory;
  readonly #history: DailyHistory;
  readonly #discovery: Discovery;
  readonly #live: LiveReader;
  readonly history: HistoryReader;
  /** Refusals of the whole account in a row, and when the last one came. */
  #denials = 0;
  #deniedAt = 0;
  /** The store does not know yet what was remembered. */
  #recalled = false;
  resume: Source['resume'];

  constructor(options: GrowattOptions) {
    const { account, settings, history, rateLimiter, observer, clock, fetch } = options;
    this.name = `growatt/${account.name}`;
    this.#account = account;
    this.#settings = settings;
    this.#clock = clock;
    const policy = createCallPolicy({ clock, retry: RETRY, rateLimiter, ...(observer && { observer }) });
    const client = new GrowattClient({ baseUrl: account.baseUrl, token: account.token, fetch, policy });
    // A call that failed waits less than an interval, so that the next poll tries it again.
    const { discoveryInterval } = settings;
    this.#calls = new Calls({ client, clock, pause: this.#awakeInterval * 0.9, discoveryInterval });
    this.#inventory = new Inventory(account);
    this.#history = new DailyHistory(history, this.#calls, clock);
    this.#discovery = new Discovery(account, this.#calls, this.#inventory, this.#history);
    this.#live = new LiveReader(this.#calls, this.#inventory, clock, this.#awakeInterval);
    this.history = new GrowattHistoryReader({
      account,
      callSpacing: settings.callSpacing,
      calls: this.#calls,
      clock,
      inventory: this.#inventory,
      discovery: this.#discovery,
    });
  }

  get entities(): readonly Entity[] {
    return this.#discovery.entities;
  }

  interval(): number {
    if (this.#denials > 0) return this.#deniedPause;
    const awake = this.#awakeInterval * this.#calls.slowdown;
    return this.#inventory.asleep() ? Math.max(awake, this.#settings.idleInterval) : awake;
  }

  get circuit(): Circuit {
    return this.#calls.circuit;
  }

  size() {
    return { plants: this.#inventory.plants.length, devices: this.#inventory.devices.length };
  }

  async *poll(context: PollContext): AsyncGenerator<SourceEvent> {
    try {
      yield* this.#pollAll(context);
      yield { type: 'attempt', entity: 'account', ok: true };
    } catch (error) {
      // Asked to call more rarely, the account is well all the same.
      yield {
        type: 'attempt',
        entity: 'account',
        ok: error instanceof SourceError && error.kind === 'rate-limited',
      };
      throw error;
    }
  }

  async *#pollAll(context: PollContext): AsyncGenerator<SourceEvent> {
    this.#calls.begin();
    if (this.#recalled) yield* this.#resume();
    if (this.#denials > 0 || this.#neverDone(listPlantsCall)) yield* this.#listPlants(context);
    for (const plant of this.#inventory.plants.slice(0, FIRST_PLANTS)) {
      if (!plant.refused && this.#neverDone(listDevicesCall(plant)))
        yield* this.#discovery.devices(context, plant);
    }
    yield* this.#readLive(context, this.#inventory.readable);
  }

  async *runBackground(context: PollContext, deadline: number): AsyncGenerator<SourceEvent> {
    let found: number | undefined;
    const hasTime = () => this.#clock.now() + this.#settings.callSpacing < deadline;
    // One call in any case: where the live calls fill the interval, there would never be time for another.
    for (let calls = 0; calls === 0 || hasTime(); calls++) {
      const job = this.#mostOverdue();
      const fresh = this.#inventory.readable.filter(({ tried }) => !tried);
      if (fresh.length > 0) {
        found ??= this.#clock.now();
        const waited = this.#clock.now() - found >= LONGEST_WAIT;
        if (!job || waited || fresh.length >= CROWD) {
          yield* this.#readLive(context, fresh);
          found = undefined;
          continue;
        }
      }
      if (!job) return;
      yield* job.run(context);
    }
  }

  nextBackgroundAt(): number {
    return Math.min(...this.#inventory.plants.map((plant) => this.#history.nextRelease(plant)));
  }

  async discover(context: PollContext): Promise<readonly DiscoveryEntry[]> {
    const exhaust = async (steps: AsyncIterable<SourceEvent>) => {
      for await (const _step of steps);
    };
    await exhaust(this.#listPlants(context));
    for (const plant of this.#inventory.plants) {
      await exhaust(this.#discovery.devices(context, plant));
      for (const bus of this.#inventory.busesOf(plant))
        await exhaust(this.#discovery.bus(context, plant, bus));
    }
    if (this.#account.v4) await exhaust(this.#discovery.v4(context));
    return discoveryEntriesOf(this.#inventory.plants, this.#inventory.devices);
  }

  snapshot(): AccountSnapshot {
    return {
      inventory: this.#inventory.snapshot(),
      ledger: this.#calls.ledger.snapshot(this.#clock.now()),
      history: this.#history.snapshot(),
      denials: this.#denials,
      deniedAt: this.#deniedAt,
    };
  }

  /** Puts back what `remember` gave to an earlier run. @throws when it is something else */
  restore(memory: unknown): void {
    const { inventory, ledger, history, denials, deniedAt } = accountSnapshot.parse(memory);
    this.#inventory.restore(inventory);
    this.#calls.ledger.restore(ledger);
    this.#history.restore(history);
    this.#denials = denials;
    this.#deniedAt = deniedAt;
    this.#recalled = true;
    for (const device of this.#inventory.devices) device.tried = true;
    const now = this.#clock.now();
    const interval = this.interval();
    const latest = planLiveCalls(this.#inventory.readable).map((call) => this.#calls.doneAt(call) ?? 0);
    const resumeAt = denials > 0 ? deniedAt + interval : Math.max(0, ...latest) + interval;
    // Further away than one interval: the system's clock was set back meanwhile.
    if (resumeAt - now <= interval) this.resume = { at: resumeAt, reason: RESUME_REASON };
  }

  get #awakeInterval(): number {
    const { collectInterval } = this.#settings;
    return this.#account.official ? Math.max(collectInterval, OFFICIAL_FLOOR) : collectInterval;
  }

  get #deniedPause(): number {
    return Math.min(DENIED_PAUSE * 2 ** (this.#denials - 1), LONGEST_DENIED_PAUSE);
  }

  #neverDone(call: Call): boolean {
    return this.#calls.doneAt(call) === undefined;
  }

  /** The background call that is most overdue, measured in its own intervals; undefined when none is due. */
  #mostOverdue(): Job | undefined {
    const { discoveryInterval, plantInterval } = this.#settings;
    const asleep = this.#inventory.asleep();
    const listing = discoveryInterval * (asleep ? NIGHT_STRETCH : 1);
    const job = (call: Call, interval: number, run: Job['run']): Job => ({
      late: this.#calls.overdue(call, interval),
      run,
    });
    const plants = this.#inventory.plants.filter(({ refused }) => !refused);
    const stretch = Math.max(1, plants.length / MANY_PLANTS);
    // Of what was never done, the first in this list goes first: devices have to be found before all else.
    const jobs = [
      job(listPlantsCall, listing, (context) => this.#listPlants(context)),
      ...plants.map((plant) =>
        job(listDevicesCall(plant), listing * stretch, (context) => this.#discovery.devices(context, plant)),
      ),
      // Their plants show only by what else is listed there.
      ...(this.#account.v4 ? [job(listV4Call, listing, (context) => this.#discovery.v4(context))] : []),
      ...plants.flatMap((plant) =>
        this.#inventory
          .busesOf(plant)
          .map((bus) =>
            job(listBusCall(bus), listing * stretch, (context) => this.#discovery.bus(context, plant, bus)),
          ),
      ),
      // Nothing in it changes while everything sleeps.
      ...plants
        .filter(({ dataRead }) => !asleep || !dataRead)
        .map((plant) =>
          job(plantDataCall(plant), plantInterval * stretch, (context) =>
            this.#discovery.plantData(context, plant),
          ),
        ),
    ].filter(({ late }) => late >= 1);
    // Infinity minus Infinity would be no order at all.
    return jobs.toSorted((a, b) => (a.late === b.late ? 0 : b.late - a.late))[0] ?? this.#missingDay(plants);
  }

  /** Days that are over come last, the newest of all plants first. */
  #missingDay(plants: readonly Plant[]): Job | undefined {
    return plants
      .flatMap((plant) => {
        const date = this.#history.missing(plant);
        return date === undefined
          ? []
          : [{ date, late: 1, run: (context: PollContext) => this.#discovery.day(context, plant, date) }];
      })
      .reduce<(Job & { date: string }) | undefined>(
        (newest, job) => (newest && newest.date >= job.date ? newest : job),
        undefined,
      );
  }

  /** What was remembered is known to the store again, as after a listing. */
  *#resume(): Generator<SourceEvent> {
    this.#recalled = false;
    yield* this.#discovery.announce();
    for (const { id } of this.#inventory.plants) yield { type: 'attempt', entity: plantEntity(id), ok: true };
  }

  async *#listPlants(context: PollContext): AsyncGenerator<SourceEvent> {
    try {
      yield* this.#discovery.plants(context);
    } catch (error) {
      if (error instanceof SourceError && error.kind === 'unauthorized') {
        this.#denials++;
        this.#deniedAt = this.#clock.now();
        yield { type: 'attempt', entity: 'account', ok: false };
      }
      // Plants that are chosen or known can be read without the list.
      if (this.#denials > 0 || this.circuit === 'open' || this.#inventory.plants.length === 0) throw error;
      return;
    }
    if (this.#denials > 0) this.#inventory.forgive();
    this.#denials = 0;
  }

  /** Reads devices; fails as a whole only when none could be read for a reason that is not its own. */
  async *#readLive(context: PollContext, devices: readonly Device[]): AsyncGenerator<SourceEvent> {
    const { answered, dropped, failure, tell } = yield* this.#live.read(context, devices);
    if (dropped) yield* this.#discovery.announce();
    const refused = answered === 0 && failure?.kind === 'unauthorized';
    // Every device refused: a listing of plants tells whether it is the token, which is then all there is to tell.
    if (refused) yield* this.#listPlants(context);
    tell();
    if (failure && answered === 0 && !refused && failure.kind !== 'missing') throw failure;
  }
}
