import type { Place } from './known-part.ts';
import type { SecretReader } from './secret.ts';

/** What reading a whole configuration takes. */
export type Context = Place & SecretReader;
