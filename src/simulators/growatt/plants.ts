import { DAY, dateText } from '../calendar.ts';
import { longitudeWhere } from '../sun.ts';
import { FAMILIES } from './families.ts';
import type { DeviceSpec, FamilyName, PlantSpec } from './specs.ts';

/** Solar time at the demo home when it starts: the sun is up for hours to come. */
const DEMO_SOLAR_HOUR = 10.5;

/** Where and when it is mid-morning in summer at this moment. */
function sunnyPlace(now: number): Pick<PlantSpec, 'latitude' | 'longitude' | 'timezone' | 'zone'> {
  const longitude = Math.round(longitudeWhere(DEMO_SOLAR_HOUR, now) * 100) / 100;
  const hours = Math.round(longitude / 15);
  const month = new Date(now).getUTCMonth();
  const northernSummer = month >= 3 && month <= 8;
  return {
    latitude: northernSummer ? 42 : -34,
    longitude,
    timezone: `GMT${hours < 0 ? '' : '+'}${hours}`,
    zone: hours * 60,
  };
}

function daysAgo(now: number, days: number): string {
  return dateText(Math.floor(now / DAY) - days);
}

/** A home with two MIN inverters where the sun shines now (epoch ms); anything can be replaced. */
export function homePlant(now: number, changes: Partial<PlantSpec> = {}): PlantSpec {
  return {
    id: 1_234_567,
    name: 'Demo home (simulated)',
    city: 'Sunnyville',
    country: 'Nowhere',
    ...sunnyPlace(now),
    peakPowerKw: 10.2,
    createDate: daysAgo(now, 400),
    devices: [
      {
        sn: 'SIMMIN0001',
        family: 'min',
        dataloggerSn: 'SIMLOG0001',
        model: 'MIN 6000TL-X',
        peakPowerW: 6_000,
        lifetimeKwhAtCreate: 12.5,
      },
      {
        sn: 'SIMMIN0002',
        family: 'min',
        dataloggerSn: 'SIMLOG0002',
        model: 'MIN 4200TL-X',
        peakPowerW: 4_200,
      },
    ],
    ...changes,
  };
}

/** One device of every family, in one plant. */
export function everyFamily(): DeviceSpec[] {
  const families = Object.keys(FAMILIES) as FamilyName[];
  return families.map((family, index) => ({
    sn: `SIM${family.replace('-', '').toUpperCase()}01`,
    family,
    dataloggerSn: `SIMLOG01${String(index).padStart(2, '0')}`,
    listedTwice: family === 'max',
  }));
}

/** An installer's account: `count` young plants around one place, each with `perPlant` MIN inverters. */
export function fleetPlants(now: number, count: number, perPlant = 2): PlantSpec[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1).padStart(4, '0');
    const devices = Array.from({ length: perPlant }, (_, n) => ({
      sn: `FLEET${number}${String(n + 1).padStart(2, '0')}`,
      family: 'min' as const,
      dataloggerSn: `FLEETLOG${number}`,
      lifetimeKwhAtCreate: 1_000 + index,
    }));
    const createDate = daysAgo(now, 3);
    const name = `Plant ${number} (simulated)`;
    return homePlant(now, { id: 2_000_000 + index, name, createDate, devices, peakPowerKw: 6 * perPlant });
  });
}
