import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../base/folder.ts';
import { ConfigError } from '../settings/problems.ts';

const PROBE = 'write-test';
/** What was put there in the place of the file is neither followed nor waited for. */
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Makes the folder of the state, and tries whether it takes a file. @throws ConfigError */
export async function prepareStateFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder, { mode: 0o700 });
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

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;
