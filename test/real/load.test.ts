import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parseExposition } from '../export/exposition-parser.ts';
import { startProgram } from './support.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
/** How long the load lasts; less while one works on this test. */
const SECONDS = Number(process.env.LOAD_SECONDS ?? 60);
/** Together fewer than the agent answers at once, so that none of them may be refused. */
const CLIENTS = 20;
const SLOW = 18;
/** Prometheus gives up after ten. */
const LONGEST_SCRAPE_MS = 10_000;

/** A client that takes a long time to ask, or to read what it is answered. */
async function slowClient(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect').catch(() => {});
    const stop = () => socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    socket.pause();
    for (const letter of 'GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n') {
      if (signal.aborted || socket.destroyed) break;
      socket.write(letter);
      await delay(100, undefined, { signal }).catch(() => {});
    }
    // Reads nothing of the answer.
    if (!signal.aborted) await delay(3000, undefined, { signal }).catch(() => {});
    signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

test(`wrk for ${SECONDS} s with ${SLOW} slow clients beside it: scrapes and probes are answered all along`, async (t) => {
  const agent = await startProgram(t, {
    program: process.execPath,
    package: 'nodejs',
    args: ({ port }) => [join(ROOT, 'src/main.ts'), 'demo', '-p', String(port)],
    ready: '/readyz',
  });
  const over = new AbortController();
  const slow = Array.from({ length: SLOW }, () => slowClient(agent.port, over.signal));
  const load = run('wrk', [
    '-t1',
    `-c${CLIENTS}`,
    `-d${SECONDS}s`,
    '--timeout',
    '20s',
    `${agent.url}/metrics`,
  ]);
  let running = true;
  const finished = load.finally(() => {
    running = false;
  });
  const polls: number[] = [];
  const times: number[] = [];
  while (running) {
    for (const path of ['/metrics', '/healthz', '/readyz']) {
      const began = performance.now();
      const response = await fetch(agent.url + path);
      const text = await response.text();
      times.push(performance.now() - began);
      assert.equal(response.status, 200, `${path}: ${text.slice(0, 100)}`);
      if (path !== '/metrics') continue;
      const { samples } = parseExposition(text);
      const success = samples.filter(
        ({ name, labels }) => name === 'solar_agent_polls_total' && labels.outcome === 'success',
      );
      polls.push(success.reduce((sum, { value }) => sum + value, 0));
    }
    await delay(250);
  }
  over.abort();
  const { stdout } = await finished.finally(() => Promise.allSettled(slow));
  for (const line of stdout.trim().split('\n')) t.diagnostic(line.trim());
  assert.doesNotMatch(stdout, /Non-2xx|Socket errors/);
  assert.ok(Math.max(...times) < LONGEST_SCRAPE_MS, `the slowest answer took ${Math.max(...times)} ms`);
  assert.ok(times.length >= SECONDS, `${times.length} answers`);
  assert.ok(polls.at(-1)! > polls[0]!, 'sources are polled meanwhile');
});
