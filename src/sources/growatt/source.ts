import type { Clock } from '../../base/clock.ts';
import { SourceError } from '../../base/errors.ts';
import type { Fetch } from '../../http/fetch.ts';
import type { HistoryReader } from '../../model/history.ts';
import type { CallObserver } from '../../model/observer.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { Entity, SourceEvent } from '../../model/reading.ts';
import type { Circuit, DiscoveryEntry, OnProgress, Source } from '../../model/source.ts';
import { createCallPolicy } from '../../policy/call-policy.ts';
import type { RateLimiter } from '../../policy/rate-limiter.ts';
import { AccountAccess } from './account-access.ts';
import { AccountCalls } from './account-calls.ts';
import type { GrowattAccount, GrowattConfig, GrowattIntervals } from './accounts.ts';
import { BackgroundWork } from './background.ts';
import { GrowattClient } from './client.ts';
import { Discovery } from './discovery.ts';
import { DiscoverySchedule } from './discovery-schedule.ts';
import { ACCOUNT_ENTITY_ID, plantEntityId } from './entities.ts';
import { DailyHistory } from './history/daily.ts';
import { GrowattHistoryReader } from './history/reader.ts';
import { Inventory } from './inventory.ts';
import { InventoryEvents } from './inventory-events.ts';
import { listEndpoints, listPlantsCall } from './listings.ts';
import { LiveReader } from './live-reader.ts';
import { AccountLookup } from './lookup.ts';
import { type AccountSnapshot, accountSnapshot } from './snapshot.ts';

export interface GrowattOptions {
  readonly account: GrowattAccount;
  readonly settings: GrowattIntervals;
  readonly history: GrowattConfig['history'];
  /** Shared by all accounts with the same token. */
  readonly rateLimiter: RateLimiter;
  readonly observer?: CallObserver;
  /** Whether a device is being read by another way; absent: none is. */
  readonly isReadLocally?: (serial: string) => boolean;
  readonly clock: Clock;
  readonly fetch: Fetch;
}

const MINUTE = 60_000;
/** A cloud that hangs is to be seen within a minute. */
const RETRY = { timeout: 30_000, retries: 3, firstDelay: 1000, total: 50_000 };
/** Growatt's own servers refuse equal calls within five minutes. */
const OFFICIAL_FLOOR = 5 * MINUTE;
/** A call that failed waits for less than an interval, so that the next poll makes it again. */
const FAILURE_PAUSE = 0.9;
/** Plants whose devices are listed before the first readings are fetched. */
const FIRST_PLANTS = 10;

/** One Growatt account: reads live values often, and lists, months and years between polls. */
export class GrowattSource implements Source {
  readonly name: string;
  readonly configuration: unknown;
  readonly identity: string;
  readonly history: HistoryReader;
  readonly #account: GrowattAccount;
  readonly #settings: GrowattIntervals;
  readonly #clock: Clock;
  readonly #calls: AccountCalls;
  readonly #inventory: Inventory;
  readonly #days: DailyHistory;
  readonly #events: InventoryEvents;
  readonly #discovery: Discovery;
  readonly #access: AccountAccess;
  readonly #live: LiveReader;
  readonly #background: BackgroundWork;
  readonly #lookup: AccountLookup;
  /** The state of an earlier run was restored and is not published yet. */
  #restored = false;
  #hasListed = false;
  resume: Source['resume'];

  constructor(options: GrowattOptions) {
    const { account, settings, history, rateLimiter, observer, clock, fetch } = options;
    const { isReadLocally = () => false } = options;
    this.name = `growatt/${account.name}`;
    this.configuration = { account, settings, history };
    this.identity = `${account.baseUrl} ${account.token}`;
    this.#account = account;
    this.#settings = settings;
    this.#clock = clock;
    const { baseUrl, token, v4 } = account;
    const createClient = () => {
      const policy = createCallPolicy({
        clock,
        retry: RETRY,
        rateLimiter,
        lane: {},
        ...(observer && { observer }),
      });
      return new GrowattClient({ baseUrl, token, fetch, policy, clock });
    };
    const { discoveryInterval, callSpacing } = settings;
    const interval = this.#awakeInterval;
    const pollInterval = () => this.interval();
    const failurePause = interval * FAILURE_PAUSE;
    const calls = new AccountCalls({
      client: createClient(),
      backgroundClient: createClient(),
      clock,
      failurePause,
      discoveryInterval,
      pollInterval,
    });
    const inventory = new Inventory(account);
    const days = new DailyHistory(history, calls, clock);
    const schedule = new DiscoverySchedule(settings, calls, inventory);
    const events = new InventoryEvents(account.name, inventory, days);
    const discovery = new Discovery({ account, calls, inventory, history: days, schedule, events });
    const access = new AccountAccess({ calls, inventory, discovery, clock });
    const live = new LiveReader({
      ...{ calls, inventory, discovery, events, access, clock, interval, isReadLocally },
      localInterval: settings.idleInterval,
    });
    const work = { calls, inventory, schedule, discovery, access, live, history: days, clock };
    this.#background = new BackgroundWork({ ...work, v4, callSpacing });
    this.#lookup = new AccountLookup({ access, discovery, inventory, live, v4 });
    this.history = new GrowattHistoryReader({ account, callSpacing, calls, clock, inventory, discovery });
    this.#calls = calls;
    this.#inventory = inventory;
    this.#days = days;
    this.#events = events;
    this.#discovery = discovery;
    this.#access = access;
    this.#live = live;
  }

  get entities(): readonly Entity[] {
    return this.#events.entities;
  }

  interval(): number {
    if (this.#access.isRefused) return this.#access.pause;
    const awake = this.#awakeInterval * this.#calls.slowdown;
    return this.#inventory.asleep() ? Math.max(awake, this.#settings.idleInterval) : awake;
  }

  get circuit(): Circuit {
    return this.#calls.circuit;
  }

  size() {
    return { plants: this.#inventory.plants.length, devices: this.#inventory.devices.length };
  }

  /** Lists that were refused are made up for later; a device in one of them changes its plant then. */
  get hasListed(): boolean {
    return this.#hasListed;
  }

  async *poll(context: PollContext): AsyncGenerator<SourceEvent> {
    try {
      yield* this.#pollAll(context);
      yield { type: 'attempt', entity: ACCOUNT_ENTITY_ID, ok: true };
    } catch (error) {
      // A rate limit is an answer too.
      const ok = error instanceof SourceError && error.kind === 'rate-limited';
      yield { type: 'attempt', entity: ACCOUNT_ENTITY_ID, ok };
      this.#hasListed = true;
      throw error;
    } finally {
      this.#hasListed ||= this.#discovery.hasTriedAll;
    }
  }

  async *runBackground(context: PollContext, deadline: number): AsyncGenerator<SourceEvent> {
    for await (const event of this.#background.run(context, deadline)) {
      this.#hasListed ||= this.#discovery.hasTriedAll;
      yield event;
    }
    this.#hasListed ||= this.#discovery.hasTriedAll;
  }

  nextBackgroundAt(): number {
    return this.#background.nextAt();
  }

  discover(context: PollContext, onProgress?: OnProgress): Promise<readonly DiscoveryEntry[]> {
    return this.#lookup.discover(context, onProgress);
  }

  capture(context: PollContext, device: string | undefined): Promise<readonly DiscoveryEntry[]> {
    return this.#lookup.capture(context, device);
  }

  snapshot(): AccountSnapshot {
    return {
      inventory: this.#inventory.snapshot(),
      calls: this.#calls.callHistory.snapshot(this.#clock.now()),
      history: this.#days.snapshot(),
      slowdown: this.#calls.slowdown,
      choice: this.#choice,
      ...this.#access.snapshot(),
    };
  }

  /** Restores what `snapshot` returned in an earlier run, also in one of 0.1.0. @throws when it is something else */
  restore(snapshot: unknown): void {
    const { inventory, calls, history, refusals, refusedAt, slowdown, choice } =
      accountSnapshot.parse(snapshot);
    this.#inventory.restore(inventory);
    this.#calls.callHistory.restore(calls);
    this.#calls.restoreSlowdown(slowdown ?? 1);
    // What is chosen now may have been left out of the lists.
    if (choice !== undefined && choice !== this.#choice)
      for (const endpoint of listEndpoints) this.#calls.callHistory.expire(endpoint);
    this.#days.restore(history);
    this.#access.restore({ refusals, refusedAt });
    this.#restored = true;
    this.#hasListed = this.#inventory.plants.length > 0 && this.#discovery.hasTriedAll;
    const interval = this.interval();
    const latest = refusals > 0 ? refusedAt : this.#live.lastCalledAt(this.#inventory.readable);
    const at = latest + interval;
    const reason = refusals > 0 ? 'the token was refused' : 'the cloud would refuse an earlier call';
    // Further away than one interval: the system's clock was set back meanwhile.
    if (at - this.#clock.now() <= interval) this.resume = { at, reason };
  }

  get #awakeInterval(): number {
    const { collectInterval } = this.#settings;
    return this.#account.official ? Math.max(collectInterval, OFFICIAL_FLOOR) : collectInterval;
  }

  get #choice(): string {
    const { plants, deviceSns, v4 } = this.#account;
    return JSON.stringify([plants.map(({ id, devices }) => [id, devices]), deviceSns, v4]);
  }

  async *#pollAll(context: PollContext): AsyncGenerator<SourceEvent> {
    this.#calls.beginPoll();
    if (this.#restored) yield* this.#publishRestored();
    if (this.#access.isRefused || this.#calls.doneAt(listPlantsCall) === undefined)
      yield* this.#access.listPlants(context);
    // A restart reads no list of plants, so that what an earlier one showed has to be reported again.
    this.#discovery.reportEmpty(context);
    for (const plant of this.#inventory.plants.slice(0, FIRST_PLANTS)) {
      if (!plant.skipped && this.#calls.doneAt(plant.listDevicesCall) === undefined)
        yield* this.#discovery.devices(context, plant);
    }
    yield* this.#live.read(context, this.#inventory.readable);
  }

  /** What an earlier run knew is known to the store again, as after a listing. */
  *#publishRestored(): Generator<SourceEvent> {
    this.#restored = false;
    yield* this.#events.all();
    for (const { id } of this.#inventory.plants)
      yield { type: 'attempt', entity: plantEntityId(id), ok: true };
  }
}
