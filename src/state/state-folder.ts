import { constants } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ConfigError } from '../settings/problems.ts';

const PROBE = 'write-test';
/** What was put there in the place of the file is neither followed nor waited for. */
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Makes a folder and those above it that are missing, each for its owner alone. Unlike the `recursive` of Node's
 * `mkdir` (22 and 24), it ends where a folder takes no other, as `/proc` does.
 * @throws the system's error
 */
export async function makeFolder(path: string): Promise<void> {
  const absolute = resolve(path);
  try {
    await makeOne(absolute);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(absolute) === absolute) throw error;
    await makeFolder(dirname(absolute));
    await makeOne(absolute);
  }
}

/** Makes the folder of the state, and tries whether it takes a file. @throws ConfigError */
export async function prepareStateFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    const probe = join(folder, PROBE);
    try {
      const file = await open(probe, WRITE, 0o600);
      try {
        await file.writeFile('x');
        await file.sync();
      } finally {
        await file.close();
      }
    } finally {
      await rm(probe, { force: true }).catch(() => {});
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    const reason = REASONS[code] ?? code;
    const message = `${folder} cannot be written (${reason}): name a folder that the agent may write to`;
    throw new ConfigError([{ key: 'STATE_DIR', message }]);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EEXIST: 'it is not a folder',
  ENOENT: 'it cannot be made there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
};

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const isThere = codeOf(error) !== 'ENOENT' && (await stat(path).catch(() => undefined))?.isDirectory();
    if (!isThere) throw error;
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;
