import type { Place } from '../../model/reading.ts';
import type { SimulatedSky } from '../../model/simulator.ts';
import { airTemperature, irradiance } from './day.ts';
import type { World } from './world.ts';

/** The weather over the plant that is nearest to a place, the first of several; the same for all its inverters. */
export function skyOver(world: World): SimulatedSky {
  return (place, at) => {
    const sites = [...world.plants.values()].flatMap(({ devices: [device] }) => device?.site ?? []);
    const [nearest, ...others] = sites;
    if (!nearest) return { irradiance: 0, temperature: 0 };
    const site = others.reduce(
      (best, other) => (distance(other.place, place) < distance(best.place, place) ? other : best),
      nearest,
    );
    const { weatherSeed } = site;
    return {
      irradiance: irradiance(place, weatherSeed, at),
      temperature: airTemperature(place, weatherSeed, at),
    };
  };
}

const distance = (one: Place, other: Place) =>
  Math.hypot(one.latitude - other.latitude, one.longitude - other.longitude);
