import type { Irradiance } from './clear-sky.ts';
import { cos, sin } from './degrees.ts';
import type { SunPosition } from './sun-position.ts';

/** How modules stand; degrees. */
export interface Orientation {
  /** From the horizontal. */
  readonly tilt: number;
  /** On the compass: 90 faces east, 180 south. */
  readonly azimuth: number;
}

/** Share of light that the ground reflects. */
const ALBEDO = 0.2;

/**
 * Irradiance in the plane of modules, W/m²: the direct part by its angle, and of sky and ground as much as the plane sees,
 * both taken for equally bright all over (isotropic; Liu and Jordan 1963).
 */
export function planeOfArray(
  { tilt, azimuth }: Orientation,
  sun: Pick<SunPosition, 'apparentZenith' | 'azimuth'>,
  { global, direct, diffuse }: Irradiance,
): number {
  const { apparentZenith: zenith } = sun;
  const cosIncidence = cos(zenith) * cos(tilt) + sin(zenith) * sin(tilt) * cos(sun.azimuth - azimuth);
  const sky = (1 + cos(tilt)) / 2;
  const ground = (1 - cos(tilt)) / 2;
  return direct * Math.max(0, cosIncidence) + diffuse * sky + global * ALBEDO * ground;
}
