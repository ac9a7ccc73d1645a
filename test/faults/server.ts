import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import type { Clock } from '../../src/base/clock.ts';
import { pem } from '../export/otlp-receiver.ts';
import type { Cleanup } from '../helpers/timers.ts';

/** What is wrong with the answers of a server; the rows of the fault matrix say it. */
export interface AnswerFault {
  /** Only for requests whose path or form contains this. */
  readonly match?: string;
  /** Only for so many requests; undefined: until it ends. */
  readonly times?: number;
  readonly how?: keyof typeof MISDEEDS;
  /** In place of what the server would answer. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Put before what the server would answer. */
  readonly prefix?: string;
  /** Values by key, wherever the key occurs in the answer; `"9×100000"` is a digit that often. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Keys that are missing wherever they occur. */
  readonly remove?: readonly string[];
  /** Factors by key. */
  readonly scale?: Readonly<Record<string, number>>;
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly reply: () => Promise<Reply>;
  readonly clock: Clock;
  /** The server now waits on purpose. */
  readonly stall: () => void;
}

type Misdeed = (exchange: Exchange) => void | Promise<void>;

const MEGABYTE = Buffer.alloc(1_000_000, ' ');

/** Writes a text byte by byte, one in each second. */
async function drip({ response, clock, stall }: Exchange, text: string): Promise<void> {
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  for (const letter of text) {
    response.socket?.write(letter);
    stall();
    await clock.sleep(1000, closed.signal);
  }
}

/** What a server can do wrong with a connection. */
export const MISDEEDS = {
  hang: ({ stall }) => stall(),
  'drip-headers': (exchange) => drip(exchange, `HTTP/1.1 200 OK\r\nServer: ${'x'.repeat(1000)}`),
  'drip-body': (exchange) =>
    drip(exchange, `HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{${' '.repeat(1000)}`),
  cut: async ({ response, reply }) => {
    const { body } = await reply();
    response.writeHead(200, { 'Content-Length': body.length });
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  },
  reset: ({ response }) => void response.socket?.resetAndDestroy(),
  oversize: ({ response }) => {
    response.writeHead(200);
    const pour = () => !response.destroyed && response.write(MEGABYTE, pour);
    pour();
  },
  'gzip-bomb': ({ response }) => {
    response.writeHead(200, { 'Content-Encoding': 'gzip' });
    response.end(gzipSync(Buffer.concat(Array.from({ length: 20 }, () => MEGABYTE))));
  },
  'wrong-gzip': ({ response }) => void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end('{}'),
  'no-http': ({ response }) => void response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'),
} satisfies Record<string, Misdeed>;

export interface FaultyServer {
  readonly url: string;
  readonly address: string;
  /** The same with a certificate that nobody trusts. */
  readonly untrusted: string;
  fault: AnswerFault | undefined;
  /** Ids of exchanges in which the server waits on purpose. */
  readonly stalled: ReadonlySet<string>;
}

/** The header that tells exchanges apart. */
export const EXCHANGE = 'x-exchange';

/** A real server in front of another, which passes everything on until it is told what to do wrong. */
export async function faultyServer(
  t: Cleanup,
  { origin, clock, onStall }: { origin: string; clock: Clock; onStall: (id: string) => void },
): Promise<FaultyServer> {
  const stalled = new Set<string>();
  let left = Number.POSITIVE_INFINITY;
  let fault: AnswerFault | undefined;
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    const form = await buffer(request);
    const id = String(request.headers[EXCHANGE]);
    const stall = () => {
      stalled.add(id);
      onStall(id);
    };
    response.once('close', () => stalled.delete(id));
    const reply = () => forward(request, form, origin);
    const applies = fault && left > 0 && `${request.url} ${form}`.includes(fault.match ?? '');
    if (applies) left--;
    const misdeed = (applies && fault?.how && MISDEEDS[fault.how]) as Misdeed | undefined;
    const work = misdeed
      ? Promise.resolve(misdeed({ request, response, reply, clock, stall }))
      : reply().then((answer) => send(response, applies && fault ? changed(answer, fault) : answer));
    work.catch(() => response.destroy());
  };
  const plain = createServer(listener);
  const secure = createTlsServer({ key: pem('receiver-key'), cert: pem('receiver') }, listener);
  for (const server of [plain, secure]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.close();
      server.closeAllConnections();
    });
  }
  const address = `127.0.0.1:${(plain.address() as AddressInfo).port}`;
  return {
    url: `http://${address}`,
    address,
    untrusted: `https://127.0.0.1:${(secure.address() as AddressInfo).port}`,
    stalled,
    get fault() {
      return fault;
    },
    set fault(next) {
      fault = next;
      left = next?.times ?? Number.POSITIVE_INFINITY;
    },
  };
}

async function forward(request: IncomingMessage, form: Buffer, origin: string): Promise<Reply> {
  const { token, authorization, 'content-type': type } = request.headers;
  const headers = Object.entries({ token, authorization, 'content-type': type }).filter(([, value]) => value);
  const { method = 'GET' } = request;
  const body = method === 'GET' ? null : new Uint8Array(form);
  const response = await fetch(origin + request.url, {
    method,
    headers: headers as [string, string][],
    body,
    redirect: 'manual',
  });
  return {
    status: response.status,
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
    body: Buffer.from(await response.arrayBuffer()),
  };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, 'Content-Length': body.length }).end(body);
}

function changed(reply: Reply, fault: AnswerFault): Reply {
  const { status = reply.status, headers = reply.headers, prefix = '' } = fault;
  const { set = {}, remove = [], scale = {} } = fault;
  const isChanged = Object.keys({ ...set, ...scale }).length + remove.length > 0;
  const change = (key: string, value: unknown) => {
    if (remove.includes(key)) return undefined;
    if (key in scale) return Number(value) * scale[key]!;
    return key in set ? literal(set[key]) : value;
  };
  const own = reply.body.toString();
  const text = fault.body ?? (isChanged ? JSON.stringify(JSON.parse(own, change)) : own);
  return { status, headers, body: Buffer.from(prefix + text.replaceAll('"1e999"', '1e999')) };
}

/** `"9×100000"` is a digit 100 000 times. */
function literal(value: unknown): unknown {
  const [, digit, count] = (typeof value === 'string' && /^(.)×(\d+)(.*)$/.exec(value)) || [];
  return digit && count
    ? digit.repeat(Number(count)) + String(value).slice(`${digit}×${count}`.length)
    : value;
}
