import { NO_IRRADIANCE } from './clear-sky.ts';
import { DayCurve, type LocalDay, localDayAt, SLOT } from './day-curve.ts';
import type { Installation } from './installation.ts';
import { type Expected, expectedUnder, expectedUnderClearSky, together } from './plane.ts';
import { sunPosition } from './sun-position.ts';
import { type WeatherRecord, weatherAt } from './weather.ts';

/** What is expected of an installation now, today and tomorrow. */
export interface Expectation {
  readonly clearSky: { readonly now: Expected; readonly today: DayCurve };
  /** In the known weather, or without any under the clear sky; undefined where the weather is unknown. */
  readonly expected: {
    readonly now: Expected | undefined;
    readonly today: DayCurve;
    readonly tomorrow: DayCurve;
  };
}

/** Works out what is expected of an installation, each day only once for the same weather. */
export class Expectations {
  readonly #turbidity: readonly number[] | undefined;
  /** By what they depend on. */
  #curves = new Map<string, DayCurve>();
  #installation = '';

  /** @param turbidity of the months, from January on; undefined: the usual ones */
  constructor(turbidity: readonly number[] | undefined) {
    this.#turbidity = turbidity;
  }

  /**
   * What is expected at an instant (milliseconds since the epoch), and on its day and the next.
   * @param weather `clear`: there is none to go by
   */
  at(installation: Installation, weather: WeatherRecord | undefined | 'clear', now: number): Expectation {
    const { planes, zone } = installation;
    // Of the same days and weather, curves are only as good as the planes are the same.
    const key = JSON.stringify(planes);
    if (key !== this.#installation) this.#curves.clear();
    this.#installation = key;
    const before = this.#curves;
    this.#curves = new Map();
    const today = localDayAt(zone, now);
    const tomorrow = localDayAt(zone, now, 1);
    const curve = (kind: string, day: LocalDay, expectedAt: (at: number) => Expected | undefined) => {
      const name = `${kind} ${day.start} ${day.end}`;
      const known = this.#curves.get(name) ?? before.get(name) ?? new DayCurve(day, expectedAt);
      this.#curves.set(name, known);
      return known;
    };
    const record = weather === 'clear' ? undefined : weather;
    const underClearSky = (at: number) => this.#underClearSky(installation, record, at);
    const ofMiddle = (start: number) => underClearSky(start + SLOT / 2);
    const clearName = `clear ${record?.fetchedAt}`;
    const clearSky = { now: underClearSky(now), today: curve(clearName, today, ofMiddle) };
    if (weather === 'clear') {
      const ofTomorrow = curve(clearName, tomorrow, ofMiddle);
      return { clearSky, expected: { now: clearSky.now, today: clearSky.today, tomorrow: ofTomorrow } };
    }
    const inWeather = (start: number) => underWeather(installation, record, start);
    const name = `weather ${record?.fetchedAt}`;
    const ofToday = curve(name, today, inWeather);
    return {
      clearSky,
      expected: { now: ofToday.at(now), today: ofToday, tomorrow: curve(name, tomorrow, inWeather) },
    };
  }

  #underClearSky({ planes }: Installation, record: WeatherRecord | undefined, at: number): Expected {
    const air = record && weatherAt(record, at)?.air;
    const turbidity = this.#turbidity;
    return together(
      planes,
      planes.map((plane) => expectedUnderClearSky(plane, at, { turbidity, air })),
    );
  }
}

/** The sun is below the horizon in all of a quarter of an hour around an instant: it moves by 15° in an hour. */
const NIGHT = 93;

/** Mean of the quarter of an hour that begins at an instant; undefined where its weather is unknown. */
function underWeather(
  { planes }: Installation,
  record: WeatherRecord | undefined,
  start: number,
): Expected | undefined {
  const weather = record && weatherAt(record, start);
  const each: Expected[] = [];
  for (const plane of planes) {
    // Irradiance is the mean of the quarter, so the sun is taken where it stands in its middle.
    const sun = sunPosition(plane, start + SLOT / 2);
    const light = sun.zenith > NIGHT ? NO_IRRADIANCE : weather?.light;
    if (!light) return undefined;
    const seen = sun.apparentZenith < 90 ? light : { ...light, direct: 0 };
    each.push(expectedUnder(plane, sun, seen, weather?.air));
  }
  return together(planes, each);
}
