import type { GrowattAccount } from './accounts.ts';

/** The plants and devices of an account that the configuration chooses. */
export class Selection {
  readonly #plants: ReadonlyMap<string, GrowattAccount['plants'][number]>;
  readonly #deviceSns: readonly string[];

  constructor({ plants, deviceSns }: Pick<GrowattAccount, 'plants' | 'deviceSns'>) {
    this.#plants = new Map(plants.map((plant) => [plant.id, plant]));
    this.#deviceSns = deviceSns;
  }

  /** Ids of the chosen plants; empty: all plants of the account. */
  get plantIds(): readonly string[] {
    return [...this.#plants.keys()];
  }

  includesPlant(id: string): boolean {
    return this.#plants.size === 0 || this.#plants.has(id);
  }

  includesDevice(plantId: string, sn: string): boolean {
    const ofPlant = this.#plants.get(plantId)?.devices ?? [];
    const chosen = ofPlant.length > 0 ? ofPlant : this.#deviceSns;
    return chosen.length === 0 || chosen.includes(sn);
  }

  /** The IANA time zone that is configured for a plant. */
  timezoneOf(plantId: string): string | undefined {
    return this.#plants.get(plantId)?.timezone;
  }
}
