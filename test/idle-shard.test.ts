import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { check } from '../src/cli/commands/check.ts';
import { run } from '../src/cli/commands/run.ts';
import { loadConfig } from '../src/config/load.ts';
import { createSources, sharedObjects } from '../src/config/sources.ts';
import { testProgram } from './cli/program.ts';

/** By the hash of its name, trucki/roof belongs to the first of two shards. */
const STICK = { TRUCKI_TARGETS: 'roof=127.0.0.1:9' };

test('an agent whose shard has no source stays up, is ready, and says so in log, page and JSON', async () => {
  const { program, stop, err, written } = testProgram({
    ...STICK,
    SHARD: '1/2',
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
  });
  const ended = run({ configFile: undefined, flags: {} }, program);
  const [, url = ''] = await Promise.race([
    written(/Serving metrics at (http:\S+)\/metrics/),
    ended.then(() => assert.fail(`it ended:\n${err()}`)),
  ]);
  const get = async (path: string) => await fetch(url + path);
  assert.equal((await get('/readyz')).status, 200);
  assert.match(await (await get('/metrics')).text(), /^solar_agent_build_info/m);
  assert.match(await (await get('/')).text(), /Shard 1\/2 has none of the 1 configured sources/);
  const status = JSON.parse(await (await get('/api/v1/status')).text());
  assert.deepEqual([status.sources, status.shard], [[], { index: 1, count: 2, sources: 1 }]);
  assert.match(err(), /"level":"warn"[^\n]*Shard 1\/2 has none of the 1 configured sources/);
  stop();
  assert.equal(await ended, 0);
});

test('an agent whose shard has a source warns of nothing', async () => {
  const { program, stop, err, written } = testProgram({
    ...STICK,
    SHARD: '0/2',
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
  });
  const ended = run({ configFile: undefined, flags: {} }, program);
  await written(/Serving metrics at/);
  assert.doesNotMatch(err(), /has none of/);
  stop();
  assert.equal(await ended, 0);
});

test('a push of a shard that has no source is done at once, without a failure', async () => {
  const { program, err } = testProgram({ ...STICK, SHARD: '1/2', EXPORTER_MODE: 'push' });
  assert.equal(await run({ configFile: undefined, flags: {} }, program), 0);
  assert.match(err(), /Nothing is pushed: this shard has no source/);
});

test('check says which sources the shard polls, as comments of a configuration that can be used again', async () => {
  const checked = async (env: Record<string, string>) => {
    const { program, out } = testProgram(env);
    await check({ configFile: undefined, flags: {} }, program);
    return out();
  };
  const targets = { TRUCKI_TARGETS: 'shed=127.0.0.1:9,roof=127.0.0.1:10' };
  const sharded = await checked({ ...targets, SHARD: '0/2' });
  assert.ok(
    sharded.endsWith(
      '# Shard 0/2 polls 1 of 2 sources:\n#   trucki/roof\n# Other shards poll:\n#   trucki/shed\n',
    ),
    sharded,
  );
  assert.deepEqual(parse(sharded).shard, '0/2');
  assert.ok(
    (await checked({ ...STICK, SHARD: '1/2' })).endsWith(
      '# Shard 1/2 polls 0 of 1 sources.\n# Other shards poll:\n#   trucki/roof\n',
    ),
  );
  assert.doesNotMatch(await checked(targets), /#/);
});

test('the sharded example gives each of its agents a source', () => {
  const folder = new URL('../deploy/kubernetes/sharded/', import.meta.url);
  const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
  const patches: { path: string; value: unknown }[] = parse(read('stateful-set.yaml'));
  const replicas = Number(patches.find(({ path }) => path === '/spec/replicas')?.value);
  assert.ok(replicas > 1);
  const readFile = (path: string) =>
    path.endsWith('config.yaml') ? read('config.yaml') : `token-of-${path}`;
  for (let index = 0; index < replicas; index++) {
    const config = loadConfig({
      file: '/etc/config.yaml',
      env: { SHARD: `agent-${index}/${replicas}` },
      isTerminal: false,
      readFile,
    });
    const observer = () => ({ attempted() {}, retried() {} });
    const clock = { now: () => 0, sleep: async () => {} };
    const own = createSources(config, { clock, fetch, observer, shared: sharedObjects() });
    assert.ok(own.length > 0, `agent ${index} of ${replicas} has nothing to poll`);
  }
});
