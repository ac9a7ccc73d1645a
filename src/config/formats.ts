import convict from 'convict';
import { Cron } from 'croner';
import { formatDuration, parseDuration } from '../base/duration.ts';
import { REDACTED } from '../base/redacted.ts';
import {
  decodeLeniently,
  isHostAddress,
  parseBaseUrl,
  parseEndpoint,
  parseListenAddress,
  parsePushgatewayUrl,
} from './addresses.ts';
import { parseShard } from './shard.ts';

/** Limits that a setting adds to its format. */
export interface Limits {
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

/** Every value arrives as text, from the environment, the file or a flag, or is a default. */
interface Format {
  /** The value that a text stands for; the text itself when it stands for none. */
  coerce(text: string): unknown;
  accepts(value: unknown, limits: Limits): boolean;
  /** What is allowed, as it follows “must be”. */
  allowed(limits: Limits): string;
}

const LONGEST_DURATION_MS = 366 * 86_400_000;
const YES = ['true', 'yes', '1'];
const NO = ['false', 'no', '0'];
/** What the export sets itself, and what would break its requests. */
const OWN_HEADERS =
  /^(?:content-(?:type|length|encoding)|connection|expect|host|te|trailer|transfer-encoding|upgrade|user-agent)$/i;
/** setTimeout takes no more than 2³¹ − 1 ms. */
const LONGEST_TIMER_MS = 24 * 86_400_000;

/** A format whose values stay the texts they are. */
function text(
  allowed: string,
  isValid: (text: string) => boolean,
  coerce = (given: string) => given,
): Format {
  return {
    coerce,
    accepts: (value) => typeof value === 'string' && isValid(value),
    allowed: () => allowed,
  };
}

const printable = (value: string) => value !== '' && !/\p{Cc}/u.test(value);

/** Whether a text can be sent as the HTTP header that carries a Growatt token. */
const isToken = (value: string) => /^[\x21-\x7e]+$/.test(value) && value !== REDACTED;

function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

function isSchedule(expression: string): boolean {
  try {
    const fields = expression.trim().split(/\s+/);
    return fields.length === 5 && new Cron(expression, { paused: true }).nextRun() !== null;
  } catch {
    return false;
  }
}

const splitList = (given: string) =>
  given
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);

/** The formats of the schema, by the name that its settings use. */
export const FORMATS = {
  duration: {
    coerce: (given) => parseDuration(given) ?? given,
    accepts: (value, { min = 0, max = LONGEST_DURATION_MS }) =>
      typeof value === 'number' && value >= min && value <= max,
    allowed: ({ min = 0, max = LONGEST_DURATION_MS }) =>
      `a duration from ${formatDuration(min)} to ${formatDuration(max)} with its unit (such as 30s, 5m or 1h30m)`,
  },
  switch: {
    coerce: (given) =>
      YES.includes(given.toLowerCase()) || (NO.includes(given.toLowerCase()) ? false : given),
    accepts: (value) => typeof value === 'boolean',
    allowed: () => 'true or false',
  },
  count: {
    coerce: (given) => (/^\d{1,9}$/.test(given) ? Number(given) : given),
    accepts: (value, { min = 0, max = 1e9 }) => typeof value === 'number' && value >= min && value <= max,
    allowed: ({ min = 0, max = 1e9 }) => `a whole number from ${min} to ${max}`,
  },
  choice: {
    coerce: (given) => given.toLowerCase(),
    accepts: (value, { choices = [] }) => typeof value === 'string' && choices.includes(value),
    allowed: ({ choices = [] }) =>
      [choices.slice(0, -1).join(', '), choices.at(-1)].filter(Boolean).join(' or '),
  },
  list: {
    coerce: splitList,
    accepts: (value) => Array.isArray(value),
    allowed: () => 'a list',
  },
  /** `key=value,…` with percent-encoding, as OpenTelemetry's variables have it (W3C Baggage). */
  baggage: {
    coerce: (given) => splitList(given).map(decodeLeniently),
    accepts: (value) => Array.isArray(value),
    allowed: () => 'a list of key=value',
  },
  /** A duration as OpenTelemetry's variables have it; one with its unit is understood too. */
  milliseconds: {
    coerce: (given) => (/^\d{1,15}$/.test(given) ? Number(given) : (parseDuration(given) ?? given)),
    accepts: (value, { min = 0, max = LONGEST_TIMER_MS }) =>
      typeof value === 'number' && value >= min && value <= max,
    allowed: ({ min = 0, max = LONGEST_TIMER_MS }) =>
      `a whole number of milliseconds from ${min} to ${max}, or a duration with its unit such as 30s`,
  },
  token: text('printable ASCII without spaces, as it was copied', isToken),
  password: text('text without control characters', (value) => printable(value) && value !== REDACTED),
  label: text(
    'label=value with a label of letters, digits and _, not beginning with a digit or with __',
    (value) => /^(?!__)[A-Za-z_]\w*$/.test(value),
  ),
  text: text('text without control characters', (value) => !/\p{Cc}/u.test(value)),
  name: text('a name without control characters', (value) => printable(value) && value === value.trim()),
  attribute: text('name=value without control characters', printable),
  id: text('an id without spaces', (value) => /^[^\s\p{Cc}]+$/u.test(value)),
  path: text('a path', printable),
  timezone: text('an IANA time zone such as Europe/Berlin', isTimeZone),
  cron: text('a cron expression of five fields such as 5 0 * * *', isSchedule),
  shard: text('i/n or POD-i/n with i from 0 to n-1, such as 0/3', (value) => parseShard(value) !== undefined),
  listen: text(
    'host:port such as :9120, 127.0.0.1:9120 or [::1]:9120, port 0 to 65535',
    (value) => parseListenAddress(value) !== undefined,
  ),
  address: text('host or host:port, without scheme, path or query', isHostAddress),
  baseurl: text(
    'an http:// or https:// URL without credentials and query',
    (value) => parseBaseUrl(value) !== undefined,
    (given) => parseBaseUrl(given) ?? given,
  ),
  endpoint: text(
    'an http:// or https:// URL without credentials and query; credentials go into a header',
    (value) => parseEndpoint(value) !== undefined,
    (given) => parseEndpoint(given) ?? given,
  ),
  otlpprotocol: text(
    "http/protobuf or http/json (no gRPC: take the receiver's port for HTTP, usually 4318)",
    (value) => value === 'http/protobuf' || value === 'http/json',
    (given) => given.toLowerCase(),
  ),
  headername: text(
    'name=value with the name of an HTTP header that the export does not set itself',
    (value) => /^[!#$%&'*+.^_`|~\w-]+$/.test(value) && !OWN_HEADERS.test(value),
  ),
  headervalue: text(
    'name=value with a value of printable ASCII',
    (value) => /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(value) && value !== REDACTED,
  ),
  pushgateway: text(
    'an http:// or https:// URL without query',
    (value) => parsePushgatewayUrl(value) !== undefined,
    (given) => parsePushgatewayUrl(given) ?? given,
  ),
} satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;

// convict keeps its formats in one table for the whole process.
for (const [name, format] of Object.entries<Format>(FORMATS)) {
  convict.addFormat({
    name,
    coerce: format.coerce,
    validate(value: unknown, setting: convict.SchemaObj & Limits) {
      if (!format.accepts(value, setting)) throw new Error(`must be ${format.allowed(setting)}`);
    },
  });
}
