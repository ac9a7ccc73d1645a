import type { IncomingMessage } from 'node:http';
import { stackOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Status } from '../model/status.ts';
import type { Curve, Subject } from '../view/curves.ts';
import type { StatusView } from '../view/status-api.ts';
import { Body } from './body.ts';
import { chooseFormat, contentTypes } from './negotiation.ts';
import { type PageQuery, parseQuery } from './page/query.ts';
import { pageHeaders, renderPage } from './page.ts';
import { RELOAD_PATH, type Reloading, reloadRoute } from './reload-route.ts';
import { type Answer, plainText } from './response.ts';
import { statusJson } from './status-json.ts';
import type { ExpositionFormat } from './text-format.ts';

/** What the HTTP server serves; neither call waits for a source. */
export interface Surface {
  /** The exposition text; rejects when the collection fails. */
  metrics(format: ExpositionFormat): Promise<Body>;
  status(): Status;
  /** What the page and `/api/v1/status` show. */
  view(): Promise<StatusView>;
  /** The power of a plant or a stick today and yesterday, for the page. */
  curveOf(subject: Subject): Curve | undefined;
}

type Route = (request: IncomingMessage) => Answer | Promise<Answer>;

/** What a probe asks; it must be answered however many scrapes are under way. */
const PROBED = ['/healthz', '/-/healthy', '/readyz', '/-/ready'];
const PATHS: readonly string[] = ['/', '/metrics', '/api/v1/status', RELOAD_PATH, ...PROBED];

/** Whether a request is about health or readiness. */
export const isAlwaysAnswered = (request: IncomingMessage) => PROBED.includes(requestedPath(request));

/** The path of a request for a label: one that is served, or `other`. */
export function pathOf(request: IncomingMessage): string {
  const path = requestedPath(request);
  return PATHS.includes(path) ? path : 'other';
}

function requestedPath({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

/** Makes the router: GET and HEAD on every path but one, everything else is 404 or 405. */
export function createRouter(surface: Surface, log: Log, reloading: Reloading | undefined): Route {
  const healthy: Route = () => plainText(200, 'ok');
  const ready: Route = () => readiness(surface.status());
  const routes = new Map<string, Route>([
    ['/', async ({ url = '' }) => statusPage(await surface.view(), parseQuery(url), surface)],
    ['/metrics', metricsRoute(surface, log)],
    ['/api/v1/status', async () => statusAnswer(await surface.view())],
    ['/healthz', healthy],
    ['/-/healthy', healthy],
    ['/readyz', ready],
    ['/-/ready', ready],
  ]);

  return (request) => {
    const path = requestedPath(request);
    if (path === RELOAD_PATH) return reloadRoute(reloading, request);
    const route = routes.get(path);
    if (!route) return plainText(404, 'Not found. See / for the endpoints.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return plainText(405, 'Method not allowed. Use GET or HEAD.\n', { Allow: 'GET, HEAD' });
    }
    return route(request);
  };
}

/** A failure of the collection is logged when it begins and when it ends. */
function metricsRoute(surface: Surface, log: Log): Route {
  let failing = false;
  return async ({ headers }) => {
    const format = chooseFormat(headers.accept);
    try {
      const body = await surface.metrics(format);
      if (failing) log.info('Metrics are collected again');
      failing = false;
      const vary = { Vary: 'Accept, Accept-Encoding' };
      return { status: 200, contentType: contentTypes[format], body, headers: vary };
    } catch (error) {
      if (!failing)
        log.error('Internal error, please report it: collecting metrics fails, /metrics answers HTTP 500', {
          stack: stackOf(error),
        });
      failing = true;
      return plainText(500, 'Collecting metrics failed. See the log.\n');
    }
  };
}

function readiness({ ready, sources }: Status): Answer {
  if (ready) return plainText(200, 'ready');
  const waiting = sources.filter(({ state }) => state === 'starting').map(({ name }) => name);
  return plainText(503, `not ready; not tried yet: ${waiting.join(', ')}\n`);
}

function statusPage(view: StatusView, query: PageQuery, surface: Surface): Answer {
  const body = new Body(renderPage(view, query, (subject) => surface.curveOf(subject)));
  return { status: 200, contentType: 'text/html; charset=utf-8', body, headers: pageHeaders };
}

async function statusAnswer(view: StatusView): Promise<Answer> {
  return { status: 200, contentType: 'application/json', body: new Body(await statusJson(view)) };
}
