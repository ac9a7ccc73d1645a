import type { SourceKind } from '../../model/kind.ts';
import { truckiLegacyMetrics, truckiMetrics } from './metrics.ts';
import { createTruckiSource } from './source.ts';

/** Trucki sticks on the local network. */
export const trucki: SourceKind = {
  metrics: [...truckiMetrics, ...truckiLegacyMetrics],
  create({ trucki: { sticks, interval, legacyNames } }, { clock, fetch, owns, observer }) {
    return sticks
      .filter(({ name }) => owns(`trucki/${name}`))
      .map((stick) =>
        createTruckiSource({
          stick,
          interval,
          legacyNames,
          clock,
          fetch,
          observer: observer(`trucki/${stick.name}`),
        }),
      );
  },
};
