import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

const FILE = 'compiled-code';
/** V8 makes about 2 MiB of the whole program. */
const MOST_BYTES = 16 * 1024 * 1024;
/** A link or a named pipe that was put there is neither followed nor waited for. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const WRITABLE_BY_OTHERS = 0o022;
const CHECKSUM_BYTES = 4;

/** A program of which nothing was kept at an earlier start, or nothing that is of use. */
export interface Uncompiled {
  /** Where to keep what is compiled of it. */
  readonly folder: string;
  /** Of the program and of the runtime: what was compiled for another one is not taken. */
  readonly identity: string;
  readonly script: Script;
}

/**
 * What V8 compiled of a program at an earlier start.
 * @returns undefined where there is none that can be trusted: it would be run as it is, so that it has to be whole, and
 * in a file of this process's own user that no other user may write to
 */
export function readCompiledCode(folder: string, identity: string): Buffer | undefined {
  try {
    const file = openSync(join(folder, FILE), READ);
    try {
      if (!isOwn(fstatSync(file))) return undefined;
      const content = readFileSync(file);
      const code = content.subarray(0, -CHECKSUM_BYTES);
      return content.readUInt32LE(code.length) === checksum(code, identity) ? code : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}

/** Keeps what V8 has compiled for the next start, as far as the folder can be written: without, a start takes longer. */
export async function writeCompiledCode({ folder, identity, script }: Uncompiled): Promise<void> {
  const code = script.createCachedData();
  const path = join(folder, FILE);
  const fresh = `${path}.new`;
  const end = Buffer.alloc(CHECKSUM_BYTES);
  end.writeUInt32LE(checksum(code, identity));
  try {
    // Left by a process that was killed while writing.
    await rm(fresh, { force: true });
    await writeFile(fresh, Buffer.concat([code, end]), { flag: 'wx', mode: 0o600 });
    await rename(fresh, path);
  } catch {
    await rm(fresh, { force: true }).catch(() => {});
  }
}

const checksum = (code: Buffer, identity: string) => crc32(identity, crc32(code));

function isOwn(stats: Stats): boolean {
  return (
    stats.isFile() &&
    stats.size <= MOST_BYTES &&
    stats.uid === process.getuid?.() &&
    (stats.mode & WRITABLE_BY_OTHERS) === 0
  );
}
