import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';

/** Who uses a folder, as it says itself. */
const holder = z.object({
  pid: z.number(),
  /** Name of its machine or container. */
  host: z.string().max(300),
  command: z.string().max(300),
  /** When it began, milliseconds since the epoch. */
  since: z.number(),
});

const announcement = holder.extend({ state: z.enum(['starting', 'holding']) });

export type Holder = z.infer<typeof holder>;

/** Another process uses the folder. */
export class FolderInUse extends Error {
  /** undefined: it does not say, or not in time. */
  readonly holder: Holder | undefined;

  constructor(folder: string, by: Holder | undefined) {
    super(`${folder} is in use`);
    this.holder = by;
  }
}

export interface LockOptions {
  /** Milliseconds in which a process that listens has to say who it is. */
  readonly answerTime?: number;
}

export interface FolderLock {
  /** Lets others take the folder. */
  release(): Promise<void>;
}

const SOCKET = /^agent-[0-9a-f]{16}\.sock$/;
/** A socket that is not announced yet; or was left by a process that was killed then. */
const UNANNOUNCED = /^agent-[0-9a-f]{16}\.new$/;
/** What the system takes as the path of a socket, in bytes: 108 with a zero at the end, 104 on some systems. */
const LONGEST_PATH = 103;
const LONGEST_ANSWER = 2048;
const ANSWER_MS = 2000;
const RETRY_MS = 20;
/** In all, for one that started at the same moment to leave. */
const MOST_RETRIES = 500;
const MOST_ANNOUNCEMENTS = 5;

/**
 * Takes a folder for this process alone, also among containers that share it: there each process has the number 1,
 * so that a file with a number tells nothing. A process announces itself by a Unix socket of its own in the folder,
 * and then asks all others that it finds. A socket without a listener was left by a process that has ended, and
 * is removed: its name never comes again. Of several that start at the same moment the one with the first name stays.
 * @throws FolderInUse; the system's error where the folder takes no socket
 */
export async function lockFolder(
  folder: string,
  by: Holder,
  { answerTime = ANSWER_MS }: LockOptions = {},
): Promise<FolderLock> {
  const own = await announce(folder, by);
  try {
    for (let retry = 0; ; retry++) {
      const others = await askOthers(folder, own.name, answerTime);
      const first = others.filter(
        ({ name, answer }) =>
          answer === 'silent' || (answer !== 'leaving' && (answer.state === 'holding' || name < own.name)),
      );
      // Another that starts as well may be about to leave: who has the folder is to be named.
      const inUse = first.find(({ answer }) => isHolding(answer)) ?? first[0];
      if (inUse || (others.length > 0 && retry === MOST_RETRIES)) {
        const { answer = 'silent' } = inUse ?? others[0] ?? {};
        throw new FolderInUse(folder, typeof answer === 'string' ? undefined : answer);
      }
      if (others.length === 0) break;
      await delay(RETRY_MS);
    }
  } catch (error) {
    await own.release();
    throw error;
  }
  own.hold();
  return own;
}

/** Listens on a socket that has its name in the folder only when it answers. */
async function announce(folder: string, by: Holder) {
  let state: z.infer<typeof announcement>['state'] = 'starting';
  for (let attempt = 1; ; attempt++) {
    const id = `agent-${randomBytes(8).toString('hex')}`;
    const name = `${id}.sock`;
    const place = socketPlace(folder, `${id}.new`);
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(`${JSON.stringify({ ...by, state })}\n`);
      socket.resume();
    });
    const release = async () => {
      await rm(join(folder, name), { force: true }).catch(() => {});
      await closed(server);
      place.free();
    };
    try {
      // An agent of another user must be able to connect.
      server.listen({ path: place.path, writableAll: true, readableAll: true });
      await once(server, 'listening');
      server.unref();
      await rename(join(folder, `${id}.new`), join(folder, name));
    } catch (error) {
      await release();
      // Another process removed it as left over, in the moment before it listened.
      if (codeOf(error) === 'ENOENT' && attempt < MOST_ANNOUNCEMENTS) continue;
      throw error;
    }
    const hold = () => {
      state = 'holding';
    };
    return { name, hold, release };
  }
}

/**
 * `gone`: there is no listener. `silent`: the listener does not say who it is, such as a process that was stopped.
 * `leaving`: it stopped listening just then.
 */
type Answer = z.infer<typeof announcement> | 'gone' | 'silent' | 'leaving';

const isHolding = (answer: Answer) => typeof answer === 'object' && answer.state === 'holding';

/** Who else is there; removes what those left behind that have ended. */
async function askOthers(folder: string, own: string, answerTime: number) {
  const names = await readdir(folder);
  const remainders = names.filter((name) => UNANNOUNCED.test(name));
  await Promise.all(remainders.map((name) => askOrRemove(folder, name, answerTime)));
  const others = names.filter((name) => SOCKET.test(name) && name !== own);
  const answers = await Promise.all(
    others.map(async (name) => ({ name, answer: await askOrRemove(folder, name, answerTime) })),
  );
  return answers.flatMap(({ name, answer }) => (answer === 'gone' ? [] : [{ name, answer }]));
}

async function askOrRemove(folder: string, name: string, answerTime: number) {
  const place = socketPlace(folder, name);
  try {
    const answer = await ask(place.path, answerTime);
    if (answer === 'gone') await rm(join(folder, name), { force: true }).catch(() => {});
    return answer;
  } finally {
    place.free();
  }
}

function ask(path: string, answerTime: number): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const socket = connect(path);
  let text = '';
  const silent = () => {
    resolve('silent');
    socket.destroy();
  };
  const timer = setTimeout(silent, answerTime);
  socket.setEncoding('utf8');
  socket.on('data', (data: string) => {
    text += data;
    if (text.length > LONGEST_ANSWER) silent();
  });
  socket.on('error', (error) => {
    if (['ECONNREFUSED', 'ENOENT'].includes(codeOf(error) ?? '')) resolve('gone');
    else if (codeOf(error) !== 'ECONNRESET') resolve('silent');
  });
  socket.on('close', () => {
    clearTimeout(timer);
    resolve(parsed(text) ?? (text === '' ? 'leaving' : 'silent'));
  });
  return promise;
}

function parsed(text: string): z.infer<typeof announcement> | undefined {
  try {
    return announcement.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The path of a socket, short enough also where that of its folder is not. */
function socketPlace(folder: string, name: string): { readonly path: string; free(): void } {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= LONGEST_PATH) return { path, free() {} };
  const descriptor = openSync(folder, 'r');
  return { path: `/proc/self/fd/${descriptor}/${name}`, free: () => closeSync(descriptor) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => void server.close(() => resolve()));
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined;
