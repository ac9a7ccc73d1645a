import { SourceError } from '../base/errors.ts';
import type { DiscoveryEntry, OnProgress } from '../model/source.ts';
import type { Poller } from './poller.ts';

/** What one source has access to. */
export interface SourceDiscovery {
  readonly source: string;
  readonly devices: readonly DiscoveryEntry[];
  /** Why nothing could be listed. */
  readonly problem?: string;
}

/**
 * Lists what each source has access to, or why that is not possible.
 * @param onProgress learns how far all sources together are
 */
export async function discoverAll(
  pollers: readonly Poller[],
  signal: AbortSignal,
  onProgress?: OnProgress,
): Promise<readonly SourceDiscovery[]> {
  const progress = pollers.map(() => ({ done: 0, expected: 0 }));
  return await Promise.all(
    pollers.map(async (poller, i): Promise<SourceDiscovery> => {
      const source = poller.source.name;
      const onSourceProgress: OnProgress = (ofSource) => {
        progress[i] = ofSource;
        const sum = (key: 'done' | 'expected') => progress.reduce((total, each) => total + each[key], 0);
        onProgress?.({ done: sum('done'), expected: sum('expected') });
      };
      try {
        return { source, devices: await poller.discover(signal, onSourceProgress) };
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        return { source, devices: [], problem: error.message };
      }
    }),
  );
}
