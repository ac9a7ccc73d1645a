import { createHash } from 'node:crypto';
import type { Format } from '../settings/format.ts';

/** Which part of the sources this process reads. */
export interface Shard {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

const MOST_SHARDS = 10_000;

/** `i/n` with i from 0, or `NAME-i/n`, where NAME-i is the name of a StatefulSet's pod. */
export const shard: Format<Shard> = {
  allowed: 'i/n or POD-i/n with i from 0 to n-1, such as 0/3',
  parse(text) {
    const match = /^(?:[a-z0-9.-]*[a-z0-9]-)?(\d{1,5})\/(\d{1,5})$/.exec(text.trim());
    if (!match) return undefined;
    const [index, count] = [Number(match[1]), Number(match[2])];
    return count >= 1 && count <= MOST_SHARDS && index < count ? { index, count } : undefined;
  },
  show: ({ index, count }) => `${index}/${count}`,
};

/**
 * Whether a source belongs to a shard, by rendezvous hashing: the shard that scores highest for a name owns it, so
 * each is owned by exactly one, and a shard more takes only its own share from the others.
 */
export function owns({ index, count }: Shard, name: string): boolean {
  const scores = Array.from({ length: count }, (_, shard) => scoreOf(name, shard));
  return scores.indexOf(Math.max(...scores)) === index;
}

function scoreOf(name: string, shard: number): number {
  return createHash('sha256').update(`${name}\0${shard}`).digest().readUIntBE(0, 6);
}
