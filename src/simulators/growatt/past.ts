import { localDay } from '../../base/calendar.ts';
import type { PastPower } from '../../model/overview.ts';
import { dayStart } from '../calendar.ts';
import { SLOT_MS } from './day.ts';
import type { SimulatedDevice, SimulatedPlant, World } from './world.ts';

/** Power of the sun in each plant since yesterday's midnight, as its inverters would have uploaded it. */
export function* pastPower(world: World): Iterable<PastPower> {
  const now = world.now();
  for (const plant of world.plants.values()) {
    const devices = plant.devices.filter(({ site }) => site.kind !== 'off-grid' && site.peakPowerW > 0);
    for (let at = start(plant, now); at < now; at += SLOT_MS) {
      const powers = devices.flatMap((device) => powerOf(world, device, at) ?? []);
      if (powers.length === 0) continue;
      const watts = powers.reduce((sum, power) => sum + power, 0);
      yield { plant: String(plant.spec.id), zone: plant.zone, at, watts };
    }
  }
}

const start = ({ zone, created }: SimulatedPlant, now: number) =>
  Math.max(created, dayStart(zone, localDay(zone, now) - 1));

/** undefined while it sleeps, for meters, and since a datalogger is silent. */
function powerOf(world: World, device: SimulatedDevice, at: number): number | undefined {
  const { spec, disturbance, history } = device;
  if (spec.strings === 0 || spec.family === 'meter' || spec.family === 'env') return undefined;
  if (!world.awake(device, at) || at > (disturbance.silentSince ?? Number.POSITIVE_INFINITY))
    return undefined;
  const { power } = history.at(at);
  return spec.batteryKwh > 0 ? power.pv : power.ac;
}
