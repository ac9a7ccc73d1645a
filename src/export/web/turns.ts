/** Something that waits, and who asked for it. */
export interface Waiting {
  readonly client: string;
}

/**
 * What waits for its turn: clients take turns, and of one client the newest comes first, so that neither many
 * requests from elsewhere nor an own flood of old ones keep a new request waiting. Bounded: beyond that, the oldest
 * of the client with the most is given up.
 */
export class Turns<T extends Waiting> {
  /** The client whose turn is next comes first. */
  readonly #byClient = new Map<string, T[]>();
  readonly #limit: number;
  #size = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @returns what had to be given up to make room */
  add(item: T): T | undefined {
    const own = this.#byClient.get(item.client);
    if (own) own.push(item);
    else this.#byClient.set(item.client, [item]);
    this.#size += 1;
    if (this.#size <= this.#limit) return undefined;
    const [longest] = [...this.#byClient.values()].toSorted((a, b) => b.length - a.length);
    const oldest = longest?.[0];
    if (oldest) this.remove(oldest);
    return oldest;
  }

  remove(item: T): void {
    const own = this.#byClient.get(item.client) ?? [];
    const index = own.indexOf(item);
    if (index < 0) return;
    own.splice(index, 1);
    this.#size -= 1;
    if (own.length === 0) this.#byClient.delete(item.client);
  }

  next(): T | undefined {
    const [turn] = this.#byClient;
    if (!turn) return undefined;
    const [client, own] = turn;
    const item = own.pop();
    this.#size -= 1;
    this.#byClient.delete(client);
    // To the end of the line.
    if (own.length > 0) this.#byClient.set(client, own);
    return item;
  }
}
