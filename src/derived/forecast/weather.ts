import * as z from 'zod';
import type { Irradiance } from './clear-sky.ts';
import { SLOT } from './day-curve.ts';
import { type Air, ORDINARY_AIR, WIND_AT_MODULES } from './modules.ts';

/** What is known of one place, and when it was asked for; plain JSON, for the state file. */
export const weatherRecord = z.object({
  /** Milliseconds since the epoch. */
  fetchedAt: z.number(),
  /** Begin of the first quarter of an hour, milliseconds since the epoch. */
  start: z.number(),
  /**
   * Of each quarter of an hour: mean irradiance in W/m² on the horizontal, square to the sun, and from the sky; °C; and
   * m/s 10 m above the ground. null: unknown.
   */
  slots: z.array(z.array(z.number().nullable()).length(5)).max(1000),
});
export type WeatherRecord = Readonly<z.infer<typeof weatherRecord>>;

/** Weather in a quarter of an hour. */
export interface Weather {
  readonly light: Irradiance;
  readonly air: Air;
}

/** The weather of the quarter of an hour in which an instant lies; undefined: unknown. */
export function weatherAt({ start, slots }: WeatherRecord, instant: number): Weather | undefined {
  const [global, direct, diffuse, temperature, wind] = slots[Math.floor((instant - start) / SLOT)] ?? [];
  if (global == null || direct == null || diffuse == null) return undefined;
  return {
    light: { global, direct, diffuse },
    air: {
      temperature: temperature ?? ORDINARY_AIR.temperature,
      wind: wind == null ? ORDINARY_AIR.wind : wind * WIND_AT_MODULES,
    },
  };
}
