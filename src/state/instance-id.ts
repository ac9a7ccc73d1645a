import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../base/folder.ts';
import type { Log } from '../base/log.ts';

const NAME = 'instance-id';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** A UUID and a line break. */
const BYTES = 37;
/** A link or a named pipe in its place is neither followed nor waited for. */
const OPEN = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The id of the agent that keeps its state in this folder: the same at each start, wherever that is.
 * @returns undefined, with a warning, where it cannot be kept
 */
export async function keptInstanceId(folder: string, log: Log): Promise<string | undefined> {
  const path = join(folder, NAME);
  try {
    await makeFolder(folder, { mode: 0o700 });
    const file = await open(path, OPEN, 0o600);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(BYTES), 0, BYTES, 0);
      const kept = buffer.toString('latin1', 0, bytesRead).trim();
      if (UUID.test(kept)) return kept;
      const id = randomUUID();
      await file.truncate();
      await file.write(`${id}\n`, 0);
      await file.sync();
      return id;
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    log.warn(`${path} cannot be used (${code}): service.instance.id is made of the names of the sources`);
    return undefined;
  }
}

/**
 * The id of an agent that keeps no state: made of the names of all sources that are configured, and of the shard.
 * Nothing of it is of the machine, so that an agent that is started elsewhere continues the same series.
 * @param shard from 0; undefined when sources are not divided up
 */
export function namedInstanceId(sources: readonly string[], shard: number | undefined): string {
  const content = JSON.stringify([sources.toSorted(), shard ?? null]);
  const hex = createHash('sha256').update(content).digest('hex');
  // Version 8: made as its application sees fit (RFC 9562, 5.8).
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}
