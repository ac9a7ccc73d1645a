import { DAY, dateText } from '../calendar.ts';
import { hash01 } from '../noise.ts';
import type { Coordinates } from '../sun.ts';
import { fleetPlants } from './plants.ts';
import type { DeviceSpec, Disturbance, PlantSpec } from './specs.ts';

interface City extends Coordinates {
  readonly name: string;
  readonly country: string;
  /** Hours east of UTC, without summer time. */
  readonly offset: number;
}

const city = (name: string, country: string, latitude: number, longitude: number, offset: number): City => ({
  name,
  country,
  latitude,
  longitude,
  offset,
});

/** Round the earth, so that it is late morning in one of them at any time. */
const CITIES: readonly City[] = [
  city('Auckland', 'New Zealand', -36.85, 174.76, 12),
  city('Nouméa', 'New Caledonia', -22.27, 166.44, 11),
  city('Brisbane', 'Australia', -27.47, 153.03, 10),
  city('Okinawa', 'Japan', 26.21, 127.68, 9),
  city('Perth', 'Australia', -31.95, 115.86, 8),
  city('Bangkok', 'Thailand', 13.75, 100.5, 7),
  city('Dhaka', 'Bangladesh', 23.81, 90.41, 6),
  city('Karachi', 'Pakistan', 24.86, 67.0, 5),
  city('Dubai', 'United Arab Emirates', 25.2, 55.27, 4),
  city('Nairobi', 'Kenya', -1.29, 36.82, 3),
  city('Cape Town', 'South Africa', -33.92, 18.42, 2),
  city('Windhoek', 'Namibia', -22.56, 17.08, 2),
  city('Palermo', 'Italy', 38.12, 13.36, 1),
  city('Accra', 'Ghana', 5.6, -0.19, 0),
  city('Lisbon', 'Portugal', 38.72, -9.14, 0),
  city('Praia', 'Cape Verde', 14.93, -23.51, -1),
  city('Recife', 'Brazil', -8.05, -34.88, -3),
  city('São Paulo', 'Brazil', -23.55, -46.63, -3),
  city('La Paz', 'Bolivia', -16.5, -68.15, -4),
  city('Lima', 'Peru', -12.05, -77.04, -5),
  city('Mérida', 'Mexico', 20.97, -89.62, -6),
  city('Hermosillo', 'Mexico', 29.07, -110.96, -7),
  city('Adamstown', 'Pitcairn', -25.07, -130.1, -8),
  city('Papeete', 'French Polynesia', -17.53, -149.57, -10),
  city('Apia', 'Samoa', -13.83, -171.77, 13),
];

/** Solar time at the demo's home when it starts: there is a morning to show, and the sun is up for hours to come. */
const SOLAR_HOUR = 11;
/** Where days are short in the present season another city is taken, unless it is so many hours off. */
const WINTER_HOURS = 3;
const HOURS = 3_600_000;

function cityInTheSun(now: number): City {
  const month = new Date(now).getUTCMonth();
  const isNorthernSummer = month >= 3 && month <= 8;
  const rate = ({ latitude, longitude }: City) => {
    const solarHour = (((now / HOURS + longitude / 15) % 24) + 24) % 24;
    const isWinter = Math.abs(latitude) > 30 && latitude > 0 !== isNorthernSummer;
    return Math.abs(solarHour - SOLAR_HOUR) + (isWinter ? WINTER_HOURS : 0);
  };
  return CITIES.toSorted((a, b) => rate(a) - rate(b))[0]!;
}

const HOME: readonly DeviceSpec[] = [
  {
    sn: 'SIMMIN0001',
    family: 'min',
    dataloggerSn: 'SIMLOG0001',
    model: 'MIN 4200TL-X',
    peakPowerW: 4_200,
    lifetimeKwhAtCreate: 12.5,
  },
  {
    sn: 'SIMSPH0001',
    family: 'sph',
    dataloggerSn: 'SIMLOG0002',
    model: 'SPH 3600',
    peakPowerW: 3_600,
    batteryKwh: 15.3,
  },
  { sn: 'SIMMETER01', family: 'meter', dataloggerSn: 'SIMLOG0003', model: 'SDM630' },
];

const placed = ({ name, country, latitude, longitude, offset }: City) => ({
  city: name,
  country,
  latitude,
  longitude,
  timezone: `GMT${offset < 0 ? '' : '+'}${offset}`,
  zone: offset * 60,
});

/**
 * A house where the sun shines now (epoch ms): a hybrid with a battery beside an inverter without one, and a smart
 * meter at the grid; with a `count` above 1 also plants of an installer in the same city.
 */
export function demoPlants(now: number, count = 1): PlantSpec[] {
  const place = placed(cityInTheSun(now));
  const home: PlantSpec = {
    id: 1_234_567,
    name: `Home in ${place.city} (simulated)`,
    ...place,
    peakPowerKw: 7.8,
    createDate: dateText(Math.floor(now / DAY) - 400),
    householdW: 1_200,
    oneHouse: true,
    devices: HOME,
  };
  const fleet = fleetPlants(now, count - 1, 1).map((plant, index) => {
    const peakPowerKw = 3 + Math.round(hash01(17, index) * 24) / 2;
    const devices = plant.devices.map((device) => ({ ...device, peakPowerW: peakPowerKw * 1000 }));
    return { ...plant, ...place, peakPowerKw, devices };
  });
  return [home, ...fleet];
}

/** Beyond so many plants, some have trouble. */
const PLANTS_WITHOUT_TROUBLE = 10;

/** What is wrong in a fleet, by serial number: one inverter has a fault, and one has been silent for hours. */
export function demoTrouble(
  plants: readonly PlantSpec[],
  now: number,
): readonly (readonly [string, Disturbance])[] {
  if (plants.length <= PLANTS_WITHOUT_TROUBLE) return [];
  const serial = (index: number) => plants[index]!.devices[0]!.sn;
  return [
    [serial(3), { faultCode: 302 }],
    [serial(6), { silentSince: now - 3 * HOURS }],
  ];
}
