import { hps, pbd, pcs } from './commercial.ts';
import type { Family } from './family.ts';
import { spa, sph, storage } from './storage.ts';
import { groboost, inverter, max, min } from './string-inverters.ts';

export type { Family } from './family.ts';

/** The families of the v1 API, by `type` in `device/list`; 3 is what is on a bus. */
export const families: ReadonlyMap<number, Family> = new Map([
  [1, inverter],
  [2, storage],
  [4, max],
  [5, sph],
  [6, spa],
  [7, min],
  [8, pcs],
  [9, hps],
  [10, pbd],
  [11, groboost],
]);
