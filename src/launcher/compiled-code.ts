import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

const FILE = 'compiled-code';
/** V8 makes about 2 MiB of the whole program. */
const MOST_BYTES = 16 * 1024 * 1024;
/** A link or a named pipe that was put there is neither followed nor waited for. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const WRITABLE_BY_OTHERS = 0o022;
const CHECKSUM_BYTES = 4;

/**
 * What V8 compiled of a program at an earlier start.
 * @param identity of the program and of the runtime: what was compiled for another one is not taken
 * @returns undefined where there is none that can be trusted: it would be run as it is, so that it has to be whole, and
 * in a file of this process's own user that nobody else may write to
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

/** Keeps it for the next start, as far as the folder can be written: without it, a start only takes longer. */
export async function writeCompiledCode(folder: string, identity: string, code: Buffer): Promise<void> {
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
