import { fixedZone, type Zone } from '../../base/calendar.ts';
import type { KnownPlant } from '../../model/derived.ts';
import type { Plane } from './plane.ts';
import type { PlaneConfig } from './settings.ts';

/** The modules of a plant, and what was assumed of them. */
export interface Installation {
  readonly planes: readonly [Plane, ...Plane[]];
  /** Of all planes together, under standard test conditions, W. */
  readonly rated: number;
  readonly zone: Zone;
  /** In words, for people; empty where all is configured. */
  readonly assumed: readonly string[];
}

/** Degrees from the horizontal. */
const ASSUMED_TILT = 35;

/**
 * The planes of a plant: what the configuration leaves out is what the plant says, else what is usual.
 * @param given its planes in the configuration; empty: one, of which nothing is configured
 * @param plant what its source says of it; undefined while it is not listed
 * @param peakWatts its rated PV power; undefined: unknown
 * @returns what is missing, in words, where power cannot be worked out
 */
export function installationOf(
  given: readonly PlaneConfig[],
  unconfigured: PlaneConfig,
  plant: KnownPlant | undefined,
  peakWatts: number | undefined,
): Installation | string {
  const assumed = new Set<string>();
  const planes: Plane[] = [];
  for (const plane of given.length > 0 ? given : [unconfigured]) {
    const { latitude = plant?.place?.latitude, longitude = plant?.place?.longitude } = plane;
    const rated = plane.kwp === undefined ? peakWatts : plane.kwp * 1000;
    if (latitude === undefined || longitude === undefined)
      return 'the place is unknown: state latitude and longitude in forecast.planes';
    if (rated === undefined) return 'the rated PV power is unknown: state kwp in forecast.planes';
    if (plane.kwp === undefined && given.length > 1)
      return 'of several planes each needs kwp: state it in forecast.planes';
    const { tilt = ASSUMED_TILT, azimuth = latitude < 0 ? 0 : 180 } = plane;
    if (plane.tilt === undefined) assumed.add(`tilt ${tilt}`);
    if (plane.azimuth === undefined && tilt > 0) assumed.add(`azimuth ${azimuth}`);
    planes.push({
      latitude,
      longitude,
      altitude: plane.altitude,
      tilt,
      azimuth,
      rated,
      coefficient: plane.temperatureCoefficient / 100,
      losses: plane.lossPercent / 100,
      acLimit: plane.acLimitW,
    });
  }
  const [first, ...others] = planes as [Plane, ...Plane[]];
  return {
    planes: [first, ...others],
    rated: planes.reduce((sum, { rated }) => sum + rated, 0),
    zone: plant?.zone ?? zoneOfTheSun(first.longitude),
    assumed: [...assumed],
  };
}

/** The zone in which the sun is highest near noon, to a quarter of an hour: good enough where none is known. */
function zoneOfTheSun(longitude: number): Zone {
  return fixedZone(Math.round(longitude / 3.75) * 15);
}
