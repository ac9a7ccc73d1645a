import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { check } from '../../src/cli/commands/check.ts';
import { demo } from '../../src/cli/commands/demo.ts';
import { healthcheck } from '../../src/cli/commands/healthcheck.ts';
import { ConfigError } from '../../src/settings/problems.ts';
import { TLS, webFolder } from '../export/web/support.ts';
import { deadAddress } from '../helpers/http.ts';
import { testProgram } from './program.ts';

const HASH = '$2b$04$focUICPAf28lBrxAcHd1/e3zG.yl8JoDAQIZQG2EBLl6wRiMakI8K';

/** What `healthcheck` says and returns with these variables and flags. */
async function asked(env: Record<string, string>, flags: Record<string, string> = {}, configFile?: string) {
  const { program, out, err } = testProgram(env);
  const code = await healthcheck({ configFile, flags }, program);
  return { code, said: out() + err() };
}

/** The demo with this web configuration. @returns the port it listens on */
async function startDemo(t: TestContext, webConfig: string) {
  const { file } = webFolder(t, webConfig);
  const { program, stop, written, err } = testProgram({ EXPORTER_LISTEN_ADDR: '127.0.0.1:0' });
  const ended = demo({ flags: { '--web.config.file': file } }, program);
  t.after(async () => {
    stop();
    assert.equal(await ended, 0);
  });
  const [, scheme, port = ''] = await written(/(https?):\/\/127\.0\.0\.1:(\d+)\/metrics/);
  return { scheme, port, file, err };
}

test('healthcheck finds the agent behind TLS and passwords, without source, password or web configuration', async (t) => {
  const { scheme, port, file, err } = await startDemo(t, `${TLS}basic_auth_users: {alice: ${HASH}}\n`);
  assert.equal(scheme, 'https');
  const said = `healthy: https://127.0.0.1:${port}/healthz asks for a password, so it answers (401).\n`;
  const env = { EXPORTER_LISTEN_ADDR: `127.0.0.1:${port}` };
  assert.deepEqual(await asked(env), { code: 0, said });
  assert.deepEqual(await asked(env, { '--web.config.file': file }), { code: 0, said });
  assert.deepEqual(await asked(env, { '--web.config.file': '/nowhere' }), { code: 0, said });
  assert.deepEqual(await asked({}, { '-p': `:${port}` }), { code: 0, said });
  assert.doesNotMatch(err(), /\$2b\$|PRIVATE/);
});

test('healthcheck takes the address from the configuration file, whatever else is wrong in it', async (t) => {
  const { port } = await startDemo(t, '');
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'agent.yaml');
  writeFileSync(file, `exporter: {listen_addr: "127.0.0.1:${port}"}\ntoken: \${NOT_SET}\nnonsense: 1\n`);
  assert.equal((await asked({}, {}, file)).code, 0);
});

test('healthcheck is 1 and one line where no agent answers, or where it cannot be found', async () => {
  const dead = await deadAddress();
  for (const [env, said] of [
    [
      { EXPORTER_LISTEN_ADDR: dead },
      /^unhealthy: http:\/\/127.* does not answer: nothing listens there\.\n$/,
    ],
    [
      { EXPORTER_LISTEN_ADDR: ':0' },
      /^unhealthy: EXPORTER_LISTEN_ADDR must name a port; with 0 only the log knows it\.\n$/,
    ],
    [
      { EXPORTER_LISTEN_ADDR: 'nonsense' },
      /^unhealthy: EXPORTER_LISTEN_ADDR: must be host:port such as [^\n]*\n$/,
    ],
    [{ EXPORTER_MODE: 'push' }, /^unhealthy: in push mode the agent serves nothing\.\n$/],
  ] as const) {
    const answer = await asked({ ...env });
    assert.equal(answer.code, 1);
    assert.match(answer.said, said);
  }
});

test('check reads the web configuration: a mistake is an error that names file and key, an oddity a warning', async (t) => {
  const { file, write } = webFolder(t, 'rate_limit: {interval: 1s}\n');
  const { program, out, err } = testProgram({ TRUCKI_TARGETS: 'shed=127.0.0.1' });
  const invocation = { configFile: undefined, flags: { '--web.config.file': file } };
  assert.equal(await check(invocation, program), 0);
  assert.equal(err(), `Warning: ${file}: rate_limit.burst: below 1, so every request is answered 429\n`);
  assert.match(out(), new RegExp(`web_config_file: ${file}`));
  write('web.yml', 'tls_server_config: {min_version: TLS9}\n');
  await assert.rejects(check(invocation, program), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(
      error.message,
      /^\/.*web\.yml: tls_server_config\.min_version: must be TLS10, .*, not "TLS9"$/,
    );
    return true;
  });
});

test('the demo does not start with a web configuration that has a mistake', async (t) => {
  const { file } = webFolder(t, 'basic_auth_users: {alice: secret}\n');
  const { program, err } = testProgram({ EXPORTER_LISTEN_ADDR: '127.0.0.1:0' });
  await assert.rejects(demo({ flags: { '--web.config.file': file } }, program), ConfigError);
  assert.doesNotMatch(err(), /secret|Serving/);
});
