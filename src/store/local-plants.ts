import type { Entity } from '../model/reading.ts';
import type { EntityState, Sample } from './entity-state.ts';
import { LocalPlant, type LocalPlantState } from './local-plant.ts';

/** The plants whose devices are read locally, by the entities that describe them. */
export class LocalPlants {
  readonly #plants = new Map<EntityState, { readonly id: string; readonly plant: LocalPlant }>();
  /** Of an earlier run, or of a plant that is described anew, by id. */
  readonly #known = new Map<string, LocalPlantState>();

  describe({ shared }: Entity, state: EntityState): void {
    if (shared?.what !== 'plant' || !shared.local) return;
    const { id, local } = shared;
    this.forget(state);
    this.#plants.set(state, { id, plant: new LocalPlant(id, local, this.#known.get(id)) });
  }

  forget(state: EntityState): void {
    const known = this.#plants.get(state);
    if (known) this.#known.set(known.id, known.plant.state);
    this.#plants.delete(state);
  }

  /** Takes what was accepted of a reading of a device. */
  read(state: EntityState, now: number): void {
    this.#with(state, (plant, serial, freshFor) => plant.read(serial, state, now, now + freshFor));
  }

  /** A device was asked, and sleeps. */
  sleep(state: EntityState, now: number): void {
    this.#with(state, (plant, serial, freshFor) => plant.sleep(serial, now, now + freshFor));
  }

  /**
   * @param isHidden whether an account knows better
   * @returns until when it stays so, unless something happens; milliseconds since the epoch
   */
  collect(samples: Sample[], now: number, isHidden: (state: EntityState) => boolean): number {
    const visible = [...this.#plants].filter(([state]) => !isHidden(state));
    return Math.min(...visible.map(([, { plant }]) => plant.collect(samples, now)));
  }

  /** What is kept of the plants that these entities describe, by id. */
  snapshot(states: Iterable<EntityState>): Record<string, LocalPlantState> | undefined {
    const own = [...states].flatMap((state) => this.#plants.get(state) ?? []);
    return own.length > 0 ? Object.fromEntries(own.map(({ id, plant }) => [id, plant.state])) : undefined;
  }

  /** Restores what `snapshot` returned, also for plants that are described already. */
  restore(snapshot: Readonly<Record<string, LocalPlantState>> | undefined): void {
    for (const [id, known] of Object.entries(snapshot ?? {})) this.#known.set(id, known);
    for (const [state, { id }] of this.#plants) {
      const { shared } = state.entity;
      const known = this.#known.get(id);
      if (known && snapshot?.[id] && shared?.what === 'plant' && shared.local)
        this.#plants.set(state, { id, plant: new LocalPlant(id, shared.local, known) });
    }
  }

  #with(
    { entity: { shared, labels } }: EntityState,
    act: (plant: LocalPlant, serial: string, freshFor: number) => void,
  ): void {
    if (shared?.what !== 'device' || !shared.local) return;
    for (const { id, plant } of this.#plants.values())
      if (id === labels.plant_id) act(plant, shared.id, shared.local.freshFor);
  }
}
