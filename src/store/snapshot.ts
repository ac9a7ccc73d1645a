import * as z from 'zod';
import type { JsonLater } from '../base/json-later.ts';
import { type EntitySnapshot, entitySnapshot } from './entity-state.ts';
import { localPlantState } from './local-plant.ts';

/** What is kept of a source across a restart; plain JSON. */
export const storeSnapshot = z.object({
  /** When the source as a whole began to fail, milliseconds since the epoch. */
  failingSince: z.number().optional(),
  /** By their ids. */
  entities: z.record(z.string(), entitySnapshot),
  /** Counters that were last shown of devices that another source knows too, by serial number and series. */
  counters: z.record(z.string(), z.record(z.string(), z.number())).optional(),
  /** Plants whose devices are read locally, by id. */
  plants: z.record(z.string(), localPlantState).optional(),
});

export type StoreSnapshot = z.infer<typeof storeSnapshot>;

/** What is written as a `StoreSnapshot`. */
export type StoredState = Omit<StoreSnapshot, 'entities'> & {
  readonly entities: Readonly<Record<string, EntitySnapshot | JsonLater<EntitySnapshot>>>;
};
