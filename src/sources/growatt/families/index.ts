import { hps, pbd, pcs } from './commercial.ts';
import type { Family } from './family.ts';
import { spa, sph, storage } from './storage.ts';
import { groboost, inverter, max, min } from './string-inverters.ts';

export type { Family } from './family.ts';

/** Every family the v1 API can read, by `type` in `device/list`. */
export const families: ReadonlyMap<number, Family> = new Map(
  [inverter, storage, max, sph, spa, min, pcs, hps, pbd, groboost].map((family) => [family.type, family]),
);
