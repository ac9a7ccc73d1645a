/** `$2y$10$…`: version, cost, 22 characters of salt and 31 of hash; Go takes any version 2. */
const HASH = /^\$2[a-z]?\$(0[4-9]|[12]\d|3[01])\$([./A-Za-z0-9]{53})$/;

/** The cost of a bcrypt hash, 4 to 31; undefined when it is none. Each one more doubles the time of a check. */
export function costOf(hash: string): number | undefined {
  const [, cost] = HASH.exec(hash) ?? [];
  return cost === undefined ? undefined : Number(cost);
}

/** The same hash with the version that bcryptjs knows: they differ in the mistakes of old programs only. */
export function normalized(hash: string): string {
  const [, cost, rest] = HASH.exec(hash) ?? [];
  return `$2b$${cost}$${rest}`;
}
