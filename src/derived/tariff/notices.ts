import type { KnownPlant } from '../../model/derived.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { Account, Direction, LongFlow } from './ledger.ts';
import type { DeviceTotals } from './quantities.ts';

const HOUR = 3_600_000;
/** A meter that reads 0 is believed only after some readings by day: what is missing is told after so long. */
const PATIENCE = 24 * HOUR;

/** What settling an account showed. */
export interface Settled {
  readonly account: Account;
  readonly long: readonly LongFlow[];
  readonly devices: readonly DeviceTotals[];
}

const MISSING: Readonly<Record<Direction, string>> = {
  import: 'no device counts all that it draws from the grid, so that its import has no cost',
  export:
    'no device counts all that it feeds into the grid, so that its export has no revenue, and no savings are known',
};

/** What is to be said of plants whose money cannot be counted, or not exactly; each once. */
export class Notices {
  readonly #direction: Direction;
  /** Since when a plant has been seen without a total of the direction, by its id. */
  readonly #missingSince = new Map<string, number>();
  readonly #told = new Set<string>();

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  tell(plant: KnownPlant, { account, long, devices }: Settled, now: number, { warn }: PollContext): void {
    for (const { what, energy, from, to } of long) {
      const hours = Math.round((to - from) / HOUR);
      warn(
        `plant ${plant.id}: ${(energy / 1e6).toFixed(1)} kWh of ${what} in ${hours} hours without readings have the mean price of that time`,
      );
    }
    if (account.grid) this.#missingSince.delete(plant.id);
    else if (devices.length > 0) this.#tellMissing(plant.id, now, warn);
  }

  #tellMissing(plant: string, now: number, warn: PollContext['warn']): void {
    const since = this.#missingSince.get(plant) ?? now;
    this.#missingSince.set(plant, since);
    if (now - since < PATIENCE || this.#told.has(plant)) return;
    this.#told.add(plant);
    warn(
      `plant ${plant}: ${MISSING[this.#direction]}; the meter of a Trucki stick counts only the energy of today, which cannot be priced`,
    );
  }
}
