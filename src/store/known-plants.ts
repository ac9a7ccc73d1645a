import type { Zone } from '../base/calendar.ts';
import type { KnownPlant } from '../model/derived.ts';
import type { EntityState } from './entity-state.ts';

/**
 * The plants among the entities of all sources, by the id that their series have.
 * @param isHidden whether another source describes the same plant in its place
 */
export function knownPlants(
  states: Iterable<EntityState>,
  isHidden: (state: EntityState) => boolean,
): ReadonlyMap<string, KnownPlant> {
  const plants = new Map<string, KnownPlant>();
  // A device may stand before its plant, and shows the zone of one that does not say it itself.
  const zones = new Map<string, Zone>();
  for (const state of states) {
    const { labels, shared, zone, place } = state.entity;
    const id = labels.plant_id;
    if (id === undefined) continue;
    if (zone && !zones.has(id)) zones.set(id, zone);
    const isNew = plants.get(id)?.place === undefined;
    if (shared?.what === 'plant' && !isHidden(state) && isNew)
      plants.set(id, { id, ...(place && { place }) });
  }
  for (const [id, plant] of plants) {
    const zone = zones.get(id);
    if (zone) plants.set(id, { ...plant, zone });
  }
  return plants;
}
