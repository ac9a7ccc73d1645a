import { Agent, type AgentOptions } from '../../agent.ts';
import { startServer } from '../../export/server.ts';
import { DONE, RunError } from '../program.ts';

/** Within five seconds everything has to be over; this much of it is for scrapes under way. */
const SCRAPE_GRACE_MS = 3000;

/** Serves an agent over HTTP until the signal is aborted. @throws RunError when the port cannot be had */
export async function serve(options: AgentOptions, signal: AbortSignal): Promise<number> {
  const { config, log } = options;
  const agent = new Agent(options);
  const server = await startServer({ listen: config.exporter.listenAddr, surface: agent, log }).catch(
    (error: Error) => {
      throw new RunError(error.message, { cause: error });
    },
  );
  log.info(`Metrics are at ${server.url}/metrics, the status page is at ${server.url}/`);
  await agent.run(signal);
  log.info('Stopping');
  await Promise.all([server.close(SCRAPE_GRACE_MS), agent.stop()]);
  return DONE;
}
