import { REDACTED } from '../base/redacted.ts';

/** One mistake in the configuration. */
export interface Problem {
  /** Variable (`COLLECT_INTERVAL`), path in the file (`plants[0].timezone`) or flag (`-p`). */
  readonly key: string;
  /** What is wrong or what is allowed, as it follows the key and a colon. */
  readonly message: string;
  /** The text that was given; absent for secrets and for settings that are missing. */
  readonly value?: string;
}

/** The configuration cannot be used; `problems` holds every mistake and `message` one line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(line).join('\n'));
    this.problems = problems;
  }
}

const LONGEST_VALUE = 80;

function line({ key, value, message }: Problem): string {
  return `${key}: ${message}${value === undefined ? '' : `, not ${JSON.stringify(value)}`}`;
}

/** A given text as it may be shown: shortened, and without anything that could be a password in a URL. */
export function presentable(text: string): string {
  const masked = text.replace(/^.*@/s, `${REDACTED}@`).replace(/\?.*$/s, `?${REDACTED}`);
  return masked.length > LONGEST_VALUE ? `${masked.slice(0, LONGEST_VALUE)}…` : masked;
}
