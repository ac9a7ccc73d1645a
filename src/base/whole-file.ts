import { constants, type Stats } from 'node:fs';
import { lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolder } from './folder.ts';
import { asTurnsAllow } from './turns.ts';

/** A link or a named pipe that is put there after the check is neither followed nor waited for. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Something else is in the place of a file. */
export class IrregularFileError extends Error {
  constructor(path: string, kind: string) {
    super(`${path} is ${kind}: state is neither restored nor saved until it is removed`);
  }
}

/** A file is larger than it can be in truth; the message is the end of a sentence about it. */
export class FileSizeError extends Error {
  constructor(mostBytes: number) {
    super(`is larger than ${mostBytes} bytes`);
  }
}

/**
 * The text of a file that `replaceFile` wrote; undefined when there is none.
 * @throws IrregularFileError, FileSizeError, the system's error
 */
export async function readWhole(path: string, mostBytes: number): Promise<string | undefined> {
  const stats = await statOf(path);
  if (!stats) return undefined;
  if (stats.size > mostBytes) throw new FileSizeError(mostBytes);
  const file = await open(path, READ);
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Replaces a file as a whole, so that a loss of power leaves the old one or the new one; its folder is made when it is
 * missing. Calls for one file must not overlap.
 * @throws IrregularFileError, the system's error
 */
export async function replaceFile(path: string, parts: string | Iterable<string>): Promise<void> {
  await makeFolder(dirname(path), { mode: 0o700 });
  await statOf(path);
  const fresh = `${path}.new`;
  // Left by an agent that was killed while writing.
  if (await statOf(fresh)) await rm(fresh);
  const file = await open(fresh, 'wx', 0o600);
  try {
    try {
      // A piece is often written before the next turn of the event loop, so that other work would have to wait.
      await file.writeFile(typeof parts === 'string' ? parts : asTurnsAllow(parts));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {});
    throw error;
  }
}

/** The system's word for an error, such as `ENOSPC`; undefined where it is none of the system's. */
export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;

/** @returns undefined when there is no such file @throws IrregularFileError for anything but a regular file */
async function statOf(path: string): Promise<Stats | undefined> {
  let stats: Stats;
  try {
    stats = await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  if (stats.isFile()) return stats;
  const isKind = {
    'a symbolic link': stats.isSymbolicLink(),
    'a folder': stats.isDirectory(),
    'a named pipe': stats.isFIFO(),
  };
  const kind = Object.entries(isKind).find(([, is]) => is)?.[0] ?? 'not a regular file';
  throw new IrregularFileError(path, kind);
}
