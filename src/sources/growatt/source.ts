import type { Clock } from '../../clock.ts';
import type { Config, GrowattAccount } from '../../config/config.ts';
import { SourceError } from '../../errors.ts';
import type { Entity, Source, Step, Turn } from '../source.ts';
import { type Call, Calls } from './calls.ts';
import { GrowattClient } from './client.ts';
import { parseDevices, parsePlants } from './discovery.ts';
import { type Device, dataEntity, deviceEntity, Inventory, type Plant, plantEntity } from './inventory.ts';
import { answerFor, type LiveCall, planLiveCalls, readDevice } from './live.ts';
import type { CallQueue } from './pace.ts';
import { readPlantData } from './plant-data.ts';

export interface GrowattOptions {
  readonly account: GrowattAccount;
  readonly settings: Config['growatt'];
  /** Shared by all accounts with the same token. */
  readonly queue: CallQueue;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
}

const MINUTE = 60_000;
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
/** At night lists change as rarely as readings do. */
const NIGHT_STRETCH = 4;

const listPlantsCall: Call = { endpoint: { method: 'GET', path: 'plant/list' }, params: {} };
const listDevicesCall = ({ id }: Plant): Call => ({
  endpoint: { method: 'GET', path: 'device/list' },
  params: { plant_id: id },
});
const plantDataCall = ({ id }: Plant): Call => ({
  endpoint: { method: 'GET', path: 'plant/data' },
  params: { plant_id: id },
});

/** One Growatt account: lists its plants and devices rarely, reads live values often, month and year in between. */
export class GrowattSource implements Source {
  readonly name: string;
  readonly patience = { timeout: 30_000, retries: 3, firstDelay: 1000 };
  readonly #account: GrowattAccount;
  readonly #settings: Config['growatt'];
  readonly #queue: CallQueue;
  readonly #clock: Clock;
  readonly #calls: Calls;
  readonly #inventory: Inventory;
  /** Refusals of the whole account in a row. */
  #denials = 0;

  constructor({ account, settings, queue, clock, fetch }: GrowattOptions) {
    this.name = `growatt/${account.name}`;
    this.#account = account;
    this.#settings = settings;
    this.#queue = queue;
    this.#clock = clock;
    const client = new GrowattClient({ baseUrl: account.baseUrl, token: account.token, fetch });
    // Shorter than the interval, so that the next poll tries again.
    this.#calls = new Calls({ client, clock, pause: this.#awakeInterval * 0.9 });
    this.#inventory = new Inventory(account);
  }

  get entities(): readonly Entity[] {
    return this.#inventory.entities();
  }

  interval(): number {
    if (this.#denials > 0) return Math.min(DENIED_PAUSE * 2 ** (this.#denials - 1), LONGEST_DENIED_PAUSE);
    const awake = this.#awakeInterval * this.#calls.slowdown;
    return this.#inventory.asleep(this.#clock.now()) ? Math.max(awake, this.#settings.idleInterval) : awake;
  }

  pace<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    return this.#queue.run(signal, call);
  }

  inventory() {
    return { plants: this.#inventory.plants.length, devices: this.#inventory.devices.length };
  }

  async *read(turn: Turn): AsyncGenerator<Step> {
    this.#calls.begin();
    if (this.#denials > 0 || this.#neverDone(listPlantsCall)) yield* this.#listPlants(turn);
    for (const plant of this.#inventory.plants.slice(0, FIRST_PLANTS)) {
      if (!plant.refused && this.#neverDone(listDevicesCall(plant))) yield* this.#listDevices(turn, plant);
    }
    yield* this.#readLive(turn, this.#inventory.readable);
    yield { entity: 'account', ok: true };
  }

  async *tend(turn: Turn, deadline: number): AsyncGenerator<Step> {
    let found: number | undefined;
    while (this.#clock.now() + this.#settings.callSpacing < deadline) {
      const job = this.#mostOverdue();
      const fresh = this.#inventory.readable.filter(({ tried }) => !tried);
      if (fresh.length > 0) {
        found ??= this.#clock.now();
        const waited = this.#clock.now() - found >= LONGEST_WAIT;
        if (!job || waited || fresh.length >= CROWD) {
          yield* this.#readLive(turn, fresh);
          found = undefined;
          continue;
        }
      }
      if (!job) return;
      yield* job(turn);
    }
  }

  get #awakeInterval(): number {
    const { collectInterval } = this.#settings;
    return this.#account.official ? Math.max(collectInterval, OFFICIAL_FLOOR) : collectInterval;
  }

  #neverDone(call: Call): boolean {
    return this.#calls.lateness(call, Number.POSITIVE_INFINITY) === Number.POSITIVE_INFINITY;
  }

  /** The background call that is most overdue, measured in its own intervals; undefined when none is due. */
  #mostOverdue(): ((turn: Turn) => AsyncGenerator<Step>) | undefined {
    const { discoveryInterval, plantInterval } = this.#settings;
    const asleep = this.#inventory.asleep(this.#clock.now());
    const listing = discoveryInterval * (asleep ? NIGHT_STRETCH : 1);
    const plants = this.#inventory.plants.filter(({ refused }) => !refused);
    const jobs = [
      { late: this.#calls.lateness(listPlantsCall, listing), run: (turn: Turn) => this.#listPlants(turn) },
      ...plants.map((plant) => ({
        late: this.#calls.lateness(listDevicesCall(plant), listing),
        run: (turn: Turn) => this.#listDevices(turn, plant),
      })),
      // Nothing in it changes while everything sleeps.
      ...(asleep ? [] : plants).map((plant) => ({
        late: this.#calls.lateness(plantDataCall(plant), plantInterval),
        run: (turn: Turn) => this.#readPlant(turn, plant),
      })),
    ].filter(({ late }) => late >= 1);
    return jobs.toSorted((a, b) => (a.late === b.late ? 0 : b.late - a.late))[0]?.run;
  }

  async *#listPlants(turn: Turn): AsyncGenerator<Step> {
    const { value: page, error } = await this.#calls.list(turn, listPlantsCall, parsePlants);
    if (error?.kind === 'unauthorized') {
      this.#denials++;
      throw new SourceError('unauthorized', deniedHelp(this.#account, error), { cause: error });
    }
    if (!page) throw error;
    if (this.#denials > 0) this.#inventory.forgive();
    this.#denials = 0;
    const unlisted = this.#inventory.listPlants(page).join(', ');
    turn.note(
      'the choice of plants',
      unlisted ? `the account does not list plant ${unlisted}: check GROWATT_PLANT_ID` : undefined,
    );
    turn.note('the list of plants', this.#inventory.plants.length === 0 ? NO_PLANTS : undefined);
    yield* this.#announce();
  }

  async *#listDevices(turn: Turn, plant: Plant): AsyncGenerator<Step> {
    const { value: page, error } = await this.#calls.list(turn, listDevicesCall(plant), parseDevices);
    if (!page) return yield* this.#plantFailed(turn, plant, error);
    this.#inventory.listDevices(plant, page);
    turn.note(`plant ${plant.id}`, undefined);
    for (const { sn, family, listed } of plant.devices) {
      if (family) continue;
      const what = `device ${sn} (${listed.model || 'no model'}) has type ${listed.type}`;
      turn.note(`device ${sn}`, `${what}, which is not known: it is listed, not read`);
    }
    yield* this.#announce();
    yield { entity: plantEntity(plant.id), ok: true };
  }

  async *#readPlant(turn: Turn, plant: Plant): AsyncGenerator<Step> {
    const { value, error } = await this.#calls.attempt(turn, plantDataCall(plant));
    const data = value && readPlantData(plant.id, value);
    if (!data) {
      yield { entity: dataEntity(plant.id), ok: false };
      if (error?.kind === 'unauthorized' || error?.kind === 'missing')
        yield* this.#plantFailed(turn, plant, error);
      return;
    }
    if (!plant.zone && data.zone) {
      plant.zone = data.zone;
      yield { entities: this.entities };
    }
    yield { reading: data.reading };
  }

  /** Reads devices; fails as a whole only when none could be read for a reason that is not its own. */
  async *#readLive(turn: Turn, devices: readonly Device[]): AsyncGenerator<Step> {
    let answered = 0;
    let failure: SourceError | undefined;
    for (const call of planLiveCalls(devices)) {
      const { value, error } = await this.#calls.attempt(turn, call);
      for (const device of call.devices) device.tried = true;
      if (!value) {
        failure = error;
        yield* this.#devicesFailed(turn, call, error);
        continue;
      }
      answered++;
      for (const device of call.devices) yield this.#deviceAnswered(turn, call, device, value);
    }
    if (!failure || answered > 0 || failure.kind === 'missing') return;
    // Every device refused: a listing of plants tells whether it is the token.
    if (failure.kind === 'unauthorized') return yield* this.#listPlants(turn);
    throw failure;
  }

  #deviceAnswered(turn: Turn, call: LiveCall, device: Device, envelope: Record<string, unknown>): Step {
    const answer = answerFor(call, device, envelope);
    if (!answer) return { entity: deviceEntity(device.sn), ok: false };
    device.solo = false;
    turn.note(`device ${device.sn}`, undefined);
    const reading = readDevice(device, call.family, answer);
    const { wallTime } = reading;
    if (wallTime !== undefined && wallTime !== device.wall?.time) {
      device.wall = { time: wallTime, seenAt: this.#clock.now() };
    }
    return { reading };
  }

  *#devicesFailed(turn: Turn, call: LiveCall, error: SourceError): Generator<Step> {
    for (const device of call.devices) yield { entity: deviceEntity(device.sn), ok: false };
    if (error.kind !== 'unauthorized' && error.kind !== 'missing') return;
    const [device] = call.devices;
    if (!device || call.devices.length > 1) {
      for (const each of call.devices) each.solo = true;
      return;
    }
    turn.note(
      `device ${device.sn}`,
      `device ${device.sn} is left alone until the next discovery (${error.message})`,
    );
    device.refused = true;
    if (error.kind === 'missing') {
      this.#inventory.dropDevice(device);
      yield* this.#announce();
    }
  }

  *#plantFailed(turn: Turn, plant: Plant, error: SourceError): Generator<Step> {
    yield { entity: plantEntity(plant.id), ok: false };
    if (error.kind !== 'unauthorized' && error.kind !== 'missing') return;
    turn.note(
      `plant ${plant.id}`,
      `plant ${plant.id} is left alone until the next discovery (${error.message})`,
    );
    plant.refused = true;
    if (error.kind === 'missing') {
      this.#inventory.dropPlant(plant);
      yield* this.#announce();
    }
  }

  /** Tells the store what exists now. */
  *#announce(): Generator<Step> {
    yield { entities: this.entities };
    for (const reading of this.#inventory.information()) yield { reading };
  }
}

const NO_PLANTS =
  'the token sees no plant: where the ShinePhone app shows some, make the token in the app instead of on the web';

function deniedHelp({ baseUrl, official }: GrowattAccount, { message }: SourceError): string {
  const where = official ? 'GROWATT_REGION (a token belongs to one region)' : 'GROWATT_BASE_URL';
  return `${new URL(baseUrl).host} refuses the token (${message}): check the token and ${where}`;
}
