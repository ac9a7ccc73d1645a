import type { InverterMeasurement, SimulatedInverter } from '../../model/simulated-inverter.ts';
import { SLOT_MS } from './day.ts';
import { asleep, measure } from './measurement.ts';
import type { SimulatedDevice, World } from './world.ts';

/** The devices as they are at each moment, for ways to them that do not lead through the cloud. */
export function simulatedInverters(world: World): SimulatedInverter[] {
  return world.devices().map((device) => ({
    serial: device.spec.sn,
    family: device.spec.family,
    ratedPower: device.spec.peakPowerW,
    hasBattery: device.spec.batteryKwh > 0,
    measure: () => (world.awake(device, world.now()) ? measureNow(world, device) : undefined),
  }));
}

/** In its last light an inverter waits, as real ones do before they switch themselves off. */
function measureNow(world: World, device: SimulatedDevice): InverterMeasurement {
  const measured = measure(device, world.now());
  const goesOn = world.awake(device, world.now() + SLOT_MS);
  return goesOn ? measured : { ...asleep(measured), state: 'waiting' };
}
