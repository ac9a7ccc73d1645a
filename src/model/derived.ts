import type { Zone } from '../base/calendar.ts';
import type { Part, SourceTools } from './kind.ts';
import type { ShownSample } from './overview.ts';
import type { Place } from './reading.ts';
import type { Source } from './source.ts';

/** What is known of a plant that a source lists. */
export interface KnownPlant {
  /** Value of its label `plant_id`. */
  readonly id: string;
  /** Its time zone, once known. */
  readonly zone?: Zone;
  /** Where it stands; absent where the source does not say. */
  readonly place?: Place;
}

/** What the agent shows of plants, for those who work out further readings. */
export interface PlantReadings {
  /** The plants that are listed now, by id. */
  plants(): ReadonlyMap<string, KnownPlant>;
  /** All values with this label `plant_id`, those of its devices included, a second old at most; none for an unknown plant. */
  samplesOf(plantId: string): readonly ShownSample[];
}

/** What a derived part is given to create its sources. */
export interface DerivedTools extends Pick<SourceTools, 'clock' | 'fetch' | 'observer' | 'shared' | 'once'> {
  readonly readings: PlantReadings;
  /** Where files may be kept across restarts; undefined: nowhere. */
  readonly folder: string | undefined;
  /** Other processes read other plants: what is about a plant is worked out where that plant is read. */
  readonly isSharded: boolean;
}

/**
 * Readings that are worked out from what the agent shows and from the clock: everything that configuration, catalogue
 * and docs know of them. They are `Source`s that are polled like devices, and no other source knows of them. C is
 * their part of the resolved configuration.
 */
export interface DerivedPart<S extends Part['settings'] = Part['settings'], C = unknown> extends Part<S, C> {
  /**
   * Creates its sources: for those that are about plants it is called again whenever a plant was added, removed or
   * described anew. A source whose name and configuration stay the same goes on as the object that it is.
   */
  create(config: C, tools: DerivedTools): readonly Source[];
}
