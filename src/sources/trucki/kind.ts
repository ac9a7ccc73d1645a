import type { SourceKind } from '../../model/kind.ts';
import { captureRules } from './capture-rules.ts';
import { legacyMetrics, stickMetrics } from './metrics.ts';
import { overview } from './overview.ts';
import { resolveTrucki, type TruckiConfig, truckiSettings } from './settings.ts';
import { createTruckiSource } from './source.ts';

/** Trucki sticks on the local network. */
export const trucki: SourceKind<typeof truckiSettings, TruckiConfig> = {
  title: 'Trucki',
  settings: truckiSettings,
  settingsDocs: {
    reads: 'Trucki sticks',
    usage: 'solar-otel-agent -t shed=192.168.1.40 -t 192.168.1.41 -p 8080 -i 5',
    example: `# Trucki sticks. Leave this part out if you have none.
trucki:
  interval: 5s
  targets:
    - name: shed                 # becomes the label stick
      address: 192.168.1.40
      password: \${SHED_PASSWORD}
    - address: trucki-2.local:80 # its name is its address
`,
  },
  metrics: [stickMetrics, legacyMetrics],
  metricsDocs: {
    sourceNames: '`trucki/STICK`',
    // It neither sleeps nor has a time zone: its energies of the day are as it counts them.
    valid: { today: 'instant' },
  },
  overview,
  resolve: resolveTrucki,
  shown: (config) => ({ trucki: config }),
  simulator: async () => (await import('../../simulators/trucki/simulator.ts')).startSimulator,
  capture: captureRules,
  create({ targets, interval, legacyNames }, { clock, fetch, owns, observer }) {
    return targets
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
