import { Agent, type AgentOptions } from '../../agent.ts';
import { systemClock } from '../../base/clock.ts';
import { SourceError } from '../../base/errors.ts';
import { pushMetrics } from '../../export/pushgateway.ts';
import { nodeFetch } from '../../http/node-fetch.ts';
import type { SourceStatus } from '../../model/status.ts';
import { DONE, FAILED, logStart } from '../program.ts';

/** What could wait and is not read by then is left out: hundreds of plants at the pace of the cloud. */
const LONGEST_COLLECTION_MS = 10 * 60_000;
const MOST_REASONS = 3;

/**
 * Reads every source once and sends what a scrape would show to the Pushgateway. When no source could be read, or
 * those that could have no plants, nothing is sent, so that a failure cannot look like news.
 * @returns 0 when all went well or the signal was aborted, else 1
 */
export async function push(options: AgentOptions, signal: AbortSignal): Promise<number> {
  const { log, clock = systemClock, fetch = nodeFetch } = options;
  const agent = await Agent.create({ ...options, once: LONGEST_COLLECTION_MS });
  logStart(log, options.config, agent.status());
  try {
    const complete = await agent.pollOnce(signal, clock.now() + LONGEST_COLLECTION_MS);
    signal.throwIfAborted();
    const { sources } = agent.status();
    if (sources.length === 0) {
      log.info('Nothing is pushed: this shard has no source');
      return DONE;
    }
    const failing = sources.filter(({ state }) => state === 'failing' || state === 'empty');
    if (failing.length === sources.length) {
      log.error(`Nothing is pushed, because no source could be read: ${reasonsOf(failing)}`);
      return FAILED;
    }
    const text = String(await agent.metrics('text'));
    await pushMetrics(text, { gateway: options.config.pushgateway, clock, fetch, signal });
    const samples = text.match(/^[^#\n]/gm)?.length ?? 0;
    log.info(`Pushed ${samples} samples of ${sources.length - failing.length} of ${sources.length} sources`);
    return complete && failing.length === 0 ? DONE : FAILED;
  } catch (error) {
    if (signal.aborted) {
      log.info('Stopped');
      return DONE;
    }
    if (!(error instanceof SourceError)) throw error;
    log.error(error.message);
    return FAILED;
  } finally {
    await agent.stop();
  }
}

function reasonsOf(failing: readonly SourceStatus[]): string {
  const reasons = failing.slice(0, MOST_REASONS).map(({ name, problem = 'failed' }) => `${name}: ${problem}`);
  const more = failing.length - reasons.length;
  return [...reasons, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
