import type { AnswerBody, Fetch, FetchAnswer } from '../http/fetch.ts';
import type { Exchange } from '../model/capture.ts';

/** Bounds of a recording; sources bound their answers themselves, so these are never met in practice. */
const MOST_EXCHANGES = 200;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Keeps what passes through a `fetch`: the last answer to each request, headers excluded. */
export class Recorder {
  readonly #exchanges = new Map<string, Exchange>();
  readonly fetch: Fetch;

  constructor(fetch: Fetch) {
    this.fetch = async (input, init) => {
      const response = await fetch(input, init);
      const url = new URL(input);
      const form = init?.body instanceof URLSearchParams ? init.body : [];
      const request = {
        method: init?.method ?? 'GET',
        path: url.pathname,
        params: [...url.searchParams, ...form],
      };
      return this.#record(request, response);
    };
  }

  /** In the order of the first request of each. */
  get exchanges(): readonly Exchange[] {
    return [...this.#exchanges.values()];
  }

  #record(request: Pick<Exchange, 'method' | 'path' | 'params'>, response: FetchAnswer): FetchAnswer {
    const { status, body } = response;
    const keep = (text: string, complete: boolean) => {
      const key = JSON.stringify(request);
      if (this.#exchanges.has(key) || this.#exchanges.size < MOST_EXCHANGES)
        this.#exchanges.set(key, { ...request, status, body: text, complete });
    };
    keep('', body === null);
    return body ? { status, headers: response.headers, body: recorded(body, keep) } : response;
  }
}

/** Passes a body through, and keeps its text as far as it was read. */
function recorded(body: AnswerBody, keep: (text: string, complete: boolean) => void): AnswerBody {
  // A byte-order mark is part of the answer.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  async function* tap(): AsyncGenerator<Uint8Array, void> {
    for await (const chunk of body) {
      if (text.length < MOST_CHARACTERS) text += decoder.decode(chunk, { stream: true });
      keep(text, false);
      yield chunk;
    }
    text += decoder.decode();
    keep(text, text.length < MOST_CHARACTERS);
  }
  return { [Symbol.asyncIterator]: tap, cancel: () => body.cancel() };
}
