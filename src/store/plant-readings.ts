import type { Clock } from '../base/clock.ts';
import type { KnownPlant, PlantReadings } from '../model/derived.ts';
import type { ShownSample } from '../model/overview.ts';
import type { Store } from './store.ts';

export interface PlantReadingsOptions {
  readonly store: Pick<Store, 'samples' | 'plants' | 'revision' | 'listRevision'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Of a fleet, many sources ask within moments, and what one of them derives is a change as well. */
const KEPT_FOR = 1000;

/** The samples of the store by plant, worked out anew when they have changed, and at most once in a second. */
export class StoredPlantReadings implements PlantReadings {
  readonly #options: PlantReadingsOptions;
  #listRevision: number | undefined;
  #plants: ReadonlyMap<string, KnownPlant> = new Map();
  #revision: number | undefined;
  #madeAt = 0;
  #samples: ReadonlyMap<string, readonly ShownSample[]> = new Map();

  constructor(options: PlantReadingsOptions) {
    this.#options = options;
  }

  plants(): ReadonlyMap<string, KnownPlant> {
    const { store } = this.#options;
    if (this.#listRevision !== store.listRevision) this.#plants = store.plants();
    this.#listRevision = store.listRevision;
    return this.#plants;
  }

  samplesOf(plantId: string): readonly ShownSample[] {
    this.#renew();
    return this.#samples.get(plantId) ?? [];
  }

  #renew(): void {
    const { store, clock } = this.#options;
    const age = clock.now() - this.#madeAt;
    if (this.#revision !== undefined && age >= 0 && age < KEPT_FOR) return;
    this.#madeAt = clock.now();
    if (this.#revision === store.revision) return;
    const samples = store.samples().filter(({ attributes }) => attributes.plant_id !== undefined);
    this.#samples = Map.groupBy(samples, ({ attributes }) => attributes.plant_id ?? '');
    this.#revision = store.revision;
  }
}
