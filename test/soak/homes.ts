import type { FamilyName, PlantSpec } from '../../src/simulators/growatt/specs.ts';
import { home } from '../faults/station.ts';

/** One account for each of these; the v4 families have plants of their own there. */
export const FAMILIES: readonly FamilyName[] = [
  ...(['min', 'max', 'inverter', 'storage', 'sph', 'spa'] as const),
  ...(['min', 'max', 'inverter', 'storage', 'sph', 'spa'] as const),
];
export const STICKS = 8;

/** The plant of one account: one device, so that it can be held against the simulator's own model. */
export function plantOf(family: FamilyName, index: number): PlantSpec {
  const id = 100 + index;
  return home({
    id,
    name: `Plant ${id}`,
    timezone: 'GMT+2',
    zone: 120,
    devices: [{ sn: `SOAK${id}`, family, dataloggerSn: `LOG${id}` }],
  });
}
