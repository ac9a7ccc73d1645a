import type { Exchange } from '../model/capture.ts';

/** Bounds of a recording; sources bound their answers themselves, so these are never met in practice. */
const MOST_EXCHANGES = 200;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Keeps what passes through a `fetch`: the last answer to each request, headers excluded. */
export class Recorder {
  readonly #exchanges = new Map<string, Exchange>();
  readonly fetch: typeof globalThis.fetch;

  constructor(fetch: typeof globalThis.fetch) {
    this.fetch = async (input, init) => {
      const response = await fetch(input, init);
      const url = new URL(input instanceof Request ? input.url : input);
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

  #record(request: Pick<Exchange, 'method' | 'path' | 'params'>, response: Response): Response {
    const { status, headers } = response;
    const keep = (body: string, complete: boolean) => {
      const key = JSON.stringify(request);
      if (this.#exchanges.has(key) || this.#exchanges.size < MOST_EXCHANGES)
        this.#exchanges.set(key, { ...request, status, body, complete });
    };
    keep('', response.body === null);
    if (!response.body) return response;
    // A byte-order mark is part of the answer.
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    let text = '';
    const tap = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        if (text.length < MOST_CHARACTERS) text += decoder.decode(chunk, { stream: true });
        keep(text, false);
        controller.enqueue(chunk);
      },
      flush() {
        text += decoder.decode();
        keep(text, text.length < MOST_CHARACTERS);
      },
    });
    return new Response(response.body.pipeThrough(tap), { status, headers });
  }
}
