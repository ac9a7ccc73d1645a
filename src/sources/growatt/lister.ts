import type { GrowattAccount } from '../../config/config.ts';
import { SourceError } from '../../errors.ts';
import type { Entity, Step, Turn } from '../source.ts';
import type { Call, Calls } from './calls.ts';
import { parseBusDevices, parseDevices, parsePlants, parseV4Devices } from './discovery.ts';
import { dataEntity, entitiesOf, informationOf, plantEntity } from './entities.ts';
import { BUS_TYPE } from './families/bus.ts';
import type { DailyHistory } from './history/daily.ts';
import type { Bus, Inventory, Plant } from './inventory.ts';
import { readPlantData } from './plant-data.ts';

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
export class Lister {
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
  async *plants(turn: Turn): AsyncGenerator<Step> {
    const { value: page, error } = await this.#calls.list(turn, listPlantsCall, parsePlants);
    if (error?.kind === 'unauthorized') {
      throw new SourceError('unauthorized', deniedHelp(this.#account, error), { cause: error });
    }
    if (!page) throw error;
    const unlisted = this.#inventory.listPlants(page).join(', ');
    this.#history.retain(new Set(this.#inventory.plants.map(({ id }) => id)));
    turn.note(
      'the choice of plants',
      unlisted ? `the account does not list plant ${unlisted}: check GROWATT_PLANT_ID` : undefined,
    );
    turn.note('the list of plants', this.#inventory.plants.length === 0 ? NO_PLANTS : undefined);
    yield* this.announce();
  }

  async *devices(turn: Turn, plant: Plant): AsyncGenerator<Step> {
    const { value: page, error } = await this.#calls.list(turn, listDevicesCall(plant), parseDevices);
    if (!page) {
      yield* this.#plantFailed(turn, plant, `plant ${plant.id}`, error);
      return;
    }
    this.#inventory.listDevices(plant, page);
    turn.note(`plant ${plant.id}`, undefined);
    for (const { sn, family, listed } of plant.devices) {
      // What is neither meter nor sensor on a bus is the datalogger itself.
      if (family || listed.type === BUS_TYPE) continue;
      const what = `device ${sn} (${listed.model || 'no model'}) has type ${listed.type}`;
      turn.note(`device ${sn}`, `${what}, which is not known: it is listed, not read`);
    }
    yield* this.#announcePlant(plant);
    yield { entity: plantEntity(plant.id), ok: true };
  }

  async *bus(turn: Turn, plant: Plant, bus: Bus): AsyncGenerator<Step> {
    const parse = (envelope: unknown) => parseBusDevices(envelope, bus.kind.key);
    const { value: page, error } = await this.#calls.list(turn, listBusCall(bus), parse);
    // Neither the plant nor its inverters are to blame.
    const what = `what datalogger ${bus.dataloggerSn} has on its bus (${bus.kind.family.word})`;
    turn.note(what, error && `${what} cannot be listed (${error.message})`);
    if (!page) return;
    this.#inventory.listBus(plant, bus, page.rows);
    yield* this.#announcePlant(plant);
  }

  /** An account whose token does not reach v4 keeps its other devices. */
  async *v4(turn: Turn): AsyncGenerator<Step> {
    const { value: page, error } = await this.#calls.list(turn, listV4Call, parseV4Devices);
    turn.note('the v4 API', error && `WIT, SPH-S and NOAH devices cannot be listed (${error.message})`);
    if (!page) return;
    this.#inventory.listV4(page.rows);
    yield* this.announce();
  }

  /** Month and year energy, power and time zone of a plant. */
  async *plantData(turn: Turn, plant: Plant): AsyncGenerator<Step> {
    const { value, error } = await this.#calls.attempt(turn, plantDataCall(plant));
    const data = value && readPlantData(plant.id, value);
    // Another topic than the list of its devices, which may be well while this is refused.
    const figures = `plant/data of plant ${plant.id}`;
    if (!data) {
      yield { entity: dataEntity(plant.id), ok: false };
      if (error) yield* this.#plantFailed(turn, plant, figures, error);
      return;
    }
    turn.note(figures, undefined);
    plant.dataRead = true;
    if (this.#inventory.locate(plant, data.gmt)) yield { entities: this.entities };
    const where = `the time zone of plant ${plant.id}`;
    turn.note(
      where,
      plant.zone ? undefined : `${where} is unknown: set plants[].timezone, or its days cannot be told`,
    );
    yield { reading: data.reading };
  }

  /** Statistics of one completed day of a plant. */
  async *day(turn: Turn, plant: Plant, date: string): AsyncGenerator<Step> {
    await this.#history.fetch(turn, plant.id, date);
    yield { entities: this.entities };
    for (const reading of this.#history.readings(plant.id)) yield { reading };
  }

  /** Tells the store what exists now. */
  *announce(): Generator<Step> {
    yield { entities: this.entities };
    const { plants, devices } = this.#inventory;
    for (const reading of [...informationOf(plants, devices), ...this.#history.readings()]) yield { reading };
  }

  /** The same, with news of one plant only: an account may have a thousand of them. */
  *#announcePlant(plant: Plant): Generator<Step> {
    yield { entities: this.entities };
    const { devices, busDevices } = plant;
    for (const reading of informationOf([plant], [...devices, ...busDevices])) yield { reading };
  }

  *#plantFailed(turn: Turn, plant: Plant, topic: string, error: SourceError): Generator<Step> {
    yield { entity: plantEntity(plant.id), ok: false };
    if (error.kind !== 'unauthorized' && error.kind !== 'missing') return;
    turn.note(topic, `plant ${plant.id} is left alone until the next discovery (${error.message})`);
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
