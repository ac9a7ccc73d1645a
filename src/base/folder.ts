import { mkdirSync, statSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** For whose eyes a folder is, as `chmod` has it. */
export interface FolderOptions {
  readonly mode?: number;
}

/**
 * Makes a folder and those above it that are missing. Unlike the `recursive` of Node's `mkdir` (22 and 24), it ends
 * where a folder takes no other, as `/proc` does.
 * @throws the system's error
 */
export async function makeFolder(path: string, options: FolderOptions = {}): Promise<void> {
  const absolute = resolve(path);
  const make = async () => {
    try {
      await mkdir(absolute, options);
    } catch (error) {
      const isThere = !isMissing(error) && (await stat(absolute).catch(() => undefined))?.isDirectory();
      if (!isThere) throw error;
    }
  };
  try {
    await make();
  } catch (error) {
    if (!isMissing(error) || dirname(absolute) === absolute) throw error;
    await makeFolder(dirname(absolute), options);
    await make();
  }
}

/** As `makeFolder`. @throws the system's error */
export function makeFolderSync(path: string, options: FolderOptions = {}): void {
  const absolute = resolve(path);
  const make = () => {
    try {
      mkdirSync(absolute, options);
    } catch (error) {
      if (isMissing(error) || !statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) throw error;
    }
  };
  try {
    make();
  } catch (error) {
    if (!isMissing(error) || dirname(absolute) === absolute) throw error;
    makeFolderSync(dirname(absolute), options);
    make();
  }
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';
