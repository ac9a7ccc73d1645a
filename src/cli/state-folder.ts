import { hostname } from 'node:os';
import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Config } from '../config/config.ts';
import { FolderInUse, type FolderLock, lockFolder } from '../state/folder-lock.ts';
import { prepareStateFolder } from '../state/state-folder.ts';
import { RunError } from './program.ts';

/**
 * Does something while no other agent uses the state folder, if one is configured.
 * @param command what this process does, for those that it keeps out
 * @throws ConfigError when the folder cannot be written, RunError when another agent uses it
 */
export async function withStateFolder<T>(
  { stateDir }: Pick<Config, 'stateDir'>,
  { command, log }: { readonly command: string; readonly log: Log },
  action: () => Promise<T>,
): Promise<T> {
  if (stateDir === undefined) return await action();
  await prepareStateFolder(stateDir);
  const lock = await take(stateDir, command, log);
  try {
    return await action();
  } finally {
    await lock?.release();
  }
}

/** @returns undefined, with a warning, where the file system takes no sockets */
async function take(folder: string, command: string, log: Log): Promise<FolderLock | undefined> {
  try {
    const since = systemClock.now();
    return await lockFolder(folder, { pid: process.pid, host: hostname(), command, since });
  } catch (error) {
    if (error instanceof FolderInUse) throw new RunError(inUse(folder, error), { cause: error });
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    log.warn(
      `STATE_DIR: ${folder} takes no socket (${code}), so that another agent that uses it is not noticed`,
    );
    return undefined;
  }
}

function inUse(folder: string, { holder }: FolderInUse): string {
  const rest = 'Stop it, or set another STATE_DIR for this one.';
  if (!holder) return `STATE_DIR ${folder} is in use by a process that does not say which it is. ${rest}`;
  const { command, pid, host, since } = holder;
  const time = new Date(since).toISOString().slice(0, 19).replace('T', ' ');
  // It comes from another process, and goes to a terminal.
  const who = `solar-otel-agent ${command}, pid ${pid} on ${host}`.replace(/\p{Cc}/gu, ' ');
  return `STATE_DIR ${folder} is in use by ${who}, since ${time} UTC.\n${rest}`;
}
