import type { DerivedPart, DerivedTools } from '../../model/derived.ts';
import { createCallPolicy } from '../../policy/call-policy.ts';
import { RateLimiter } from '../../policy/rate-limiter.ts';
import { forecastMetrics } from './metrics.ts';
import { fetchWeather, roundedPlace } from './open-meteo.ts';
import { overview } from './overview.ts';
import { type ForecastConfig, forecastSettings, resolveForecast, unconfiguredPlane } from './settings.ts';
import { ForecastSource, type WeatherService } from './source.ts';
import { WeatherOfPlace } from './weather-of-place.ts';

/** Between two calls of all plants together, ms: the public service allows 600 in a minute. */
const SPACING = 250;
const RETRY = { timeout: 15_000, retries: 2, firstDelay: 1000, total: 40_000 };

/** Power that the sun and the weather let expect, and how the output compares with it. */
export const forecast: DerivedPart<typeof forecastSettings, ForecastConfig> = {
  title: 'Expected power',
  settings: forecastSettings,
  settingsDocs: {
    example: `# Power that the sun lets expect. Leave this part out if you do not want it.
forecast:
  source: open-meteo             # with weather; clear-sky needs no network
  planes:                        # what is left out comes from the plant, or is assumed
    - plant_id: "1234567"
      kwp: 4.2
      tilt: 35
      azimuth: 90                # on the compass: east
    - plant_id: "1234567"
      kwp: 3.6
      tilt: 35
      azimuth: 270
`,
    notes: 'What is worked out, and which data leave the house: [forecast.md](forecast.md).',
  },
  metrics: [forecastMetrics],
  metricsDocs: { sourceNames: '`forecast/PLANT_ID`' },
  overview,
  simulator: async () => (await import('../../simulators/forecast/simulator.ts')).startSimulator,
  resolve: resolveForecast,
  shown: (config) => ({ forecast: config }),
  create(config, tools) {
    const { source, baseUrl, planes, turbidity } = config;
    if (!source) return [];
    const { readings, isSharded, clock, once } = tools;
    const listed = readings.plants();
    const configured = Map.groupBy(planes, ({ plantId }) => plantId);
    const located = listed.values().filter(({ place }) => place !== undefined);
    const wanted = planes.length > 0 ? [...configured.keys()] : [...located].map(({ id }) => id);
    return wanted
      .filter((plantId) => listed.has(plantId) || !isSharded)
      .map((plantId) => {
        const ofPlant = configured.get(plantId) ?? [];
        return new ForecastSource({
          plantId,
          planes: ofPlant,
          unconfigured: unconfiguredPlane(plantId),
          turbidity: turbidity.length > 0 ? turbidity : undefined,
          configuration: { source, baseUrl, turbidity, planes: ofPlant },
          weather: source === 'open-meteo' ? openMeteo(config, tools, `forecast/${plantId}`) : undefined,
          isOnce: once !== undefined,
          readings,
          clock,
        });
      });
  },
};

/** The service as one source calls it: weather of a place and the pauses between calls are those of all sources. */
function openMeteo(
  { baseUrl }: ForecastConfig,
  { clock, fetch, observer, shared }: DerivedTools,
  name: string,
): WeatherService {
  const rateLimiter = shared(`open-meteo ${baseUrl}`, () => new RateLimiter(clock, SPACING));
  return {
    endpoint: 'v1/forecast',
    policy: createCallPolicy({ clock, retry: RETRY, rateLimiter, observer: observer(name) }),
    of(place) {
      const { latitude, longitude } = roundedPlace(place);
      return shared(`open-meteo ${baseUrl} ${latitude},${longitude}`, () => new WeatherOfPlace());
    },
    fetch: (place, signal) => fetchWeather({ baseUrl, fetch, now: () => clock.now() }, place, signal),
  };
}
