import { Agent, type AgentOptions } from '../../agent.ts';
import { startServer } from '../../export/server.ts';
import { Gate } from '../../export/web/gate.ts';
import { DONE, logStart, RunError } from '../program.ts';
import { withStateFolder } from '../state-folder.ts';

/** Stopping takes at most five seconds; of these, scrapes under way get so much. */
const SCRAPE_GRACE_MS = 4000;

/** Serves an agent over HTTP until the signal is aborted. @throws RunError when it cannot listen, ConfigError */
export async function serve(options: AgentOptions, signal: AbortSignal): Promise<number> {
  const { config, log } = options;
  return await withStateFolder(config, { command: 'run', log }, () => serveAlone(options, signal));
}

async function serveAlone(options: AgentOptions, signal: AbortSignal): Promise<number> {
  const { config, log } = options;
  const { listenAddr: listen, webConfigFile } = config.exporter;
  const gate = webConfigFile === undefined ? undefined : new Gate({ path: webConfigFile, log });
  const agent = new Agent(options);
  const observer = agent.observeHttp();
  logStart(log, config, agent.status());
  const server = await startServer({ listen, surface: agent, log, gate, observer }).catch((error: Error) => {
    throw new RunError(error.message, { cause: error });
  });
  log.info(`Serving metrics at ${server.url}/metrics, the status page at ${server.url}/`);
  await agent.run(signal);
  log.info('Stopping');
  await Promise.all([server.close(SCRAPE_GRACE_MS), agent.stop()]);
  return DONE;
}
