import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { deadAddress } from '../helpers/http.ts';
import { startChild } from './child.ts';

/** An agent with a stick that does not answer, as soon as it serves. */
async function servingAgent(t: TestContext, env: Readonly<Record<string, string>> = {}) {
  const stick = { TRUCKI_TARGETS: await deadAddress(), TRUCKI_INTERVAL: '1h' };
  const agent = startChild(t, [], { ...stick, EXPORTER_LISTEN_ADDR: '127.0.0.1:0', ...env });
  const [, url = ''] = await agent.says(/(http:\/\/127\.0\.0\.1:\d+)\/metrics/);
  return { ...agent, url };
}

/** Sends the process a signal as soon as it begins to listen to it. */
function signalAtOnce(signal: string): Readonly<Record<string, string>> {
  const code = `process.on('newListener', (name) => {
    if (name === '${signal}') process.nextTick(() => process.kill(process.pid, name));
  });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` };
}

test('a signal that comes while the program is still loading ends it with 0, whatever its configuration', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const agent = startChild(t, [], { COLLECT_INTERVAL: 'soon', ...signalAtOnce(signal) });
    assert.equal(await agent.ended, 0);
    assert.equal(agent.err(), '');
  }
});

test('a signal to read the configuration that comes while the program is still loading does not end it', async (t) => {
  const agent = await servingAgent(t, signalAtOnce('SIGHUP'));
  await agent.says(/Configuration reloaded: 1 unchanged/);
  agent.process.kill();
  assert.equal(await agent.ended, 0);
});

test('a second signal does not wait for scrapes under way', async (t) => {
  const agent = await servingAgent(t);
  const client = connect(Number(new URL(agent.url).port), '127.0.0.1').pause();
  t.after(() => client.destroy());
  client.on('error', () => {});
  client.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20_000));
  // Meanwhile the server answers as many of them as the connection takes.
  for (let i = 0; i < 50; i++) await (await fetch(`${agent.url}/metrics`)).text();
  agent.process.kill('SIGTERM');
  await agent.says(/Stopping/);
  agent.process.kill('SIGTERM');
  assert.equal(await agent.ended, 1);
});

test('SIGUSR1 does not open the debugger', async (t) => {
  const port = Number((await deadAddress()).split(':')[1]);
  const agent = await servingAgent(t, { NODE_OPTIONS: `--inspect-port=127.0.0.1:${port}` });
  agent.process.kill('SIGUSR1');
  for (let i = 0; i < 20; i++) await (await fetch(`${agent.url}/healthz`)).text();
  const client = connect(port, '127.0.0.1');
  t.after(() => client.destroy());
  await assert.rejects(once(client, 'connect'), { code: 'ECONNREFUSED' });
  agent.process.kill();
  assert.equal(await agent.ended, 0);
  assert.doesNotMatch(agent.err(), /debugger/i);
});

for (const signal of ['SIGHUP', 'SIGTERM'] as const) {
  test(`${signal} ends a command that is no agent`, async (t) => {
    const simulators = startChild(t, ['simulate', '-p', '0'], signalAtOnce(signal));
    assert.equal(await simulators.ended, 0);
  });
}
