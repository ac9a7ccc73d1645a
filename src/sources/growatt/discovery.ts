import { SourceError } from '../../base/errors.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { Entity, SourceEvent } from '../../model/reading.ts';
import type { Call, Calls } from './calls.ts';
import { dataEntity, entitiesOf, informationOf, plantEntity } from './entities.ts';
import { BUS_TYPE } from './families/bus.ts';
import type { DailyHistory } from './history/daily.ts';
import type { Bus, Inventory, Plant } from './inventory.ts';
import { parseBusDevices, parseDevices, parsePlants, parseV4Devices } from './listings.ts';
import { readPlantData } from './plant-data.ts';
import type { GrowattAccount } from './settings.ts';

export const listPlantsCall: Call = { endpoint: { method: 'GET', path: 'plant/list' }, params: {} };
export const listV4Call: Call = {
  endpoint: { method: 'POST', path: 'v4/new-api/queryDeviceList' },
  params: {},
};
export const listDevicesCall = ({ id }: Plant): Call => ({
  endpoint: { method: 'GET', path: 'device/list' },
  params: { plant_id: id },
});
export const listBusCall = ({ kind, dataloggerSn }: Bus): Call => ({
  endpoint: kind.list,
  params: { datalog_sn: dataloggerSn },
});
export const plantDataCall = ({ id }: Plant): Call => ({
  endpoint: { method: 'GET', path: 'plant/data' },
  params: { plant_id: id },
});

const NO_PLANTS =
  'the token sees no plant: where the ShinePhone app shows some, make the token in the app instead of on the web';

/** Keeps the inventory of one account in step with the cloud, and reads what is known of whole plants. */
export class Discovery {
  readonly #account: GrowattAccount;
  readonly #calls: Calls;
  readonly #inventory: Inventory;
  readonly #history: DailyHistory;

  constructor(account: GrowattAccount, calls: Calls, inventory: Inventory, history: DailyHistory) {
    this.#account = account;
    this.#calls = calls;
    this.#inventory = inventory;
    this.#history = history;
  }

  get entities(): readonly Entity[] {
    const { plants, devices } = this.#inventory;
    return [...entitiesOf(this.#account.name, plants, devices), ...this.#history.entities()];
  }

  /** @throws SourceError, of kind `unauthorized` when the token is refused */
  async *plants(context: PollContext): AsyncGenerator<SourceEvent> {
    const { value: page, error } = await this.#calls.list(context, listPlantsCall, parsePlants);
    if (error?.kind === 'unauthorized') {
      throw new SourceError('unauthorized', deniedHelp(this.#account, error), { cause: error });
    }
    if (!page) throw error;
    const unlisted = this.#inventory.listPlants(page).join(', ');
    this.#history.retain(new Set(this.#inventory.plants.map(({ id }) => id)));
    context.report(
      'the choice of plants',
      unlisted ? `the account does not list plant ${unlisted}: check GROWATT_PLANT_ID` : undefined,
    );
    context.report('the list of plants', this.#inventory.plants.length === 0 ? NO_PLANTS : undefined);
    yield* this.announce();
  }

  async *devices(context: PollContext, plant: Plant): AsyncGenerator<SourceEvent> {
    const { value: page, error } = await this.#calls.list(context, listDevicesCall(plant), parseDevices);
    if (!page) {
      yield* this.#plantFailed(context, plant, `plant ${plant.id}`, error);
      return;
    }
    this.#inventory.listDevices(plant, page);
    context.report(`plant ${plant.id}`, undefined);
    for (const { sn, family, listed } of plant.devices) {
      // What is neither meter nor sensor on a bus is the datalogger itself.
      if (family || listed.type === BUS_TYPE) continue;
      const what = `device ${sn} (${listed.model || 'no model'}) has type ${listed.type}`;
      context.report(`device ${sn}`, `${what}, which is not known: it is listed, not read`);
    }
    yield* this.#announcePlant(plant);
    yield { type: 'attempt', entity: plantEntity(plant.id), ok: true };
  }

  async *bus(context: PollContext, plant: Plant, bus: Bus): AsyncGenerator<SourceEvent> {
    const parse = (envelope: unknown) => parseBusDevices(envelope, bus.kind.key);
    const { value: page, error } = await this.#calls.list(context, listBusCall(bus), parse);
    // Neither the plant nor its inverters are to blame.
    const what = `what datalogger ${bus.dataloggerSn} has on its bus (${bus.kind.family.word})`;
    context.report(what, error && `${what} cannot be listed (${error.message})`);
    if (!page) return;
    this.#inventory.listBus(plant, bus, page.rows);
    yield* this.#announcePlant(plant);
  }

  /** An account whose token does not reach v4 keeps its other devices. */
  async *v4(context: PollContext): AsyncGenerator<SourceEvent> {
    const { value: page, error } = await this.#calls.list(context, listV4Call, parseV4Devices);
    context.report('the v4 API', error && `WIT, SPH-S and NOAH devices cannot be listed (${error.message})`);
    if (!page) return;
    this.#inventory.listV4(page.rows);
    yield* this.announce();
  }

  /** Month and year energy, power and time zone of a plant. */
  async *plantData(context: PollContext, plant: Plant): AsyncGenerator<SourceEvent> {
    const { value, error } = await this.#calls.attempt(context, plantDataCall(plant));
    const data = value && readPlantData(plant.id, value);
    // Another topic than the list of its devices, which may be well while this is refused.
    const figures = `plant/data of plant ${plant.id}`;
    if (!data) {
      yield { type: 'attempt', entity: dataEntity(plant.id), ok: false };
      if (error) yield* this.#plantFailed(context, plant, figures, error);
      return;
    }
    context.report(figures, undefined);
    plant.dataRead = true;
    if (this.#inventory.locate(plant, data.gmt)) yield { type: 'entities', entities: this.entities };
    const where = `the time zone of plant ${plant.id}`;
    context.report(
      where,
      plant.zone ? undefined : `${where} is unknown: set plants[].timezone, or its days cannot be told`,
    );
    yield { type: 'reading', reading: data.reading };
  }

  /** Statistics of one completed day of a plant. */
  async *day(context: PollContext, plant: Plant, date: string): AsyncGenerator<SourceEvent> {
    await this.#history.fetch(context, plant.id, date);
    yield { type: 'entities', entities: this.entities };
    for (const reading of this.#history.readings(plant.id)) yield { type: 'reading', reading };
  }

  /** Tells the store what exists now. */
  *announce(): Generator<SourceEvent> {
    yield { type: 'entities', entities: this.entities };
    const { plants, devices } = this.#inventory;
    for (const reading of [...informationOf(plants, devices), ...this.#history.readings()])
      yield { type: 'reading', reading };
  }

  /** The same, with news of one plant only: an account may have a thousand of them. */
  *#announcePlant(plant: Plant): Generator<SourceEvent> {
    yield { type: 'entities', entities: this.entities };
    const { devices, busDevices } = plant;
    for (const reading of informationOf([plant], [...devices, ...busDevices]))
      yield { type: 'reading', reading };
  }

  *#plantFailed(
    context: PollContext,
    plant: Plant,
    topic: string,
    error: SourceError,
  ): Generator<SourceEvent> {
    yield { type: 'attempt', entity: plantEntity(plant.id), ok: false };
    if (error.kind !== 'unauthorized' && error.kind !== 'missing') return;
    context.report(topic, `plant ${plant.id} is left alone until the next discovery (${error.message})`);
    plant.refused = true;
    if (error.kind === 'missing') {
      this.#inventory.dropPlant(plant);
      yield* this.announce();
    }
  }
}

function deniedHelp({ baseUrl, official }: GrowattAccount, { message }: SourceError): string {
  const where = official ? 'GROWATT_REGION (a token belongs to one region)' : 'GROWATT_BASE_URL';
  return `${new URL(baseUrl).host} refuses the token (${message}): check the token and ${where}`;
}
