import { createHmac, randomBytes } from 'node:crypto';
import { costOf } from './bcrypt.ts';
import type { Comparer } from './bcrypt-thread.ts';
import { Turns, type Waiting } from './turns.ts';

/** What a client logs in with. */
export interface Login {
  readonly user: string;
  readonly password: string;
  /** The client's address. */
  readonly client: string;
}

/** `overloaded`: too many logins wait. `failed`: passwords cannot be checked at present. */
export type LoginVerdict = 'accepted' | 'refused' | 'overloaded' | 'failed';

/** Far more than the clients of one agent; a queue of them takes some seconds. */
const MOST_WAITING = 100;
/** As many as exporter-toolkit keeps. */
const MOST_KNOWN = 100;

interface Check extends Waiting {
  /** Names login and hash without holding the password. */
  readonly name: string;
  readonly password: string;
  readonly hash: string;
  /** Whether the hash is that of this user. */
  readonly known: boolean;
  readonly settle: (verdict: LoginVerdict) => void;
}

/**
 * Checks logins one at a time and keeps the newest answers. Accepted and refused ones are kept apart, so that wrong
 * passwords never push out the right ones.
 */
export class Passwords {
  readonly #comparer: Comparer;
  readonly #failed: (error: unknown) => void;
  readonly #waiting = new Turns<Check>(MOST_WAITING);
  readonly #accepted = new NewestNames(MOST_KNOWN);
  readonly #refused = new NewestNames(MOST_KNOWN);
  /** New with each process: what is kept is of no use elsewhere. */
  readonly #secret = randomBytes(32);
  #busy = false;

  /** @param failed gets the error when a password cannot be checked */
  constructor(comparer: Comparer, failed: (error: unknown) => void) {
    this.#comparer = comparer;
    this.#failed = failed;
  }

  /** @param gone the client no longer waits for the verdict */
  check(
    { user, password, client }: Login,
    users: ReadonlyMap<string, string>,
    gone: AbortSignal,
  ): Promise<LoginVerdict> {
    const own = users.get(user);
    const hash = own ?? usualHash(users);
    // A user who is gone may be compared with a hash that was theirs: that is another login.
    const name = this.#nameOf([user, own ?? '', hash, password]);
    const answer = this.#known(name);
    if (answer) return Promise.resolve(answer);
    const { promise, resolve } = Promise.withResolvers<LoginVerdict>();
    const check: Check = { client, name, password, hash, known: own !== undefined, settle: resolve };
    this.#waiting.add(check)?.settle('overloaded');
    gone.addEventListener('abort', () => this.#waiting.remove(check), { once: true });
    void this.#work();
    return promise;
  }

  #known(name: string): LoginVerdict | undefined {
    if (this.#accepted.has(name)) return 'accepted';
    return this.#refused.has(name) ? 'refused' : undefined;
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let check = this.#waiting.next(); check; check = this.#waiting.next()) {
      // The same login may have been checked while this one waited.
      check.settle(this.#known(check.name) ?? (await this.#compare(check)));
    }
    this.#busy = false;
  }

  async #compare({ name, password, hash, known }: Check): Promise<LoginVerdict> {
    try {
      const accepted = (await this.#comparer.compare(password, hash)) && known;
      (accepted ? this.#accepted : this.#refused).add(name);
      return accepted ? 'accepted' : 'refused';
    } catch (error) {
      this.#failed(error);
      return 'failed';
    }
  }

  #nameOf(parts: readonly string[]): string {
    return createHmac('sha256', this.#secret).update(JSON.stringify(parts)).digest('base64');
  }
}

/**
 * What a user who does not exist is compared with, to be refused as late as others: a hash of the cost that most users
 * have, and of the lower one where that is undecided, since such a check is open to every client.
 */
function usualHash(users: ReadonlyMap<string, string>): string {
  const byCost = Map.groupBy(users.values(), (hash) => costOf(hash) ?? 0);
  const groups = [...byCost].toSorted(([a, one], [b, other]) => other.length - one.length || a - b);
  return groups[0]?.[1][0] ?? '';
}

/** The newest names; the oldest goes when there are too many. */
class NewestNames {
  readonly #names = new Set<string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A name that is asked for is new again. */
  has(name: string): boolean {
    if (!this.#names.delete(name)) return false;
    this.#names.add(name);
    return true;
  }

  add(name: string): void {
    this.#names.add(name);
    const [oldest] = this.#names;
    if (this.#names.size > this.#limit && oldest !== undefined) this.#names.delete(oldest);
  }
}
