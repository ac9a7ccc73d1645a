import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/**
 * Where an agent says in its log that it serves, such as `http://127.0.0.1:9120`. Its log is read on, so that the agent
 * does not wait for a reader.
 * @param log its standard error
 * @throws Error with the log when it ends without having said so
 */
export function servedUrl(log: Readable): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const lines: string[] = [];
  createInterface({ input: log })
    .on('line', (line) => {
      lines.push(line);
      const url = /https?:\S+(?=\/metrics)/.exec(line)?.[0];
      if (url) resolve(url);
    })
    .on('close', () => reject(new Error(`It ended:\n${lines.join('\n')}`)));
  return promise;
}
