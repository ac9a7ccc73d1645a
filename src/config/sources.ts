import type { SourceTools } from '../model/kind.ts';
import type { CallObserver } from '../model/observer.ts';
import type { Source } from '../model/source.ts';
import { type Config, kindsIn } from './config.ts';
import { owns } from './shard.ts';

/** The sources of a configuration: those that this process polls, and the names of all. */
export interface Sources {
  readonly own: readonly Source[];
  readonly names: readonly string[];
}

const unobserved: CallObserver = { attempted() {}, retried() {} };

/** Creates the sources that this process polls: all, or those of its shard. */
export function createSources(
  config: Pick<Config, 'sources' | 'shard'>,
  tools: Omit<SourceTools, 'owns'>,
): Sources {
  const { shard } = config;
  const create = (some: SourceTools) => kindsIn(config).flatMap(([kind, part]) => kind.create(part, some));
  if (!shard) {
    const own = create({ ...tools, owns: () => true });
    return { own, names: own.map(({ name }) => name) };
  }
  // What belongs together is known to the kinds only, so the names are those of the sources that all shards have.
  const all = create({ ...tools, owns: () => true, observer: () => unobserved });
  const own = create({ ...tools, owns: (name) => owns(shard, name) });
  return { own, names: all.map(({ name }) => name) };
}
