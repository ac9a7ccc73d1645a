import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Reloader, type ReloaderOptions } from '../../src/cli/reloader.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/settings/problems.ts';
import { memoryLog } from '../helpers/log.ts';

const NOTHING = { started: [], replaced: [], stopped: [], kept: [] };

/** The configuration that a file with these lines gives. */
function configOf(...lines: string[]): Config {
  const text = ['trucki: { targets: [{ address: stick }] }', ...lines].join('\n');
  return loadConfig({ file: 'agent.yaml', env: {}, isTerminal: false, readFile: () => text });
}

function setUp(changes: Partial<ReloaderOptions> = {}) {
  const log = memoryLog();
  const adopted: Config[] = [];
  const given: Config[] = [];
  let now = 1000;
  const options: ReloaderOptions = {
    load: () => configOf(),
    config: configOf(),
    agent: {
      reconfigure: async (config) => {
        given.push(config);
        return NOTHING;
      },
    },
    gate: undefined,
    log: { ...log, adopt: (config) => adopted.push(config) },
    clock: { now: () => now },
    ...changes,
  };
  const at = (time: number) => {
    now = time;
  };
  return { reloader: new Reloader(options), lines: log.lines, given, adopted, at };
}

const refusal = new ConfigError([{ key: 'stale_after', message: 'is wrong' }]);

test('a configuration that is wrong is refused as a whole, named, and counted', async () => {
  const load = () => {
    throw refusal;
  };
  const { reloader, lines, given, adopted, at } = setUp({ load });
  assert.deepEqual(reloader.state, { isSuccessful: true, succeededAt: 1 });
  at(5000);
  assert.equal(await reloader.reload(), 'stale_after: is wrong');
  assert.deepEqual(reloader.state, { isSuccessful: false, succeededAt: 1 });
  assert.deepEqual(lines, [
    'error: Reloading the configuration failed, the previous one stays in use: stale_after: is wrong',
  ]);
  assert.deepEqual([given, adopted], [[], []]);
});

test('a web configuration that is wrong keeps the rest from being used', async () => {
  const prepare = () => {
    throw refusal;
  };
  const { reloader, given, adopted } = setUp({ gate: { prepare } });
  assert.equal(await reloader.reload(), 'stale_after: is wrong');
  assert.deepEqual([given, adopted], [[], []]);
});

test('a reload that works is used by agent, log and web server, and its time is known', async () => {
  const next = configOf('stale_after: 2h');
  let used = 0;
  const { reloader, given, adopted, lines, at } = setUp({
    load: () => next,
    gate: { prepare: () => () => used++ },
    agent: {
      reconfigure: async (config) => {
        given.push(config);
        return { started: ['a', 'b'], replaced: ['c'], stopped: [], kept: ['d'] };
      },
    },
  });
  at(5000);
  assert.equal(await reloader.reload(), undefined);
  assert.deepEqual([given, adopted, used], [[next], [next], 1]);
  assert.deepEqual(reloader.state, { isSuccessful: true, succeededAt: 5 });
  assert.deepEqual(lines, ['info: Configuration reloaded: 2 started, 1 changed, 1 unchanged']);
});

test('what needs a restart is one warning each, while it differs from the start', async () => {
  let next = configOf(
    'exporter: { listen_addr: ":1", mode: push, web_config_file: web.yml }',
    'state_dir: /state',
    'otlp: { endpoint: "http://collector" }',
  );
  const { reloader, lines } = setUp({ load: () => next });
  await reloader.reload();
  const rest = 'has changed since the start: the change takes effect with a restart';
  assert.deepEqual(
    lines.filter((line) => line.startsWith('warn')),
    ['exporter.mode', 'exporter.listen_addr', 'exporter.web_config_file', 'state_dir', 'otlp'].map(
      (name) => `warn: ${name} ${rest}`,
    ),
  );
  lines.length = 0;
  next = configOf();
  await reloader.reload();
  assert.deepEqual(lines, ['info: Configuration reloaded: no source']);
});

test('reloads are made one after the other, and those asked for meanwhile are one', async () => {
  let running = 0;
  let most = 0;
  let count = 0;
  const reconfigure = async () => {
    count++;
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    return NOTHING;
  };
  const { reloader } = setUp({ agent: { reconfigure } });
  const first = reloader.reload();
  await new Promise(setImmediate);
  await Promise.all([first, ...Array.from({ length: 10 }, () => reloader.reload())]);
  assert.deepEqual([count, most], [2, 1]);
});

test('a defect is logged with its stack, and the next reload works again', async () => {
  let fails = true;
  const reconfigure = async () => {
    if (fails) throw new TypeError('a defect');
    return NOTHING;
  };
  const { reloader, lines } = setUp({ agent: { reconfigure } });
  assert.equal(await reloader.reload(), 'internal error, see the log');
  assert.match(lines[0] ?? '', /^error: Internal error, please report it: .*TypeError: a defect\\n +at /);
  fails = false;
  assert.equal(await reloader.reload(), undefined);
  assert.equal(reloader.state.isSuccessful, true);
});

test('an agent that stops reloads no more', async () => {
  const { reloader, given } = setUp();
  await reloader.stop();
  assert.equal(await reloader.reload(), 'the agent is stopping');
  assert.deepEqual(given, []);
});

test('whether clients may ask for it is what the newest configuration says', async () => {
  const { reloader } = setUp({ load: () => configOf('exporter: { web_enable_lifecycle: true }') });
  assert.equal(reloader.isEnabled, false);
  await reloader.reload();
  assert.equal(reloader.isEnabled, true);
});
