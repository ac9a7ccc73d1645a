import * as z from 'zod';
import type { Clock } from '../../base/clock.ts';
import type { PlantReadings } from '../../model/derived.ts';
import type { ShownSample } from '../../model/overview.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { Entity, SourceEvent, Value } from '../../model/reading.ts';
import type { Circuit, Source } from '../../model/source.ts';
import type { CallPolicy } from '../../policy/call-policy.ts';
import { type Actual, actualOf } from './actual.ts';
import { type DayCurve, SLOT } from './day-curve.ts';
import { type Expectation, Expectations } from './expectation.ts';
import { type Installation, installationOf } from './installation.ts';
import { Judge, judgedDay } from './judge.ts';
import type { PlaneConfig } from './settings.ts';
import { sunPosition } from './sun-position.ts';
import { type WeatherRecord, weatherRecord } from './weather.ts';
import type { WeatherOfPlace } from './weather-of-place.ts';

/** Where the weather of a place comes from. */
export interface WeatherService {
  /** Name of the call, for metrics. */
  readonly endpoint: string;
  readonly policy: CallPolicy;
  /** What is known of a place, shared with all plants there. */
  readonly of: (place: Installation['planes'][0]) => WeatherOfPlace;
  /** @throws SourceError */
  readonly fetch: (place: Installation['planes'][0], signal: AbortSignal) => Promise<WeatherRecord>;
}

export interface ForecastOptions {
  readonly plantId: string;
  /** Its planes in the configuration; empty: one, of which nothing is configured. */
  readonly planes: readonly PlaneConfig[];
  readonly unconfigured: PlaneConfig;
  /** Twelve numbers; undefined: the usual ones. */
  readonly turbidity: readonly number[] | undefined;
  /** As `Source` has it. */
  readonly configuration: unknown;
  /** There is one poll only. */
  readonly isOnce: boolean;
  /** undefined: power is expected under a cloudless sky. */
  readonly weather: WeatherService | undefined;
  readonly readings: PlantReadings;
  readonly clock: Pick<Clock, 'now'>;
}

const PLANT = 'plant';
const MINUTE = 60_000;
/** Often enough for the sun, which moves by a quarter of a degree. */
const INTERVAL = MINUTE;
/** Until the plant is known. */
const INTERVAL_AT_FIRST = 5000;
/** Values of an earlier run say nothing of now. */
const HOLDS_FOR = 10 * MINUTE;

const snapshot = z.object({ judged: judgedDay.optional(), weather: weatherRecord.optional() });

/** What is expected of one plant, and how its output compares with that. */
export class ForecastSource implements Source {
  readonly name: string;
  readonly isDerived = true;
  readonly configuration: unknown;
  readonly identity: string;
  readonly entities: readonly Entity[];
  /** What is summed up changes with each poll, and is not worth a write of its own. */
  readonly hasNews = false;
  readonly #options: ForecastOptions;
  readonly #expectations: Expectations;
  readonly #judge = new Judge();
  #weather: WeatherOfPlace | undefined;
  /** Kept until the place is known whose weather it is. */
  #restored: WeatherRecord | undefined;
  /** What is missing of the plant may be listed in a moment. */
  #isBeginning = true;
  readonly #beganAt: number;
  /** The day that was last reported. */
  #reported: DayCurve | undefined;
  /** What was last said to be assumed. */
  #assumed = '';

  constructor(options: ForecastOptions) {
    const { plantId, configuration, turbidity } = options;
    this.name = `forecast/${plantId}`;
    this.identity = `forecast of ${plantId}`;
    this.configuration = configuration;
    this.entities = [{ id: PLANT, labels: { plant_id: plantId } }];
    this.#options = options;
    this.#beganAt = options.clock.now();
    this.#expectations = new Expectations(turbidity);
  }

  get circuit(): Circuit {
    return this.#options.weather?.policy.circuit ?? 'closed';
  }

  interval(): number {
    return this.#isBeginning ? INTERVAL_AT_FIRST : INTERVAL;
  }

  async *poll(context: PollContext): AsyncIterable<SourceEvent> {
    const { clock } = this.#options;
    const { installation, samples } = this.#look(context);
    if (!installation) return;
    const weather = await this.#renewed(installation, context);
    const now = clock.now();
    const expectation = this.#expectations.at(installation, weather, now);
    const actual = actualOf(samples, installation.rated, now);
    const { expected, clearSky } = expectation;
    if (actual) this.#judge.observe(actual, expected.today, clearSky.today, installation.rated);
    const values = [
      ...valuesOf(installation, expectation, now),
      ...this.#compared(actual, installation, expectation),
      this.#information(installation),
    ];
    // At midnight another day begins.
    const holdsFor = Math.min(HOLDS_FOR, expected.today.day.end - now);
    yield { type: 'reading', reading: { entity: PLANT, values, holdsFor } };
    if (expected.today !== this.#reported) yield this.#report(expected.today);
    if (this.#weather?.failure) yield { type: 'attempt', entity: PLANT, ok: false };
  }

  snapshot(): unknown {
    const weather = this.#weather?.isKeptBy(this)
      ? this.#weather.record(this.#options.clock.now())
      : this.#restored;
    return { judged: this.#judge.state, weather };
  }

  restore(state: unknown): void {
    const { judged, weather } = snapshot.parse(state);
    this.#judge.restore(judged);
    this.#restored = weather;
  }

  #report(curve: DayCurve): SourceEvent {
    this.#reported = curve;
    const { start } = curve.day;
    return {
      type: 'expected-day',
      day: { plant: this.#options.plantId, start, step: SLOT, watts: curve.powers },
    };
  }

  /** The plant as it is known now, and all that is shown of it. */
  #look({ report, warn }: PollContext): {
    readonly installation?: Installation;
    readonly samples: readonly ShownSample[];
  } {
    const { plantId, planes, unconfigured, readings } = this.#options;
    const samples = readings.samplesOf(plantId);
    const peak = samples.find(({ metric }) => metric === 'growatt_plant_peak_power_watts')?.value;
    const plant = readings.plants().get(plantId);
    const installation = installationOf(planes, unconfigured, plant, peak);
    const { clock, isOnce } = this.#options;
    const isEarly = Math.abs(clock.now() - this.#beganAt) < INTERVAL;
    // Where all is polled once, devices come first.
    const isWhole = typeof installation !== 'string' && plant?.zone !== undefined;
    this.#isBeginning &&= !isWhole && isEarly && !isOnce;
    if (typeof installation === 'string') {
      if (this.#isBeginning) return { samples };
      report('installation', `no power is expected of plant ${plantId}: ${installation}`);
      return { samples };
    }
    report('installation', undefined);
    const assumed = installation.assumed.join(', ');
    if (assumed !== this.#assumed && assumed !== '')
      warn(`assumed of the modules of plant ${plantId}: ${assumed}; state what they are in forecast.planes`);
    this.#assumed = assumed;
    return { installation, samples };
  }

  async #renewed(
    { planes: [place] }: Installation,
    { signal, report }: PollContext,
  ): Promise<WeatherRecord | undefined | 'clear'> {
    const { weather: service, clock } = this.#options;
    if (!service) return 'clear';
    const weather = service.of(place);
    this.#weather = weather;
    if (this.#restored) weather.restore(this.#restored, this);
    this.#restored = undefined;
    const { policy, endpoint } = service;
    await weather.renew(
      () => clock.now(),
      () => policy.execute(endpoint, (inner) => service.fetch(place, inner), signal),
      this,
    );
    report('weather', weather.failure?.message);
    return weather.record(clock.now());
  }

  #information({ assumed }: Installation): Value {
    const weather = this.#options.weather ? 'open-meteo' : 'none';
    return { metric: 'solar_forecast_info', value: 1, labels: { weather, assumed: assumed.join(', ') } };
  }

  #compared(
    actual: Actual | undefined,
    { rated }: Installation,
    { expected }: Expectation,
  ): readonly Value[] {
    const now = this.#options.clock.now();
    const ratio = this.#judge.ratio(expected.today, now);
    const values: Value[] = [];
    if (ratio !== undefined) values.push({ metric: 'solar_performance_ratio', value: rounded(ratio, 4) });
    if (actual?.isComplete) {
      const energy = actual.energies.values().reduce((sum, each) => sum + each, 0);
      const value = rounded((energy * 1000) / rated, 4);
      values.push({ metric: 'solar_specific_yield_today_kwh_per_kwp', value });
    }
    return values;
  }
}

/** What is expected, as far as it is known. */
function valuesOf(
  { planes: [place] }: Installation,
  { clearSky, expected }: Expectation,
  now: number,
): readonly Value[] {
  const known: readonly (readonly [metric: string, value: number | undefined, digits: number])[] = [
    ['solar_sun_elevation_degrees', 90 - sunPosition(place, now).zenith, 4],
    ['solar_irradiance_watts_per_square_meter', expected.now?.irradiance, 1],
    ['solar_clear_sky_power_watts', clearSky.now.ac, 1],
    ['solar_expected_power_watts', expected.now?.ac, 1],
    ['solar_expected_energy_today_kwh', expected.today.energy('ac'), 3],
    ['solar_expected_energy_tomorrow_kwh', expected.tomorrow.energy('ac'), 3],
  ];
  return known.flatMap(([metric, value, digits]) =>
    value === undefined ? [] : [{ metric, value: rounded(value, digits) }],
  );
}

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));
