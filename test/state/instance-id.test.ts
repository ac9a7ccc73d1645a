import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Agent } from '../../src/agent.ts';
import { run } from '../../src/cli/commands/run.ts';
import { loadConfig } from '../../src/config/load.ts';
import { keptInstanceId, namedInstanceId } from '../../src/state/instance-id.ts';
import { emptyFolder } from '../backfill/support.ts';
import { testProgram } from '../cli/program.ts';
import { otlpReceiver } from '../export/otlp-receiver.ts';
import { memoryLog } from '../helpers/log.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('the instance id in the folder of the state is made once, and private', async (t) => {
  const folder = join(emptyFolder(t), 'new', 'folder');
  const id = await keptInstanceId(folder, memoryLog());
  assert.match(id ?? '', UUID);
  assert.equal(await keptInstanceId(folder, memoryLog()), id);
  assert.equal(statSync(join(folder, 'instance-id')).mode & 0o777, 0o600);
  assert.notEqual(await keptInstanceId(emptyFolder(t), memoryLog()), id);
});

for (const content of ['', 'x', 'X'.repeat(10_000)]) {
  test(`a file of ${content.length} bytes that holds no instance id is replaced`, async (t) => {
    const folder = emptyFolder(t);
    writeFileSync(join(folder, 'instance-id'), content);
    const id = await keptInstanceId(folder, memoryLog());
    assert.match(id ?? '', UUID);
    assert.equal(readFileSync(join(folder, 'instance-id'), 'utf8'), `${id}\n`);
    assert.equal(await keptInstanceId(folder, memoryLog()), id);
  });
}

const inTheWay: Record<string, (path: string) => void> = {
  'a folder': mkdirSync,
  'a symbolic link': (path) => symlinkSync('/dev/zero', path),
};

for (const [what, make] of Object.entries(inTheWay)) {
  test(`${what} in the place of the instance id is left alone, with one warning`, async (t) => {
    const folder = emptyFolder(t);
    make(join(folder, 'instance-id'));
    const log = memoryLog();
    assert.equal(await keptInstanceId(folder, log), undefined);
    assert.equal(log.lines.length, 1);
    assert.match(log.lines[0] ?? '', /^warn: .*instance-id cannot be used \(\w+\): service\.instance\.id is/);
  });
}

test('a named pipe in the place of the instance id does not hang the agent', async (t) => {
  const folder = emptyFolder(t);
  execFileSync('mkfifo', [join(folder, 'instance-id')]);
  assert.equal(await keptInstanceId(folder, memoryLog()), undefined);
});

test('without a folder the instance id follows from the sources and the shard, in any order', () => {
  const id = namedInstanceId(['growatt/default', 'trucki/shed'], undefined);
  assert.match(id, UUID);
  assert.equal(namedInstanceId(['trucki/shed', 'growatt/default'], undefined), id);
  const others = [
    namedInstanceId(['growatt/default'], undefined),
    namedInstanceId(['growatt/default', 'trucki/shed'], 0),
    namedInstanceId(['growatt/default', 'trucki/shed'], 1),
  ];
  assert.equal(new Set([id, ...others]).size, 4);
});

test('two agents with the same configuration, on any machine, have one instance id, and two shards have two', () => {
  const idOf = (env: Record<string, string>) => {
    const config = loadConfig({ env: { TRUCKI_TARGETS: 'a,b', ...env }, isTerminal: false });
    return new Agent({ config, log: memoryLog() }).instanceId;
  };
  assert.equal(idOf({ HOSTNAME: 'one' }), idOf({ HOSTNAME: 'two' }));
  assert.equal(idOf({ TRUCKI_INTERVAL: '7s' }), idOf({}));
  assert.notEqual(idOf({ SHARD: '0/2' }), idOf({ SHARD: '1/2' }));
});

/** The instance id that an agent exports which is started and stopped. */
async function exported(t: TestContext, variables: Record<string, string>) {
  const receiver = await otlpReceiver(t);
  const { program, stop, written } = testProgram({
    TRUCKI_TARGETS: '127.0.0.1:9',
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url,
    ...variables,
  });
  const ended = run({ configFile: undefined, flags: {} }, program);
  await written(/Serving metrics at/);
  stop();
  await ended;
  return receiver.received.at(-1)?.resource['service.instance.id'];
}

test('a restarted agent exports the same instance id, kept or made of its sources', async (t) => {
  const folder = emptyFolder(t);
  const kept = await exported(t, { STATE_DIR: folder });
  assert.equal(kept, readFileSync(join(folder, 'instance-id'), 'utf8').trim());
  // It is kept whatever becomes of the sources.
  assert.equal(await exported(t, { STATE_DIR: folder, TRUCKI_TARGETS: '127.0.0.1:10' }), kept);
  const named = await exported(t, {});
  assert.equal(named, namedInstanceId(['trucki/127.0.0.1:9'], undefined));
  assert.equal(await exported(t, {}), named);
});

test('OTEL_RESOURCE_ATTRIBUTES beats the instance id that is kept', async (t) => {
  const id = await exported(t, {
    STATE_DIR: emptyFolder(t),
    OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=roof',
  });
  assert.equal(id, 'roof');
});
