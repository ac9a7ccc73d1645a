import type { SourceKind } from '../../model/kind.ts';
import { legacyMetrics, stickMetrics } from './metrics.ts';
import { createTruckiSource } from './source.ts';

/** Trucki sticks on the local network. */
export const trucki: SourceKind = {
  title: 'Trucki',
  metrics: [stickMetrics, legacyMetrics],
  metricsDocs: {
    sourceNames: '`trucki/STICK`',
    // It neither sleeps nor has a time zone: its energies of the day are as it counts them.
    ends: {
      instant: 'when the stick has failed for `STALE_AFTER`',
      today: 'when the stick has failed for `STALE_AFTER`',
    },
  },
  simulator: async () => (await import('../../simulators/trucki/simulator.ts')).startSimulator,
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
