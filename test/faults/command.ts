import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { FaultRow, Observation } from '../../src/docs/faults.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const options = z.strictObject({
  args: z.array(z.string()).default([]),
  /** `FOLDER` is an empty folder, `TAKEN` a port on which another server listens. */
  env: z.record(z.string(), z.string()).default({}),
  /** Files in the folder, by name; a folder for none. */
  files: z.record(z.string(), z.string().nullable()).default({}),
});

/** The program as a process of its own that cannot start: its exit code, and what it says. */
export async function command(t: TestContext, row: FaultRow): Promise<Observation> {
  const { args, env, files } = options.parse(row.with);
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    if (text === null) mkdirSync(join(folder, name));
    else writeFileSync(join(folder, name), text);
  }
  chmodSync(folder, 0o700);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const fill = (text: string) => text.replaceAll('FOLDER', folder).replaceAll('TAKEN', String(port));
  const given = Object.entries(env).map(([name, value]) => [name, fill(value)]);
  const child = spawn(process.execPath, [MAIN, ...args.map(fill)], {
    env: { PATH: process.env.PATH, LOG_FORMAT: 'text', LOG_LEVEL: 'warn', ...Object.fromEntries(given) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      output += text;
    });
  }
  const [code] = await once(child, 'close');
  const lines = output.replaceAll(folder, 'FOLDER').replaceAll(String(port), 'PORT').trimEnd().split('\n');
  return {
    shown: { 'exit code': Number(code) },
    logged: lines.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, '')),
    tries: 'none',
    recovers: 'with the next start',
  };
}
