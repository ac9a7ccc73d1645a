import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';

/** Prints each file that a process loads. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      console.error('loaded ' + url);
      return next(url, context);
    },
  });
`)}`;

/** What an agent over a stick has loaded when it serves: files, and modules of Node. */
async function loaded(
  t: TestContext,
  { args = [], env = {} }: { args?: readonly string[]; env?: Readonly<Record<string, string>> } = {},
): Promise<readonly string[]> {
  const agent = spawn(process.execPath, ['--import', WATCH, 'src/main.ts', 'run', ...args], {
    env: { EXPORTER_LISTEN_ADDR: '127.0.0.1:0', TRUCKI_TARGETS: '127.0.0.1:1', LOG_FORMAT: 'text', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  t.after(() => agent.kill('SIGKILL'));
  const files: string[] = [];
  for await (const line of createInterface({ input: agent.stderr })) {
    const [, file] = /^loaded (\S+)$/.exec(line) ?? [];
    if (file !== undefined) files.push(file);
    if (line.includes('Serving metrics')) return files;
  }
  throw new Error('it does not serve');
}

const OTLP = /\/export\/otlp\.ts$|\/otlp-exporter-base\/|\/otlp-transformer\/|-otlp-http\//;
const WEB_CONFIG = /\/export\/web\/(?:gate|certificates|passwords|bcrypt-thread)\.ts$/;
const any = (files: readonly string[], pattern: RegExp) => files.filter((file) => pattern.test(file));

test('an agent loads neither OTLP, nor a web configuration, nor TLS, nor simulators, nor what is for the docs, where it needs none', async (t) => {
  const files = await loaded(t);
  assert.ok(files.length > 100, `${files.length} files`);
  for (const pattern of [
    OTLP,
    WEB_CONFIG,
    /^node:(?:https|tls)$/,
    /\/src\/(?:simulators|backfill|capture)\//,
    // The description of the API, for the documentation.
    /\/src\/view\/status-api\.ts$/,
  ])
    assert.deepEqual(any(files, pattern), []);
});

test('what sends by OTLP is loaded where there is an endpoint, and TLS and passwords with a web configuration', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rm(folder, { recursive: true }));
  const web = join(folder, 'web.yml');
  await writeFile(web, '');
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
  const files = await loaded(t, { args: ['--web.config.file', web], env });
  assert.ok(any(files, OTLP).length > 3);
  assert.equal(any(files, WEB_CONFIG).length, 4);
});
