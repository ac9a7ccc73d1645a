/** Air around modules. */
export interface Air {
  /** °C */
  readonly temperature: number;
  /** Wind at the height of the modules, m/s. */
  readonly wind: number;
}

/** What is assumed where the weather is unknown. */
export const ORDINARY_AIR: Air = { temperature: 20, wind: 1 };

/** Wind at the height of modules as a share of that 10 m above the ground: mean of ratios that were published. */
export const WIND_AT_MODULES = 0.616;

/** Temperature of cells in °C, from irradiance in their plane in W/m²: Faiman (2008), with his coefficients. */
export function cellTemperature(irradiance: number, { temperature, wind }: Air): number {
  return temperature + irradiance / (25 + 6.84 * wind);
}

/**
 * DC power of modules in W, without losses: PVWatts (NREL/TP-6A20-62641).
 * @param irradiance in the plane, W/m²
 * @param cell temperature of the cells, °C
 * @param rated power under standard test conditions, W
 * @param coefficient change of power with temperature, 1/K; negative
 */
export function dcPower(irradiance: number, cell: number, rated: number, coefficient: number): number {
  return Math.max(0, rated * (irradiance / 1000) * (1 + coefficient * (cell - 25)));
}
