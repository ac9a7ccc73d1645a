import type { Clock } from '../../base/clock.ts';
import { SourceError } from '../../base/errors.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { SourceEvent } from '../../model/reading.ts';
import type { AccountCalls } from './account-calls.ts';
import type { Discovery } from './discovery.ts';
import { ACCOUNT_ENTITY_ID } from './entities.ts';
import type { Inventory } from './inventory.ts';
import type { AccountSnapshot } from './snapshot.ts';

type AccessSnapshot = Pick<AccountSnapshot, 'refusals' | 'refusedAt'>;

const MINUTE = 60_000;
/** A refused token is tried again after this, then after twice as long each time. */
const FIRST_PAUSE = 15 * MINUTE;
const LONGEST_PAUSE = 60 * MINUTE;

/** Whether the cloud accepts the token of an account, which the list of plants shows; counts its refusals. */
export class AccountAccess {
  readonly #calls: AccountCalls;
  readonly #inventory: Inventory;
  readonly #discovery: Discovery;
  readonly #clock: Clock;
  /** In a row. */
  #refusals = 0;
  #refusedAt = 0;

  constructor(parts: { calls: AccountCalls; inventory: Inventory; discovery: Discovery; clock: Clock }) {
    this.#calls = parts.calls;
    this.#inventory = parts.inventory;
    this.#discovery = parts.discovery;
    this.#clock = parts.clock;
  }

  get isRefused(): boolean {
    return this.#refusals > 0;
  }

  /** Milliseconds from a refusal to the next attempt. */
  get pause(): number {
    return Math.min(FIRST_PAUSE * 2 ** (this.#refusals - 1), LONGEST_PAUSE);
  }

  /** When the token was last refused, milliseconds since the epoch. */
  get refusedAt(): number {
    return this.#refusedAt;
  }

  /** Lists the plants. @throws SourceError when the token is refused, or no plants are known without the list */
  async *listPlants(context: PollContext): AsyncGenerator<SourceEvent> {
    try {
      yield* this.#discovery.plants(context);
    } catch (error) {
      // The agent stops, or this program has a defect: to go on would be to try for ever.
      if (!(error instanceof SourceError)) throw error;
      if (error.kind === 'unauthorized') {
        this.#refusals++;
        this.#refusedAt = this.#clock.now();
        yield { type: 'attempt', entity: ACCOUNT_ENTITY_ID, ok: false };
      }
      // Plants that are chosen or known can be read without the list.
      if (this.isRefused || this.#calls.circuit === 'open' || this.#inventory.plants.length === 0)
        throw error;
      return;
    }
    if (this.isRefused) this.#inventory.endSkipping();
    this.#refusals = 0;
  }

  snapshot(): AccessSnapshot {
    return { refusals: this.#refusals, refusedAt: this.#refusedAt };
  }

  /** Restores what `snapshot` returned in an earlier run. */
  restore({ refusals, refusedAt }: AccessSnapshot): void {
    this.#refusals = refusals;
    this.#refusedAt = refusedAt;
  }
}
