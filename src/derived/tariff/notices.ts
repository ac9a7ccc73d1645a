import type { KnownPlant } from '../../model/derived.ts';
import type { PollContext } from '../../model/poll-context.ts';
import { type ConnectionState, groupOf } from './connection.ts';
import type { Account, Direction, LongFlow, Look } from './ledger.ts';
import { connectionOf, type Term } from './quantities.ts';

const HOUR = 3_600_000;
/** A meter that reads 0 is believed only after some readings by day: what is missing is told after so long. */
const PATIENCE = 24 * HOUR;
/** Plants are listed within minutes, unless the cloud fails. */
const PATIENCE_FOR_PLANTS = HOUR;

/** Devices that count the same connection differ by less than this, in mWh and as a fraction. */
const LEAST_DIFFERENCE = 20e6;
const LARGEST_DEVIATION = 0.2;

/** What settling an account showed. */
export interface Settled {
  readonly account: Account;
  readonly long: readonly LongFlow[];
  readonly look: Look;
}

const MISSING: Readonly<Record<Direction, string>> = {
  import: 'no device counts over its lifetime what is drawn from the grid, so that import has no cost',
  export:
    'no device counts over its lifetime what is fed into the grid, so that export has no revenue, and no savings are known',
};

/** What is to be said of plants whose money cannot be counted, or not exactly; each once. */
export class Notices {
  readonly #direction: Direction;
  /** Since when a plant has been seen without a total of the direction, by its id. */
  readonly #missingSince = new Map<string, number>();
  readonly #told = new Set<string>();
  #noPlantsSince: number | undefined;

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  tell(plant: KnownPlant, { account, long, look }: Settled, { warn }: PollContext): void {
    for (const { what, energy, from, to } of long) {
      const hours = Math.round((to - from) / HOUR);
      warn(
        `plant ${plant.id}: ${(energy / 1e6).toFixed(1)} kWh of ${what} in ${hours} hours without readings have the mean price of that time`,
      );
    }
    if (account.grid) {
      this.#missingSince.delete(plant.id);
      this.#tellDifference(plant.id, account.grid, look, warn);
    } else if (look.devices.length > 0) this.#tellMissing(plant.id, look.now, warn);
  }

  /** Says that the devices of a plant seem to have connections of their own. */
  #tellDifference(
    plant: string,
    { grown, total }: ConnectionState,
    { devices, readAt }: Look,
    warn: PollContext['warn'],
  ): void {
    const isBehind = (term: Term) => {
      const behind = total - (grown[groupOf(term)] ?? total);
      return behind > LEAST_DIFFERENCE && behind > LARGEST_DEVIATION * total;
    };
    // One that was silent has caught up with its first new reading.
    const lagging = connectionOf(devices, this.#direction).filter(
      (term) => readAt.has(term.serial) && isBehind(term),
    );
    if (lagging.length === 0 || this.#told.has(`${plant} differs`)) return;
    this.#told.add(`${plant} differs`);
    const serials = lagging.map(({ serial }) => serial).join(', ');
    warn(
      `plant ${plant}: ${serials} counted much less ${this.#direction} than another device; a plant is taken for one connection to the grid, of which the highest count is priced`,
    );
  }

  /** Says once that there is nothing to price, such as with sticks alone. */
  tellNoPlants(now: number, { warn }: PollContext): void {
    this.#noPlantsSince ??= now;
    if (now - this.#noPlantsSince < PATIENCE_FOR_PLANTS || this.#told.has('no plants')) return;
    this.#told.add('no plants');
    warn('there is no plant whose energy could be priced; the meter of a Trucki stick counts only the day');
  }

  /** Says once that the times of prices need a zone, or one with summer time. */
  tellZone(plant: KnownPlant, isKnown: boolean, { warn }: PollContext): void {
    const problem = isKnown
      ? `the zone of plant ${plant.id} knows no summer time: set tariff.timezone, else the times of prices may be an hour off`
      : `the zone of plant ${plant.id} is not known: set tariff.timezone, else its money is not counted`;
    if (this.#told.has(problem)) return;
    this.#told.add(problem);
    warn(problem);
  }

  #tellMissing(plant: string, now: number, warn: PollContext['warn']): void {
    const since = this.#missingSince.get(plant) ?? now;
    this.#missingSince.set(plant, since);
    if (now - since < PATIENCE || this.#told.has(plant)) return;
    this.#told.add(plant);
    warn(`plant ${plant}: ${MISSING[this.#direction]}; the meter of a Trucki stick counts only the day`);
  }
}
