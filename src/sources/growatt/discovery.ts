import { SourceError } from '../../base/errors.ts';
import { limits } from '../../model/limits.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { SourceEvent } from '../../model/reading.ts';
import type { AccountCalls } from './account-calls.ts';
import type { GrowattAccount } from './accounts.ts';
import type { Call } from './call.ts';
import type { Device } from './device.ts';
import type { DiscoverySchedule } from './discovery-schedule.ts';
import { dataEntityId, plantEntityId } from './entities.ts';
import { BUS_TYPE } from './families/bus.ts';
import type { DailyHistory } from './history/daily.ts';
import type { Inventory } from './inventory.ts';
import type { InventoryEvents } from './inventory-events.ts';
import {
  listPlantsCall,
  listV4Call,
  parseBusDevices,
  parseDevices,
  parsePlants,
  parseV4Devices,
} from './listings.ts';
import type { Bus, Plant } from './plant.ts';
import { readPlantData } from './plant-data.ts';

export interface DiscoveryOptions {
  readonly account: GrowattAccount;
  readonly calls: AccountCalls;
  readonly inventory: Inventory;
  readonly history: DailyHistory;
  readonly schedule: DiscoverySchedule;
  readonly events: InventoryEvents;
}

const NO_PLANTS =
  'this token has access to no plants. If the ShinePhone app shows plants, create the token in the app, not on the website';

/** Keeps the inventory of one account in step with the cloud, and reads what is known of whole plants. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  /** Keys of the calls for lists that were made, with whatever success. */
  readonly #tried = new Set<string>();
  /** How many of these plants, from the first on, have been tried: it is asked after each call. */
  #triedOf: { readonly plants: readonly Plant[]; first: number } = { plants: [], first: 0 };
  /** Ids of plants of which the last call to an endpoint failed, by its path. */
  readonly #failed = new Map<string, Set<string>>();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /** Whether the devices of all plants have been listed, or that was refused. */
  get hasTriedAll(): boolean {
    const { account, calls, inventory } = this.#options;
    const isTried = (call: Call) => this.#tried.has(call.key) || calls.doneAt(call) !== undefined;
    if (account.v4 && !isTried(listV4Call)) return false;
    const { plants } = inventory;
    if (this.#triedOf.plants !== plants) this.#triedOf = { plants, first: 0 };
    const hasTried = (plant: Plant) => plant.skipped || isTried(plant.listDevicesCall);
    while (this.#triedOf.first < plants.length && hasTried(plants[this.#triedOf.first]!))
      this.#triedOf.first++;
    return this.#triedOf.first === plants.length;
  }

  /** @throws SourceError, of kind `unauthorized` when the token is refused */
  async *plants(context: PollContext): AsyncGenerator<SourceEvent> {
    const { account, calls, inventory, history } = this.#options;
    const { value: page, error } = await calls.list(context, listPlantsCall, parsePlants);
    if (error?.kind === 'unauthorized')
      throw new SourceError('unauthorized', refusedHelp(account, error), { cause: error });
    if (!page) throw error;
    const unlisted = inventory.listPlants(page).join(', ');
    history.retain(new Set(inventory.plants.map(({ id }) => id)));
    context.report(
      'the choice of plants',
      unlisted ? `the account does not list plant ${unlisted}: check GROWATT_PLANT_ID` : undefined,
    );
    this.reportEmpty(context);
    yield* this.#options.events.all();
  }

  async *devices(context: PollContext, plant: Plant): AsyncGenerator<SourceEvent> {
    const { calls, inventory, schedule } = this.#options;
    const { value: page, error } = await calls.list(context, plant.listDevicesCall, parseDevices);
    this.#tried.add(plant.listDevicesCall.key);
    const what = `plant ${plant.id}`;
    if (!page) {
      yield { type: 'attempt', entity: plantEntityId(plant.id), ok: false };
      const isRefused = error.kind === 'unauthorized' || error.kind === 'missing';
      this.#reportCall(context, plant.listDevicesCall, plant, isRefused ? undefined : error);
      if (!isRefused) return;
      const until = schedule.untilPlantsListed();
      context.report(what, `skipping ${what} ${until}: ${error.message}`, error.message);
      plant.skipped = true;
      if (error.kind === 'missing') {
        inventory.dropPlant(plant);
        yield* this.#options.events.all();
      }
      return;
    }
    context.report(what, undefined);
    this.#reportCall(context, plant.listDevicesCall, plant);
    yield* this.#options.events.change(plant, () => inventory.listDevices(plant, page));
    this.#reportFull(context, what);
    for (const device of plant.listedDevices) this.#reportUnknown(context, device);
    yield { type: 'attempt', entity: plantEntityId(plant.id), ok: true };
  }

  async *bus(context: PollContext, plant: Plant, bus: Bus): AsyncGenerator<SourceEvent> {
    const { calls, inventory } = this.#options;
    const { kind, dataloggerSn, listCall } = bus;
    const parse = (envelope: unknown) => parseBusDevices(envelope, kind.key);
    const { value: page, error } = await calls.list(context, listCall, parse);
    // This fails neither the plant nor its inverters.
    const what = `the list of ${kind.family.word} devices of datalogger ${dataloggerSn}`;
    reportList(context, what, error);
    if (!page) return;
    yield* this.#options.events.change(plant, () => inventory.listBus(plant, bus, page.rows));
    this.#reportFull(context, what);
  }

  /** An account whose token does not reach v4 keeps its other devices. */
  async *v4(context: PollContext): AsyncGenerator<SourceEvent> {
    const { calls, inventory } = this.#options;
    const { value: page, error } = await calls.list(context, listV4Call, parseV4Devices);
    this.#tried.add(listV4Call.key);
    reportList(context, 'the list of v4 devices', error);
    if (!page) return;
    inventory.listV4(page.rows);
    this.#reportFull(context, 'the list of v4 devices');
    yield* this.#options.events.all();
  }

  /** Month and year energy, power and time zone of a plant. */
  async *plantData(context: PollContext, plant: Plant): AsyncGenerator<SourceEvent> {
    const { calls, schedule } = this.#options;
    const { value, error } = await calls.attempt(context, plant.dataCall);
    const data = value && readPlantData(plant.id, value);
    const what = `plant/data of plant ${plant.id}`;
    if (!data) {
      yield { type: 'attempt', entity: dataEntityId(plant.id), ok: false };
      const isRefused = error?.kind === 'unauthorized' || error?.kind === 'missing';
      this.#reportCall(context, plant.dataCall, plant, isRefused ? undefined : error);
      if (!isRefused) return;
      // Its devices may be read all the same.
      plant.dataSkipped = true;
      const until = schedule.untilPlantsListed();
      context.report(what, `skipping ${what} ${until}: ${error.message}`, error.message);
      return;
    }
    context.report(what, undefined);
    this.#reportCall(context, plant.dataCall, plant);
    plant.dataRead = true;
    if (plant.locate(data.gmtZone)) yield* this.#options.events.change(plant);
    const where = `the time zone of plant ${plant.id}`;
    context.report(
      where,
      plant.zone ? undefined : `${where} is unknown: set plants[].timezone, which its daily values need`,
    );
    yield { type: 'reading', reading: data.reading };
  }

  /** Reports whether there is no plant to read. */
  reportEmpty(context: PollContext): void {
    const { account, inventory } = this.#options;
    const empty = inventory.plants.length === 0 && account.plants.length === 0;
    context.report('the list of plants', empty ? NO_PLANTS : undefined);
  }

  /** Reports that a device was refused or is missing. */
  reportSkipped(context: PollContext, device: Device, { message }: SourceError): void {
    const what = `device ${device.sn}`;
    context.report(
      what,
      `skipping ${what} ${this.#options.schedule.untilListed(device)}: ${message}`,
      message,
    );
  }

  /** One line for all plants of the account; a rate limit is reported by the call itself. */
  #reportCall(context: PollContext, call: Call, plant: Plant, error?: SourceError): void {
    if (error?.kind === 'rate-limited') return;
    const { path } = call.endpoint;
    const failed = this.#failed.get(path) ?? new Set();
    this.#failed.set(path, failed);
    if (error) failed.add(plant.id);
    else failed.delete(plant.id);
    const isListed = (id: string) => this.#options.inventory.plants.some((other) => other.id === id);
    for (const id of failed) if (!isListed(id)) failed.delete(id);
    if (error) context.report(path, `${path} of plant ${plant.id} failed: ${error.message}`, 'failed');
    else if (failed.size === 0) context.report(path, undefined);
  }

  #reportFull(context: PollContext, what: string): void {
    const { isFull } = this.#options.inventory;
    const problem = `the account has more than ${limits.devices.most} devices: some of ${what} are not read`;
    context.report(`the number of devices of ${what}`, isFull ? problem : undefined);
    if (isFull) context.limitReached('devices');
  }

  #reportUnknown(context: PollContext, { sn, family, listed }: Device): void {
    const { account, inventory } = this.#options;
    const { type, model, dataloggerSn } = listed;
    if (family || inventory.isInV4(sn)) return;
    const named = `(${model || 'no model'})`;
    if (type === BUS_TYPE) {
      // What is neither meter nor sensor nor balcony battery on a bus is the datalogger itself.
      const own = sn.slice(0, sn.length - `-${dataloggerSn}`.length);
      const problem = `device ${own} ${named} is a balcony battery, which only the v4 API reads: set GROWATT_V4=true`;
      if (!account.v4 && isBalconyBattery(own, model)) context.report(`device ${sn}`, problem);
      return;
    }
    const what = type === undefined ? 'no device type' : `the unknown device type ${type}`;
    context.report(`device ${sn}`, `device ${sn} ${named} has ${what}: it is listed, but not read`);
  }
}

/** A rate limit is reported by the call itself. */
function reportList(context: PollContext, what: string, error: SourceError | undefined): void {
  if (error?.kind !== 'rate-limited') context.report(what, error && `${what} failed: ${error.message}`);
}

function refusedHelp({ baseUrl, official }: GrowattAccount, { message }: SourceError): string {
  const where = official ? 'GROWATT_REGION (a token belongs to one region)' : 'GROWATT_BASE_URL';
  return `${new URL(baseUrl).host} refuses the token (${message}): check the token and ${where}`;
}

/** NOAH and NEXA have serial numbers of 16 characters, dataloggers of 10. */
const isBalconyBattery = (sn: string, model: string) => /noah|nexa/i.test(model) || sn.length >= 16;
