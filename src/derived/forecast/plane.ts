import { clearSky, type Irradiance } from './clear-sky.ts';
import { inverterPower } from './inverter.ts';
import { type Air, cellTemperature, dcPower, ORDINARY_AIR } from './modules.ts';
import { type Orientation, planeOfArray } from './plane-of-array.ts';
import { type Site, type SunPosition, sunPosition } from './sun-position.ts';
import { turbidityAt } from './turbidity.ts';

/** Modules that face one way, and their share of an inverter. */
export interface Plane extends Site, Orientation {
  /** Power under standard test conditions, W. */
  readonly rated: number;
  /** Change of power with temperature, 1/K; negative. */
  readonly coefficient: number;
  /** Share of DC power that is lost in soiling, wiring, mismatch and the like. */
  readonly losses: number;
  /** Rated AC power of the inverter, W; undefined: as much as the modules. */
  readonly acLimit: number | undefined;
}

/** What is expected of a plane at an instant. */
export interface Expected {
  /** In the plane, W/m². */
  readonly irradiance: number;
  /** After losses, before the inverter, W. */
  readonly dc: number;
  /** After the inverter, W. */
  readonly ac: number;
}

/** What is expected of modules under this light and in this air. */
export function expectedUnder(
  plane: Plane,
  sun: SunPosition,
  light: Irradiance,
  air: Air = ORDINARY_AIR,
): Expected {
  const irradiance = planeOfArray(plane, sun, light);
  const cell = cellTemperature(irradiance, air);
  const dc = dcPower(irradiance, cell, plane.rated, plane.coefficient) * (1 - plane.losses);
  return { irradiance, dc, ac: inverterPower(dc, plane.acLimit ?? plane.rated) };
}

/** What is expected of modules under a cloudless sky at an instant (milliseconds since the epoch). */
export function expectedUnderClearSky(
  plane: Plane,
  at: number,
  { turbidity, air }: { readonly turbidity?: readonly number[] | undefined; readonly air?: Air | undefined },
): Expected {
  const sun = sunPosition(plane, at);
  return expectedUnder(plane, sun, clearSky(plane, sun, at, turbidityAt(plane, at, turbidity)), air);
}

const NOTHING: Expected = { irradiance: 0, dc: 0, ac: 0 };

/** What is expected of several planes together; the irradiance is the mean by their rated power. */
export function together(planes: readonly Pick<Plane, 'rated'>[], each: readonly Expected[]): Expected {
  const rated = planes.reduce((sum, plane) => sum + plane.rated, 0);
  return each.reduce(
    (sum, one, i) => ({
      irradiance: sum.irradiance + (one.irradiance * planes[i]!.rated) / rated,
      dc: sum.dc + one.dc,
      ac: sum.ac + one.ac,
    }),
    NOTHING,
  );
}
