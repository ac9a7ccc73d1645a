import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';
import { startChild } from './child.ts';

/** An agent over two sticks, with a configuration file that is written anew, and what it serves. */
async function setUp(t: TestContext, args: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'reload-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const sticks = await Promise.all([1, 2].map(() => startTruckiStick({ firmware: 'jsonlive' })));
  for (const stick of sticks) t.after(() => stick.close());
  const path = join(folder, 'agent.yaml');
  const write = (names: readonly string[], ...lines: readonly string[]) => {
    const targets = names.map((name, i) => `    - { name: ${name}, address: "${sticks[i]?.address}" }`);
    const head = ['exporter: { listen_addr: "127.0.0.1:0" }', 'trucki:', '  interval: 500ms', '  targets:'];
    writeFileSync(path, [...head, ...targets, ...lines, ''].join('\n'));
  };
  write(['shed', 'roof']);
  const agent = startChild(t, ['--config', path, ...args]);
  const [, url = ''] = await agent.says(/(http:\/\/127\.0\.0\.1:\d+)\/metrics/);
  const metrics = async () => await (await fetch(`${url}/metrics`)).text();
  return {
    ...agent,
    path,
    url,
    write,
    metrics,
    async ask(method: string) {
      const response = await fetch(`${url}/-/reload`, { method });
      const { status, headers } = response;
      return { status, allow: headers.get('allow'), text: await response.text() };
    },
    /** Ends it, which takes all that it has to do. */
    async stop() {
      agent.process.kill();
      assert.equal(await agent.ended, 0);
    },
  };
}

test('SIGHUP takes over the file: a source that is gone leaves no series, one that stays is not touched', async (t) => {
  const agent = await setUp(t);
  await agent.says(/shed: first poll succeeded/);
  await agent.says(/roof: first poll succeeded/);
  const before = await agent.metrics();
  assert.match(before, /^solar_agent_config_last_reload_successful 1$/m);
  assert.match(before, /source="trucki\/roof"/);
  agent.write(['shed']);
  agent.process.kill('SIGHUP');
  await agent.says(/Configuration reloaded: 1 stopped, 1 unchanged/);
  const after = await agent.metrics();
  assert.doesNotMatch(after, /roof/);
  assert.match(after, /^trucki_up\{stick="shed"\} 1$/m);
  const pollsOf = (text: string) =>
    Number(/^solar_agent_polls_total\{source="trucki\/shed",outcome="success"\} (\d+)/m.exec(text)?.[1]);
  assert.ok(pollsOf(after) >= pollsOf(before), 'its counters go on');
  assert.equal(agent.err().match(/trucki\/shed: first poll succeeded/g)?.length, 1);
  const status = await (await fetch(`${agent.url}/api/v1/status`)).text();
  assert.doesNotMatch(status, /roof/);
  await agent.stop();
});

test('a file that is wrong is refused by SIGHUP and named, and the agent goes on as before', async (t) => {
  const agent = await setUp(t);
  agent.write(['shed', 'roof'], 'stale_after: never');
  agent.process.kill('SIGHUP');
  await agent.says(/Reloading the configuration failed, the previous one stays in use: stale_after: /);
  const text = await agent.metrics();
  assert.match(text, /^solar_agent_config_last_reload_successful 0$/m);
  assert.match(text, /^solar_agent_config_last_reload_success_timestamp_seconds \d+/m);
  assert.match(text, /source="trucki\/roof"/);
  await agent.stop();
});

test('POST and PUT /-/reload answer whether the configuration was taken over, and other methods are refused', async (t) => {
  const agent = await setUp(t, ['--web.enable-lifecycle']);
  assert.deepEqual(await agent.ask('GET'), {
    status: 405,
    allow: 'POST, PUT',
    text: 'Method not allowed. Use POST or PUT.\n',
  });
  for (const method of ['POST', 'PUT'])
    assert.deepEqual(await agent.ask(method), {
      status: 200,
      allow: null,
      text: 'Configuration reloaded.\n',
    });
  agent.write(['shed'], 'stale_after: never');
  const refused = await agent.ask('POST');
  assert.equal(refused.status, 500);
  assert.match(refused.text, /refused, the previous one stays in use: stale_after: .*never/);
  await agent.says(/Reloading the configuration failed, the previous one stays in use: stale_after: /);
  agent.write(['roof'], 'log: { level: error }');
  assert.equal((await agent.ask('POST')).status, 200);
  assert.doesNotMatch(await agent.metrics(), /"shed"|trucki\/shed/);
  const logged = agent.err();
  assert.equal((await agent.ask('POST')).status, 200);
  assert.equal(agent.err(), logged, 'the level of the log follows the file');
  await agent.stop();
});

test('without --web.enable-lifecycle nobody reloads over HTTP', async (t) => {
  const agent = await setUp(t);
  const { status, text } = await agent.ask('POST');
  assert.deepEqual(
    [status, text],
    [403, 'Reloading is not enabled: start the agent with --web.enable-lifecycle.\n'],
  );
  assert.equal((await agent.ask('GET')).status, 405);
  assert.doesNotMatch(agent.err(), /reloaded/);
  await agent.stop();
});

test('the demo survives SIGHUP', async (t) => {
  const demo = startChild(t, ['demo'], { EXPORTER_LISTEN_ADDR: '127.0.0.1:0' });
  await demo.says(/Serving metrics/);
  demo.process.kill('SIGHUP');
  await demo.says(/Configuration reloaded: \d unchanged/);
  demo.process.kill();
  assert.equal(await demo.ended, 0);
});
