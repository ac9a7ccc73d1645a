import type { Reply } from '../server.ts';
import type { World } from './world.ts';

/** A refusal of the cloud, sent with HTTP status 200. */
export class ApiError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** One call that has passed the token check. */
export interface ApiCall {
  world: World;
  now: number;
  /** A parameter, trimmed; `''` when it is missing. */
  param(name: string): string;
}

export interface Endpoint {
  method: 'GET' | 'POST';
  /** Least time between equal calls, ms. */
  every: number | ((call: ApiCall) => number);
  /** Equal calls allowed in 24 hours. */
  perDay?: number;
  /** The answer without its error code; throws ApiError. */
  answer(call: ApiCall): object;
}

/** Path without its `/v1/` or `/v4/` prefix → endpoint. */
export type Endpoints = Record<string, Endpoint>;

export type RefusalKind = 'denied' | 'frequent' | 'system';

/** How each API version words success and the refusals that any call can meet. */
export interface Envelope {
  success(answer: object): object;
  failure(code: number, message: string): object;
  refusals: Record<RefusalKind, readonly [code: number, message: string]>;
}

const V1: Envelope = {
  success: (answer) => ({ ...answer, error_code: 0, error_msg: '' }),
  failure: (code, message) => ({ error_msg: message, data: '', error_code: code }),
  refusals: {
    denied: [10011, 'error_permission_denied'],
    frequent: [10012, 'error_frequently_access'],
    system: [10001, 'system error'],
  },
};

const V4: Envelope = {
  success: (answer) => ({ code: 0, ...answer, message: 'SUCCESSFUL_OPERATION' }),
  failure: (code, message) => ({ code, message, data: null }),
  refusals: {
    denied: [2, 'INVALID_TOKEN'],
    frequent: [102, 'FREQUENTLY_ACCESS'],
    system: [1, 'SYSTEM_ERROR'],
  },
};

/** The wording of the API that a path belongs to. */
export function envelopeOf(path: string): Envelope {
  return path.includes('/new-api/') ? V4 : V1;
}

/** JSON the way the cloud sends it: as HTML. */
export function json(value: object): Reply {
  return { headers: { 'Content-Type': 'text/html;charset=UTF-8' }, body: JSON.stringify(value) };
}

/** Refuses a call in the words of its API. */
export function refuse(path: string, kind: RefusalKind): Reply {
  const envelope = envelopeOf(path);
  return json(envelope.failure(...envelope.refusals[kind]));
}

/** The page a call asks for, and how many there are in all; more than 100 rows a page is error 10013. */
export function paginate<T>({ param }: ApiCall, rows: readonly T[]): { count: number; rows: T[] } {
  const page = positive(param('page'), 1);
  const size = positive(param('perpage'), 20);
  if (size > 100) throw new ApiError(10013, 'number of pages cannot exceed 100');
  if (page > 250) throw new ApiError(10014, 'page cannot exceed 250');
  return { count: rows.length, rows: rows.slice((page - 1) * size, page * size) };
}

/** A parameter that has to be a whole number from 1 on. */
export function positive(text: string, fallback: number): number {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : fallback;
}
