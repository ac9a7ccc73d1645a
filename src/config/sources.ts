import type { DerivedTools } from '../model/derived.ts';
import type { SourceTools } from '../model/kind.ts';
import type { CallObserver } from '../model/observer.ts';
import type { Source } from '../model/source.ts';
import { type Config, derivedPartsIn, kindsIn } from './config.ts';
import { owns } from './shard.ts';

/** What is shared between sources, by key; one for each agent. */
export function sharedObjects(): SourceTools['shared'] {
  const known = new Map<string, unknown>();
  return <T>(key: string, create: () => T): T => {
    if (!known.has(key)) known.set(key, create());
    // A kind uses a key for one thing only.
    return known.get(key) as T;
  };
}

const unobserved: CallObserver = { attempted() {}, retried() {} };

/** The names of all sources of a configuration, also of those that other shards poll. */
export function sourceNames(
  config: Pick<Config, 'sources'>,
  tools: Pick<SourceTools, 'clock' | 'fetch'>,
): readonly string[] {
  // What belongs together is known to the kinds only, so the names are those of the sources that all shards have.
  const apart = { observer: () => unobserved, shared: sharedObjects() };
  const all = { ...tools, ...apart, owns: () => true };
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

/** Creates what is worked out from the readings of this process, for the plants that are known now. */
export function createDerivedSources(
  config: Pick<Config, 'derived'>,
  tools: DerivedTools,
): readonly Source[] {
  return derivedPartsIn(config).flatMap(([part, made]) => part.create(made, tools));
}
