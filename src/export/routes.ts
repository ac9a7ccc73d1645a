import type { IncomingMessage } from 'node:http';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Status } from '../model/status.ts';
import { chooseFormat, contentTypes } from './negotiation.ts';
import { pageHeaders, renderPage } from './page.ts';
import { type Answer, plainText } from './response.ts';
import type { ExpositionFormat } from './text-format.ts';

/** What the HTTP server shows; both calls read memory only and never wait for a source. */
export interface Surface {
  /** The exposition text; rejects when the collection fails. */
  metrics(format: ExpositionFormat): Promise<string>;
  status(): Status;
}

type Route = (request: IncomingMessage) => Answer | Promise<Answer>;

/** Makes the router: every path there is, for GET and HEAD, everything else 404 or 405. */
export function createRouter(surface: Surface, log: Log, clock: Pick<Clock, 'now'>): Route {
  const healthy: Route = () => plainText(200, 'ok');
  const ready: Route = () => readiness(surface.status());
  const routes = new Map<string, Route>([
    ['/', () => statusPage(surface.status(), clock.now() / 1000)],
    ['/metrics', metricsRoute(surface, log)],
    ['/api/v1/status', () => statusJson(surface.status())],
    ['/healthz', healthy],
    ['/-/healthy', healthy],
    ['/readyz', ready],
    ['/-/ready', ready],
  ]);

  return (request) => {
    const [path = ''] = (request.url ?? '').split('?', 1);
    const route = routes.get(path);
    if (!route) return plainText(404, 'Not found. See / for what there is.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plainText(405, 'Only GET and HEAD are answered here.\n', { Allow: 'GET, HEAD' });
    }
    return route(request);
  };
}

/** Scrapes that arrive while a render is under way share it; a failure is logged when it begins and when it ends. */
function metricsRoute(surface: Surface, log: Log): Route {
  const underWay = new Map<ExpositionFormat, Promise<string | undefined>>();
  let failing = false;

  async function render(format: ExpositionFormat): Promise<string | undefined> {
    try {
      const text = await surface.metrics(format);
      if (failing) log.info('The metrics can be collected again.');
      failing = false;
      return text;
    } catch (error) {
      if (!failing)
        log.error('The metrics cannot be collected; /metrics answers 500.', { error: String(error) });
      failing = true;
      return undefined;
    }
  }

  function sharedRender(format: ExpositionFormat): Promise<string | undefined> {
    const current = underWay.get(format);
    if (current) return current;
    const started = render(format).finally(() => underWay.delete(format));
    underWay.set(format, started);
    return started;
  }

  return async ({ headers }) => {
    const format = chooseFormat(headers.accept);
    const body = await sharedRender(format);
    if (body === undefined) return plainText(500, 'The metrics could not be collected. See the log.\n');
    return {
      status: 200,
      contentType: contentTypes[format],
      body,
      headers: { Vary: 'Accept, Accept-Encoding' },
    };
  };
}

function readiness({ ready, sources }: Status): Answer {
  if (ready) return plainText(200, 'ready');
  const waiting = sources.filter(({ state }) => state === 'starting').map(({ name }) => name);
  return plainText(503, `not ready; not tried yet: ${waiting.join(', ')}\n`);
}

function statusPage(status: Status, now: number): Answer {
  const body = renderPage(status, now);
  return { status: 200, contentType: 'text/html; charset=utf-8', body, headers: pageHeaders };
}

function statusJson(status: Status): Answer {
  return { status: 200, contentType: 'application/json', body: `${JSON.stringify(status, undefined, 2)}\n` };
}
