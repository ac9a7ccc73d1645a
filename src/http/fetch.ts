/** The part of the Fetch API that clients use; `globalThis.fetch` is one of these functions. */
export type Fetch = (url: URL | string, init?: FetchInit) => Promise<FetchAnswer>;

export interface FetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  readonly redirect?: 'manual';
  readonly signal?: AbortSignal;
}

export interface FetchAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: AnswerBody | null;
}

/** Names are in lower case. */
export interface AnswerHeaders extends Iterable<[name: string, value: string]> {
  get(name: string): string | null | undefined;
}

/** Leaving its iteration early closes the connection, as `cancel` does. */
export interface AnswerBody extends AsyncIterable<Uint8Array> {
  cancel(): Promise<void>;
}
