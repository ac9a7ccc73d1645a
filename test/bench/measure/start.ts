import { setTimeout as delay } from 'node:timers/promises';
import { homePlant } from '../../../src/simulators/growatt/plants.ts';
import { freePort } from '../../real/support.ts';
import type { Results } from '../results.ts';
import { median } from '../statistics.ts';
import { Child, type ChildOptions } from './child.ts';
import { Fleet } from './fleet.ts';
import { get } from './http.ts';
import { type Programs, runtimeEnv } from './programs.ts';

const DEADLINE_MS = 30_000;

/** Starts the agent, with the configuration of a home, and bare Node in turn until each answers. */
export async function measureStart(programs: Programs, rounds: number): Promise<Results['start']> {
  const fleet = await Fleet.start({ plants: (now) => [homePlant(now)], cycles: 1 });
  const agent: number[] = [];
  const bareNode: number[] = [];
  const startAgent = await repeatedStart(programs, onNode(programs.agent), fleet);
  for (let round = 0; round < rounds; round++) {
    bareNode.push(await firstAnswer(onNode(programs.bareNode), (port) => ({ PORT: String(port) })));
    agent.push(await startAgent());
  }
  await fleet.stop();
  return { agent: median(agent), bareNode: median(bareNode) };
}

/**
 * An agent that is started again and again, each time with the same state folder, as a service is. It was stopped once,
 * so that the folder holds what it compiled.
 * @returns starts it, and says after how many milliseconds it answered
 */
export async function repeatedStart(
  programs: Programs,
  agent: Command,
  fleet: Fleet,
): Promise<() => Promise<number>> {
  const stateFolder = programs.stateFolder();
  const start = (end?: 'SIGTERM') => {
    const env = (port: number) => ({
      ...fleet.env,
      STATE_DIR: stateFolder,
      EXPORTER_LISTEN_ADDR: `127.0.0.1:${port}`,
    });
    return firstAnswer(agent, env, end);
  };
  await start('SIGTERM');
  return () => start();
}

type Command = Pick<ChildOptions, 'command' | 'args'>;

/** How a program in JavaScript is started. */
export const onNode = (program: string): Command => ({ command: process.execPath, args: [program] });

/** Milliseconds from the start of a process to the first answer of /metrics. */
async function firstAnswer(
  program: Command,
  env: (port: number) => Record<string, string>,
  end?: 'SIGTERM',
): Promise<number> {
  const port = await freePort();
  const started = performance.now();
  const child = new Child({ ...program, env: { ...runtimeEnv(), ...env(port) } });
  try {
    while (performance.now() - started < DEADLINE_MS) {
      const answer = await get(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
      if (answer) return performance.now() - started;
      await delay(1);
    }
    throw new Error(`${[program.command, ...program.args].join(' ')} did not answer in time`);
  } finally {
    await child.stop(end);
  }
}
