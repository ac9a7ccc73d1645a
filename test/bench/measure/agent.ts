import { Child } from './child.ts';
import { type Programs, runtimeEnv } from './programs.ts';

/** The bundle of the agent with the options of the deployments, and with a state folder as they have one. */
export function startAgent(
  programs: Programs,
  env: Readonly<Record<string, string>>,
  { probed = true }: { readonly probed?: boolean } = {},
): Child {
  return new Child({
    command: process.execPath,
    args: [...(probed ? ['--require', programs.probe] : []), programs.agent],
    probed,
    env: {
      ...runtimeEnv(),
      STATE_DIR: programs.stateFolder(),
      EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
      LOG_FORMAT: 'text',
      ...env,
    },
  });
}

/** Another program in JavaScript, with the same options for Node. */
export function startNode(programs: Programs, program: string): Child {
  return new Child({
    command: process.execPath,
    args: ['--require', programs.probe, program],
    probed: true,
    env: runtimeEnv(),
  });
}
