import { ianaZone } from '../../base/calendar.ts';
import { battery, grid, selfConsumption } from '../../metrics/growatt/battery-grid.ts';
import { ac, device, pv } from '../../metrics/growatt/device.ts';
import { diagnostics, eps } from '../../metrics/growatt/diagnostics.ts';
import { history, plant } from '../../metrics/growatt/plant.ts';
import { growattQuantities } from '../../metrics/growatt-overview.ts';
import type { SourceKind } from '../../model/kind.ts';
import { connectTcp, formatAddress } from './connection.ts';
import { familyNamed } from './families.ts';
import { Gateway } from './gateway.ts';
import { modbusMetrics, plantFigures } from './metrics.ts';
import {
  type ModbusConfig,
  type ModbusTargetConfig,
  modbusSettings,
  parseAddress,
  resolveModbus,
} from './settings.ts';
import { ModbusSource } from './source.ts';

/** Polls that follow each other sooner than this, in ms, keep their connection. */
const KEEP_OPEN_BELOW = 10_000;

/** Values count as new for so many polls, and at least for so many ms. */
const FRESH_POLLS = 3;
const LEAST_FRESH = 90_000;

/** Growatt inverters on the local network, over Modbus. */
export const modbus: SourceKind<typeof modbusSettings, ModbusConfig> = {
  title: 'Growatt over Modbus',
  settings: modbusSettings,
  settingsDocs: {
    reads: 'Growatt inverters on the local network',
    usage: 'GROWATT_MODBUS_TARGETS=roof=192.168.1.50 solar-otel-agent',
    example: `# Growatt inverters on the local network, over Modbus. Leave this part out if you have none.
modbus:
  interval: 30s
  targets:
    - name: roof                 # becomes the label target
      address: 192.168.1.50      # port 502
      plant_id: "1234567"        # as in the cloud; the name unless given
    - name: barn
      address: 192.168.1.51:8899
      unit: 2
      framing: rtu-tcp           # a transparent serial gateway
`,
  },
  metrics: [modbusMetrics, device, ac, pv, battery, grid, selfConsumption, eps, diagnostics, plant, history],
  metricsDocs: { sourceNames: '`modbus/TARGET`' },
  overview: { sourceTitle: (name) => `Inverter ${name} on the local network`, quantities: growattQuantities },
  page: {
    file: 'modbus-registers.md',
    render: async () => (await import('./registers-page.ts')).registersPage(),
  },
  resolve: resolveModbus,
  shown: ({ historyDays: _, ...config }) => ({ modbus: config }),
  simulator: async () => (await import('../../simulators/modbus/simulator.ts')).startSimulator,
  create({ targets, spacing, historyDays }, { clock, owns, observer, shared }) {
    const places = groupByPlace(targets);
    const described = new Set<string>();
    const serials = shared('modbus serials', () => new Map<string, string>());
    return targets.flatMap((target) => {
      const address = parseAddress(target.address);
      const place = formatAddress(address);
      const neighbours = places.get(place) ?? [];
      // A gateway has one client: all inverters behind it are read by one process.
      if (!owns(`modbus/${neighbours[0]?.name}`)) return [];
      const { framing } = target;
      const keepOpen = neighbours.some(({ interval }) => interval < KEEP_OPEN_BELOW);
      const use = { framing, spacing, keepOpen };
      const gateway = shared(
        `modbus ${place}`,
        () => new Gateway({ address, connect: connectTcp, clock, ...use }),
      );
      gateway.configure(use);
      const { name, unit, blockSize, interval, plantName = target.name } = target;
      const plantId = plantOf(target);
      const describesPlant = !described.has(plantId);
      described.add(plantId);
      const family = target.family === undefined ? undefined : familyNamed(target.family);
      const zone = target.timezone === undefined ? undefined : ianaZone(target.timezone);
      const freshFor = Math.max(FRESH_POLLS * interval, LEAST_FRESH);
      const ofPlant = targets.filter((other) => plantOf(other) === plantId).map((other) => other.name);
      const plantIsGiven = target.plantId !== undefined;
      const labels = { name, plantId, plantName, plantIsGiven, describesPlant };
      const reading = { unit, family, zone, zoneIsGiven: zone !== undefined, blockSize, freshFor };
      return [
        new ModbusSource({
          target: {
            ...labels,
            ...reading,
            plant: {
              plantIsGiven,
              serials: () => ofPlant.flatMap((each) => serials.get(each) ?? []),
              size: ofPlant.length,
              historyDays,
              figures: plantFigures,
            },
          },
          configuration: { target, describesPlant, ofPlant, historyDays },
          onSerial: (serial) => serials.set(name, serial),
          interval,
          gateway,
          clock,
          observer: observer(`modbus/${name}`),
        }),
      ];
    });
  },
};

/** The configured plant, else one that is called as the target. */
const plantOf = ({ plantId, name }: ModbusTargetConfig) => plantId ?? name;

function groupByPlace(targets: readonly ModbusTargetConfig[]): Map<string, ModbusTargetConfig[]> {
  return Map.groupBy(targets, ({ address }) => formatAddress(parseAddress(address)));
}
