import { pino } from 'pino';
import { printable, printableJson } from './printable.ts';
import { REDACTED } from './redacted.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** The four levels this program writes at; `fields` become JSON members or `key=value` text. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: 'json' | 'text';
  /** Colours the level in text, for terminals. */
  readonly colour?: boolean;
  /** Where lines go. */
  readonly write: (line: string) => void;
  /** Redacted wherever they occur, also in the middle of a message. */
  readonly secrets?: readonly string[];
}

/** ANSI colours (SGR parameters) of the levels. */
const COLOURS: Readonly<Record<LogLevel, number>> = { debug: 90, info: 36, warn: 33, error: 31 };

/** Shorter secrets would redact half of the words of a line. */
const SHORTEST_SECRET = 4;

/** A log of one line for each event, JSON for machines or text for people. */
export function createLog({ level, format, colour = false, write, secrets = [] }: LogOptions): Log {
  // The longest first, or a secret that begins like another would leave the other's end.
  const hidden = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .toSorted((a, b) => b.length - a.length);
  const clean = (text: string) => hidden.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line: string) =>
        write(format === 'json' ? `${printableJson(line.trimEnd())}\n` : toText(line, colour)),
    },
  );
  const at =
    (name: LogLevel) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      logger[name](cleaned(fields, clean), clean(message));
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Removes secrets before a line is made of the fields: escaped, a secret would no longer be found. */
function cleaned(fields: Record<string, unknown>, clean: (text: string) => string): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(fields, (_key, value) => (typeof value === 'string' ? clean(value) : value)),
  );
}

interface Line extends Record<string, unknown> {
  readonly time: string;
  readonly level: LogLevel;
  readonly message: string;
}

/** `2026-06-21 12:00:00 WARN  message key=value`, in local time. */
function toText(line: string, colour: boolean): string {
  const { time, level, message, ...fields }: Line = JSON.parse(line);
  const at = new Date(time);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString();
  const details = Object.entries(fields).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  // Messages quote answers of devices: no line break or escape sequence may get into the log.
  const safe = printable(`${message}${details.join('')}`);
  const word = level.toUpperCase().padEnd(5);
  const shown = colour ? `\u001b[${COLOURS[level]}m${word}\u001b[39m` : word;
  return `${local.slice(0, 19).replace('T', ' ')} ${shown} ${safe}\n`;
}
