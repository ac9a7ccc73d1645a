/** The thread that checks passwords, one at a time: a check takes some 0.1 s of computing. */
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** What it is asked. */
export interface Question {
  readonly password: string;
  /** A bcrypt hash of version 2b. */
  readonly hash: string;
}

parentPort?.on('message', ({ password, hash }: Question) => {
  parentPort?.postMessage(compareSync(password, hash));
});
