import { setImmediate } from 'node:timers/promises';
import type { FetchInit } from '../../src/http/fetch.ts';
import { nodeFetch } from '../../src/http/node-fetch.ts';
import { FILE_WORK } from '../helpers/clock.ts';
import { EXCHANGE } from './server.ts';

/** What is on its way between an agent and its sources: time stands still until the servers have done their part. */
export class Traffic {
  readonly #open = new Map<string, { readonly moved: Promise<void>; readonly move: () => void }>();
  readonly #waiting = new Set<string>();
  #count = 0;

  begin(): string {
    const id = String(++this.#count);
    const { promise: moved, resolve: move } = Promise.withResolvers<void>();
    this.#open.set(id, { moved, move });
    return id;
  }

  /** The server waits on purpose. */
  stalled(id: string): void {
    this.#waiting.add(id);
    this.#open.get(id)?.move();
  }

  /** A real request, on its way until its answer is read to the end. @param target where it really goes */
  async fetch(target: string, init: FetchInit | undefined): Promise<Response> {
    const id = this.begin();
    try {
      const headers = { ...init?.headers, [EXCHANGE]: id };
      const response = await nodeFetch(target, { ...init, headers });
      const body = response.body && tracked(ReadableStream.from(response.body), () => this.end(id));
      if (!body) this.end(id);
      return new Response(body, { status: response.status, headers: [...response.headers] });
    } catch (error) {
      this.end(id);
      throw error;
    }
  }

  end(id: string): void {
    this.#open.get(id)?.move();
    this.#open.delete(id);
    this.#waiting.delete(id);
  }

  get busy(): Promise<unknown> | undefined {
    const moving = [...this.#open].filter(([id]) => !this.#waiting.has(id)).map(([, { moved }]) => moved);
    if (moving.length > 0) return Promise.race(moving);
    return process.getActiveResourcesInfo().some((name) => FILE_WORK.has(name)) ? setImmediate() : undefined;
  }
}

function tracked(body: ReadableStream, end: () => void): ReadableStream {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        end();
        controller.close();
      } catch (error) {
        end();
        controller.error(error);
      }
    },
    async cancel(reason) {
      end();
      await reader.cancel(reason);
    },
  });
}
