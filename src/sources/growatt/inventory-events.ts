import type { Entity, SourceEvent } from '../../model/reading.ts';
import type { Device } from './device.ts';
import {
  accountEntity,
  deviceEntities,
  deviceInformation,
  plantEntities,
  plantInformation,
} from './entities.ts';
import type { DailyHistory } from './history/daily.ts';
import type { Inventory } from './inventory.ts';
import type { Plant } from './plant.ts';

/** Says of the plants, devices and days of an account what the store needs to know: that they exist, and their names. */
export class InventoryEvents {
  readonly #account: string;
  readonly #inventory: Inventory;
  readonly #history: DailyHistory;

  constructor(account: string, inventory: Inventory, history: DailyHistory) {
    this.#account = account;
    this.#inventory = inventory;
    this.#history = history;
  }

  get entities(): readonly Entity[] {
    return [
      accountEntity(this.#account),
      ...this.#inventory.plants.flatMap(plantEntities),
      ...this.#inventory.devices.flatMap((device) => this.#entitiesOf(device)),
      ...this.#history.entities(),
    ];
  }

  /** Of everything that exists now. */
  *all(): Generator<SourceEvent> {
    yield { type: 'entities', entities: this.entities };
    for (const { id, listed } of this.#inventory.plants)
      if (listed) yield { type: 'reading', reading: plantInformation(id, listed) };
    for (const device of this.#inventory.devices)
      yield { type: 'reading', reading: deviceInformation(device) };
    for (const reading of this.#history.readings()) yield { type: 'reading', reading };
  }

  /** Of what a change of one plant and its devices adds and removes: an account may have a thousand plants. */
  *change(plant: Plant, change: () => void = () => {}): Generator<SourceEvent> {
    const inventory = this.#inventory;
    const before = inventory.devicesOf(plant);
    change();
    const devices = inventory.devicesOf(plant);
    const listed = new Set(devices.map(({ sn }) => sn));
    const dropped = new Set(before.map(({ sn }) => sn).filter((sn) => !listed.has(sn)));
    // A device that is dropped here may be listed by another plant by now.
    const moved = dropped.size > 0 ? inventory.devices.filter(({ sn }) => dropped.has(sn)) : [];
    for (const { sn } of moved) dropped.delete(sn);
    const gone = before
      .filter(({ sn }) => dropped.has(sn))
      .flatMap((device) => this.#entitiesOf(device).map(({ id }) => id));
    const changed = [
      ...plantEntities(plant),
      ...[...devices, ...moved].flatMap((device) => this.#entitiesOf(device)),
    ];
    yield { type: 'entity-changes', changed, gone };
    for (const device of devices) yield { type: 'reading', reading: deviceInformation(device) };
  }

  #entitiesOf(device: Device): Entity[] {
    return deviceEntities(device, this.#inventory.plant(device.plantId)?.zone);
  }
}
