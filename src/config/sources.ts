import type { SourceTools } from '../model/kind.ts';
import type { CallObserver } from '../model/observer.ts';
import type { Source } from '../model/source.ts';
import { type Config, kindsIn } from './config.ts';
import { owns } from './shard.ts';

const unobserved: CallObserver = { attempted() {}, retried() {} };

/** The names of all sources of a configuration, also of those that other shards poll. */
export function sourceNames(
  config: Pick<Config, 'sources'>,
  tools: Pick<SourceTools, 'clock' | 'fetch'>,
): readonly string[] {
  // What belongs together is known to the kinds only, so the names are those of the sources that all shards have.
  const all = { ...tools, owns: () => true, observer: () => unobserved };
  return kindsIn(config).flatMap(([kind, part]) => kind.create(part, all).map(({ name }) => name));
}

/** Creates the sources that this process polls: all, or those of its shard. */
export function createSources(
  config: Pick<Config, 'sources' | 'shard'>,
  tools: Omit<SourceTools, 'owns'>,
): readonly Source[] {
  const { shard } = config;
  const divided = { ...tools, owns: (name: string) => !shard || owns(shard, name) };
  return kindsIn(config).flatMap(([kind, part]) => kind.create(part, divided));
}
