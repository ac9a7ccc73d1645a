import { Agent, type AgentOptions } from '../../agent.ts';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/config.ts';
import { startServer } from '../../export/server.ts';
import type { Gate } from '../../export/web/gate.ts';
import { DONE, logStart, type Program, type ProgramLog, RunError } from '../program.ts';
import { Reloader } from '../reloader.ts';
import { ServiceManager } from '../service-manager.ts';

/** Stopping takes at most five seconds; of these, scrapes under way get so much. */
const SCRAPE_GRACE_MS = 4000;

export interface ServeOptions extends AgentOptions {
  readonly log: ProgramLog;
  /** Reads the configuration anew. @throws ConfigError */
  readonly load: () => Config;
}

/** Serves an agent over HTTP until the signal is aborted. @throws RunError when it cannot listen, ConfigError */
export async function serve(options: ServeOptions, program: Program): Promise<number> {
  const { config, log, load, clock = systemClock } = options;
  const { listenAddr: listen, webConfigFile } = config.exporter;
  const gate = webConfigFile === undefined ? undefined : await gateOf(webConfigFile, log);
  const agent = await Agent.create(options);
  const observer = agent.observeHttp();
  const manager = new ServiceManager({ env: program.env, pid: process.pid, log });
  const reloading = new Reloader({ load, config, agent, gate, log, clock, manager });
  agent.observeReloads(() => reloading.state);
  logStart(log, config, agent.status());
  const serving = startServer({ listen, surface: agent, log, gate, observer, reloading });
  const server = await serving.catch((error: Error) => {
    throw new RunError(error.message, { cause: error });
  });
  const where = `metrics at ${server.url}/metrics, the status page at ${server.url}/`;
  log.info(`Serving ${where}`);
  program.onHangUp?.(() => void reloading.reload());
  void manager.ready(`Serves ${where}`);
  await agent.run(program.signal);
  log.info('Stopping');
  await reloading.stop();
  await Promise.all([manager.stopping(), server.close(SCRAPE_GRACE_MS), agent.stop()]);
  return DONE;
}

/** What lets clients in as a web configuration says. Only with one TLS and passwords are loaded. */
async function gateOf(path: string, log: Log): Promise<Gate> {
  const { Gate } = await import('../../export/web/gate.ts');
  return new Gate({ path, log });
}
