const RAD = Math.PI / 180;
const J2000 = Date.UTC(2000, 0, 1, 12);
const DAY = 86_400_000;

export interface Coordinates {
  /** Degrees, north positive. */
  latitude: number;
  /** Degrees, east positive. */
  longitude: number;
}

/** Sine of the sun's elevation at a place (low-precision almanac of the US Naval Observatory, about 0.02°). */
export function sinElevation({ latitude, longitude }: Coordinates, at: number): number {
  const d = (at - J2000) / DAY;
  const anomaly = (357.529 + 0.98560028 * d) * RAD;
  const ecliptic = (280.459 + 0.98564736 * d + 1.915 * Math.sin(anomaly)) * RAD;
  const tilt = 23.439 * RAD;
  const ascension = Math.atan2(Math.cos(tilt) * Math.sin(ecliptic), Math.cos(ecliptic));
  const sinDeclination = Math.sin(tilt) * Math.sin(ecliptic);
  const sidereal = (280.4606 + 360.98564737 * d + longitude) * RAD;
  return (
    Math.sin(latitude * RAD) * sinDeclination +
    Math.cos(latitude * RAD) * Math.sqrt(1 - sinDeclination ** 2) * Math.cos(sidereal - ascension)
  );
}

/** Global irradiance under a clear sky, W/m² (Haurwitz model). */
export function clearSky(sinElevation: number): number {
  return sinElevation > 0 ? 1098 * sinElevation * Math.exp(-0.057 / sinElevation) : 0;
}

/** Longitude at which the mean solar time is `hours` at this moment, in [-180, 180). */
export function longitudeWhere(hours: number, at: number): number {
  const utcHours = (at % DAY) / 3_600_000;
  return (((((hours - utcHours) * 15 + 180) % 360) + 360) % 360) - 180;
}
