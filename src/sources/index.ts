import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { owns } from '../config/shard.ts';
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
  trucki: truckiSources,
};

/** All sources that the configuration names, or the part of them that this process has to read. */
export function createSources(means: Means): readonly Source[] {
  return Object.values(kinds).flatMap((create) => create(means));
}

/** The cloud counts calls by token, so accounts that share one share its queue, and are never in two processes. */
function growattSources({ config, clock, fetch }: Means): readonly Source[] {
  const { accounts, growatt: settings, history } = config;
  const queues = new Map<string, CallQueue>();
  return accounts.flatMap((account) => {
    const first = accounts.find(({ token }) => token === account.token) ?? account;
    if (!isOurs(config, `growatt/${first.name}`)) return [];
    const queue = queues.get(account.token) ?? new CallQueue(clock, settings.callSpacing);
    queues.set(account.token, queue);
    return [new GrowattSource({ account, settings, history, queue, clock, fetch })];
  });
}

function truckiSources({ config, fetch }: Means): readonly Source[] {
  const { sticks, interval, legacyNames } = config.trucki;
  return sticks
    .filter(({ name }) => isOurs(config, `trucki/${name}`))
    .map((stick) => createTruckiSource({ stick, interval, legacyNames, fetch }));
}

const isOurs = ({ shard }: Config, name: string) => !shard || owns(shard, name);
