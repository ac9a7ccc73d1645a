import { airMass, extraterrestrial } from './atmosphere.ts';
import { cos } from './degrees.ts';
import type { Site, SunPosition } from './sun-position.ts';

/** What reaches the ground, W/m². */
export interface Irradiance {
  /** On a horizontal plane, all together. */
  readonly global: number;
  /** From the sun, on a plane that faces it. */
  readonly direct: number;
  /** From the sky, on a horizontal plane. */
  readonly diffuse: number;
}

export const NO_IRRADIANCE: Irradiance = { global: 0, direct: 0, diffuse: 0 };

/**
 * Irradiance under a cloudless sky: Ineichen and Perez, A new airmass independent formulation for the Linke turbidity
 * coefficient (2002), without the enhancement by Perez.
 * @param turbidity Linke turbidity: 2 in clear mountain air, 3 to 4 in the countryside, 5 and more in a city
 */
export function clearSky(
  { altitude }: Pick<Site, 'altitude'>,
  { apparentZenith }: Pick<SunPosition, 'apparentZenith'>,
  at: number,
  turbidity: number,
): Irradiance {
  const cosZenith = cos(apparentZenith);
  if (apparentZenith >= 90) return NO_IRRADIANCE;
  const beyond = extraterrestrial(at);
  const mass = airMass(apparentZenith, altitude);
  const fh1 = Math.exp(-altitude / 8000);
  const fh2 = Math.exp(-altitude / 1250);
  const cg1 = 5.09e-5 * altitude + 0.868;
  const cg2 = 3.92e-5 * altitude + 0.0387;
  const global = cg1 * beyond * cosZenith * Math.exp(-cg2 * mass * (fh1 + fh2 * (turbidity - 1)));
  const b = 0.664 + 0.163 / fh1;
  const unscattered = b * beyond * Math.exp(-0.09 * mass * (turbidity - 1));
  const least = (0.1 - 0.2 * Math.exp(-turbidity)) / (0.1 + 0.882 / fh1);
  const direct = Math.min(unscattered, (global * (1 - least)) / cosZenith);
  return { global, direct, diffuse: global - direct * cosZenith };
}
