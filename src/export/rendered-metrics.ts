import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import { type ExpositionFormat, renderText } from './text-format.ts';

/** Scrapes that come closer together than this (milliseconds) get the same text while nothing changed. */
const LIFETIME_MS = 1000;

interface Rendered {
  readonly version: number;
  readonly at: number;
  readonly text: string;
}

/**
 * Renders the metrics and keeps the newest text of each format, for as long as the store has the same version
 * and at most a second: values expire and the process's own metrics change without a new version.
 * @param version of the store
 */
export function createMetricsRenderer(collect: () => Promise<CollectionResult>, version: () => number) {
  const newest = new Map<ExpositionFormat, Rendered>();
  return async (format: ExpositionFormat): Promise<string> => {
    const known = newest.get(format);
    const at = performance.now();
    if (known && known.version === version() && at - known.at < LIFETIME_MS) return known.text;
    const present = version();
    const { resourceMetrics, errors } = await collect();
    if (errors.length > 0) throw new Error(`collecting the metrics failed: ${String(errors[0])}`);
    const text = renderText(resourceMetrics, format);
    newest.set(format, { version: present, at, text });
    return text;
  };
}
