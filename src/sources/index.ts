import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { CallQueue } from './growatt/pace.ts';
import { GrowattSource } from './growatt/source.ts';
import type { Source } from './source.ts';
import { createTruckiSource } from './trucki/source.ts';

interface Means {
  readonly config: Config;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
}

/** One line for each kind of source: how the configuration becomes sources of that kind. */
const kinds: Readonly<Record<string, (means: Means) => readonly Source[]>> = {
  growatt: growattSources,
  trucki: ({ config: { trucki }, fetch }) =>
    trucki.sticks.map((stick) =>
      createTruckiSource({ stick, interval: trucki.interval, legacyNames: trucki.legacyNames, fetch }),
    ),
};

/** All sources that the configuration names. */
export function createSources(means: Means): readonly Source[] {
  return Object.values(kinds).flatMap((create) => create(means));
}

/** The cloud counts calls by token, so accounts that share one share its queue. */
function growattSources({
  config: { accounts, growatt: settings, history },
  clock,
  fetch,
}: Means): readonly Source[] {
  const queues = new Map<string, CallQueue>();
  return accounts.map((account) => {
    const queue = queues.get(account.token) ?? new CallQueue(clock, settings.callSpacing);
    queues.set(account.token, queue);
    return new GrowattSource({ account, settings, history, queue, clock, fetch });
  });
}
