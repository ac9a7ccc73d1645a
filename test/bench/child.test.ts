import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const MODULE = new URL('measure/child.ts', import.meta.url).href;
const IDLE = 'setInterval(() => {}, 1e9); console.log("http://127.0.0.1:1")';

/** A program that starts a process as the bench does, says which one, and then does something. */
const parent = (then: string) => `
  import { Child } from ${JSON.stringify(MODULE)};
  const child = new Child({ command: process.execPath, args: ['-e', ${JSON.stringify(IDLE)}] });
  await child.url();
  console.log(child.pid);
  ${then}
`;

for (const [what, then, signal] of [
  ['Ctrl-C', 'setInterval(() => {}, 1e9);', 'SIGINT'],
  ['SIGTERM', 'setInterval(() => {}, 1e9);', 'SIGTERM'],
  ['an error', 'throw new Error("deliberate");', undefined],
] as const)
  test(`no process that is measured outlives the bench after ${what}`, async () => {
    const bench = spawn(process.execPath, ['--input-type=module', '-e', parent(then)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = once(bench, 'exit');
    const [line] = (await once(bench.stdout.setEncoding('utf8'), 'data')) as [string];
    const pid = Number(line);
    assert.ok(pid > 0, line);
    if (signal) bench.kill(signal);
    await ended;
    while (isRunning(pid)) await new Promise((resolve) => setImmediate(resolve));
  });

/** Whether there is such a process that has not ended; one that nobody waited for has. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = `/proc/${pid}/stat`;
  return !(existsSync(stat) && /\) Z /.test(readFileSync(stat, 'utf8')));
}
