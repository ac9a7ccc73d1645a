import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { version } from '../../src/base/version.ts';
import { main } from '../../src/cli/main.ts';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';

type Done = (error?: Error) => void;
type Take = (text: string, done: Done) => void;

/** A process whose standard output is taken by `take`, and which notes how it would end. */
function processWith({
  take = (_text, done) => done(),
  env = {},
  isTTY = false,
}: {
  take?: Take;
  env?: Record<string, string>;
  isTTY?: boolean;
} = {}) {
  let err = '';
  const exits: number[] = [];
  const written = new EventEmitter();
  const write = (_chunk: unknown, _encoding: string, done: Done) => done();
  const stderr = Object.assign(new Writable({ write }), {
    isTTY,
    write: (text: string) => {
      err += text;
      written.emit('text');
      return true;
    },
  });
  const stdout = new Writable({ write: (chunk, _encoding, done) => take(String(chunk), done) });
  const exit = (code: number) => void exits.push(code);
  const process = Object.assign(new EventEmitter(), { env, stdout, stderr, exit });
  return {
    process: process as unknown as NodeJS.Process,
    err: () => err,
    exits,
    /** Resolves once standard error holds this. */
    async says(pattern: RegExp) {
      while (!pattern.test(err)) await once(written, 'text');
    },
  };
}

test('a command ends only when its output was taken: the rest would be lost with the process', async () => {
  const taken = Promise.withResolvers<Done>();
  let out = '';
  const take: Take = (text, done) => {
    out += text;
    taken.resolve(done);
  };
  let code: number | undefined;
  const ended = main(['--version'], processWith({ take }).process).then((given) => {
    code = given;
  });
  const done = await taken.promise;
  await new Promise(setImmediate);
  assert.equal(code, undefined);
  done();
  await ended;
  assert.equal(code, 0);
  assert.equal(out, `solar-otel-agent ${version}\n`);
});

test('a reader that has seen enough ends a command quietly', async () => {
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  const { process, err } = processWith({ take: (_text, done) => done(gone) });
  assert.equal(await main(['--help'], process), 0);
  assert.equal(err(), '');
});

test('output that cannot be written is a failure', async () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
  const { process, err } = processWith({ take: (_text, done) => done(full) });
  assert.equal(await main(['--help'], process), 1);
  assert.equal(err(), 'Standard output cannot be written (ENOSPC).\n');
});

test('bad usage and a bad configuration are exit code 2 and a message without a stack', async () => {
  const usage = processWith();
  assert.equal(await main(['run', '--no-such-flag'], usage.process), 2);
  assert.match(usage.err(), /^Unknown flag --no-such-flag\./);
  const nothing = processWith();
  assert.equal(await main([], nothing.process), 2);
  const invalid = processWith({ env: { TRUCKI_TARGETS: 'a', COLLECT_INTERVAL: 'soon' } });
  assert.equal(await main(['check'], invalid.process), 2);
  assert.match(invalid.err(), /COLLECT_INTERVAL/);
  for (const { err } of [usage, nothing, invalid]) assert.doesNotMatch(err(), /\n +at /);
});

/** The agent over one simulated stick, as the command line starts it. */
async function startedAgent(options: { env?: Record<string, string>; isTTY?: boolean } = {}) {
  const stick = await startTruckiStick({ firmware: 'jsonlive' });
  const env = {
    TRUCKI_TARGETS: `shed=${stick.address}`,
    TRUCKI_PASSWORD: 'not-to-be-seen',
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
    ...options.env,
  };
  const agent = processWith({ ...options, env });
  const ended = main([], agent.process);
  await agent.says(/first poll succeeded/);
  return {
    ...agent,
    async end() {
      agent.process.emit('SIGTERM');
      const code = await ended;
      await stick.close();
      return code;
    },
  };
}

test('the first line says what was started, with which sources and where the state is', async () => {
  const { err, end } = await startedAgent({ env: { TRUCKI_INTERVAL: '90s' } });
  assert.equal(await end(), 0);
  const { time, ...first } = JSON.parse(err().split('\n', 1)[0] ?? '');
  assert.match(time, /^\d{4}-/);
  assert.deepEqual(first, {
    level: 'info',
    message: 'Starting solar-otel-agent',
    version,
    node: globalThis.process.version,
    sources: 'trucki/shed every 1m30s',
    state_dir: 'none',
  });
});

test('the log has colours on a terminal, unless NO_COLOR or TERM says otherwise', async () => {
  const hasColours = async (isTTY: boolean, env: Record<string, string>) => {
    const { err, end } = await startedAgent({ isTTY, env: { LOG_FORMAT: 'text', ...env } });
    await end();
    return err().includes('\u001b[36mINFO');
  };
  assert.equal(await hasColours(true, {}), true);
  assert.equal(await hasColours(true, { NO_COLOR: '' }), true, 'empty is as if unset');
  assert.equal(await hasColours(true, { NO_COLOR: '1' }), false);
  assert.equal(await hasColours(true, { TERM: 'dumb' }), false);
  assert.equal(await hasColours(false, {}), false);
});

test('one signal stops the agent, a second one ends it without waiting', async () => {
  const { process, exits, end } = await startedAgent();
  process.emit('SIGINT');
  assert.deepEqual(exits, []);
  process.emit('SIGTERM');
  assert.deepEqual(exits, [1]);
  assert.equal(await end(), 0);
});

test('a client that does not read its answers delays the end, but not beyond five seconds', async () => {
  const { err, end } = await startedAgent();
  const [, port] = /http:\/\/127\.0\.0\.1:(\d+)\/metrics/.exec(err()) ?? [];
  const client = connect(Number(port), '127.0.0.1').pause();
  client.on('error', () => {});
  client.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20_000));
  // Meanwhile the server answers as many of them as the connection takes.
  for (let i = 0; i < 50; i++) await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const before = performance.now();
  assert.equal(await end(), 0);
  const took = performance.now() - before;
  client.destroy();
  assert.match(err(), /"Stopping"\}\n$/);
  assert.ok(took > 1000 && took < 5000, `${took} ms`);
});

test('an uncaught error ends with two lines for people, and its stack is in the log without secrets', async () => {
  const { process, err, exits, end } = await startedAgent();
  const before = err().length;
  const cause = new Error('from http://admin:not-to-be-seen@host');
  process.emit('uncaughtException', new TypeError('x is not a function', { cause }));
  const [line = '', ...others] = err().slice(before).trimEnd().split('\n');
  assert.deepEqual(others, [
    `solar-otel-agent ${version} stopped because of an internal error (TypeError).`,
    'Please report it, with the log line above.',
  ]);
  const { level, message, stack } = JSON.parse(line);
  assert.deepEqual([level, message], ['error', 'Internal error, please report it']);
  assert.match(
    stack,
    /^TypeError: x is not a function\n +at .*\ncaused by: Error: from http:\/\/admin:\[redacted\]@host\n +at /s,
  );
  assert.deepEqual(exits, [1]);
  await end();
});

test('a command that fails by a defect ends in the same way, with exit code 1', async () => {
  const take: Take = () => {
    throw new RangeError('a defect');
  };
  const { process, err } = processWith({ take });
  assert.equal(await main(['--version'], process), 1);
  assert.match(err(), /"level":"error".*"stack":"RangeError: a defect\\n +at /);
  assert.match(err(), /internal error \(RangeError\)\.\nPlease report it, with the log line above\.\n$/);
});

for (const name of ['GROWATT_TOKEN', 'TRUCKI_PASSWORD']) {
  const text = `$\{${name}}`;
  test(`a placeholder that nothing was put into, as ${name}, is a usage error`, async () => {
    const { process, err } = processWith({ env: { TRUCKI_TARGETS: 'a', [name]: text } });
    assert.equal(await main(['check'], process), 2);
    assert.equal(err(), `${name}: looks like a placeholder; give the value itself\n`);
  });
}
