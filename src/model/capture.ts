/** One request of a source and the answer to it, as they crossed the network. */
export interface Exchange {
  readonly method: string;
  /** Path of the URL; the host is never kept. */
  readonly path: string;
  /** Of the query or the form, in their order. */
  readonly params: readonly (readonly [name: string, value: string])[];
  readonly status: number;
  /** The answer's text, as far as it was read. */
  readonly body: string;
  /** Whether the answer was read to its end. */
  readonly complete: boolean;
}

/**
 * What a value is about: `serial` for serial numbers and ids, which keep their length and shape; `place` for
 * coordinates, which stay numbers; `name` for texts about people and places; `address` for hosts, URLs and e-mail
 * addresses; `secret` for passwords and tokens; `plain` for words of the vendor, which are published as they are.
 */
export type Content = 'serial' | 'place' | 'name' | 'address' | 'secret' | 'plain';

/** What the answers of a kind of source hold, so that they can be masked for a bug report. */
export interface CaptureRules {
  /** The part of a request's path that may be published: what comes before it belongs to the user's server. */
  readonly path: RegExp;
  /**
   * What the value of a key is, by the first pattern that matches the key or the name of a parameter. Under any
   * other key, text that is neither a number nor a time is masked as a name.
   */
  readonly contents: readonly (readonly [keys: RegExp, content: Content])[];
  /** Words that stand in the place of a serial number and are not masked. */
  readonly words?: RegExp;
  /** Keys of objects that are serial numbers themselves. */
  readonly serialKeys?: RegExp;
}
