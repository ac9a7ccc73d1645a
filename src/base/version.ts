import { readFileSync } from 'node:fs';

/** Replaced by the bundler; undefined when run from a checkout. */
declare const BUNDLED_VERSION: string | undefined;

/** The version in package.json. */
export const version: string =
  typeof BUNDLED_VERSION === 'string'
    ? BUNDLED_VERSION
    : (
        JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
          version: string;
        }
      ).version;
