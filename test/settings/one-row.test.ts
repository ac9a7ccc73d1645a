import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { describeConfig } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { agentSettings } from '../../src/config/settings.ts';
import { configurationReference } from '../../src/docs/configuration.ts';
import { kinds } from '../../src/kinds.ts';
import { hostAddress } from '../../src/settings/addresses.ts';
import { describe, secretsIn } from '../../src/settings/describe.ts';
import { nodeAt } from '../../src/settings/file-values.ts';
import { duration, password, yesNo } from '../../src/settings/format.ts';
import type { Problem } from '../../src/settings/problems.ts';
import { Settings } from '../../src/settings/read.ts';
import { nest, together } from '../../src/settings/schema.ts';
import { list, type Resolved, secretSetting, setting } from '../../src/settings/setting.ts';

/** The settings of a pump, which the agent knows nothing of. */
const pumps = {
  pump: {
    poll_interval: setting(duration('1s'), {
      env: 'PUMP_POLL_INTERVAL',
      default: '1m',
      doc: 'Poll interval.',
    }),
    quiet: setting(yesNo, { env: 'PUMP_QUIET', doc: 'Says nothing.' }),
    pass_word: secretSetting(password, { env: 'PUMP_PASSWORD', doc: 'Password.', file: 'File of it.' }),
    targets: list(
      { address: setting(hostAddress, { required: true, doc: 'Host.' }) },
      { env: 'PUMP_TARGETS', fromText: (address) => ({ address }), doc: 'Pumps.' },
    ),
  },
};

function read(env: Readonly<Record<string, string>>, node = {}) {
  const problems: Problem[] = [];
  const readFile = (path: string) => `content of ${path}\n`;
  const given = { path: '', variables: env, env, flags: {}, problems, node, readFile, folder: '/etc/agent' };
  return { settings: new Settings([pumps], given), problems };
}

test('one row gives a setting its type, its value, its line in check and its secrets', () => {
  const env = { PUMP_POLL_INTERVAL: '90s', PUMP_PASSWORD: 'hunter 2', PUMP_TARGETS: 'a,b:80' };
  const { settings, problems } = read(env, { pump: { quiet: 'yes', targets: ['c'] } });
  assert.deepEqual(problems, []);
  const values: Resolved<typeof pumps> = settings.valuesOf(pumps);
  const interval: number = values.pump.pollInterval;
  const quiet: boolean | undefined = values.pump.quiet;
  const secret: string | undefined = values.pump.passWord;
  const addresses: readonly string[] = values.pump.targets.map(({ address }) => address);
  assert.deepEqual([interval, quiet, secret, addresses], [90_000, true, 'hunter 2', ['a', 'b:80']]);
  assert.deepEqual(nest(describe(pumps, values)), {
    pump: {
      poll_interval: '1m30s',
      quiet: true,
      pass_word: '[redacted]',
      targets: [{ address: 'a' }, { address: 'b:80' }],
    },
  });
  assert.deepEqual([...secretsIn(pumps, values)], ['hunter 2', 'hunter%202']);
});

test('what is not given is the default or undefined, and a secret may be in a file', () => {
  const { settings } = read({}, { pump: { pass_word_file: 'secret' } });
  assert.deepEqual(settings.valuesOf(pumps).pump, {
    pollInterval: 60_000,
    quiet: undefined,
    passWord: 'content of /etc/agent/secret',
    targets: [],
  });
  assert.equal(settings.origin('pump.pass_word').key, 'pump.pass_word_file');
});

test('every mistake is found, with its key', () => {
  const { settings, problems } = read({ PUMP_POLL_INTERVAL: '1', PUMP_TARGETS: 'a,b/c' }, { pum: {} });
  const keys = problems.map(({ key, value }) => [key, value]);
  assert.deepEqual(keys, [
    ['pum', undefined],
    ['PUMP_POLL_INTERVAL', '1'],
    ['PUMP_TARGETS', 'b/c'],
  ]);
  assert.equal(settings.valuesOf(pumps).pump.pollInterval, 60_000);
});

test('a setting cannot be stated twice', () => {
  const again = { pump: { quiet: setting(yesNo, { doc: 'Again.' }) } };
  assert.throws(() => together([pumps, again]), /pump\.quiet is stated twice/);
});

const all = together([...Object.values(kinds).map(({ settings }) => settings), agentSettings]);

test('every setting of the agent has its place in the resolved configuration and its line in check', () => {
  const env = { GROWATT_TOKEN: 'abc', TRUCKI_TARGETS: 'a', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://here' };
  const shown = parse(describeConfig(loadConfig({ env, isTerminal: false })));
  for (const [path, setting] of all) {
    if (setting.default !== undefined) assert.notEqual(nodeAt(shown, path), undefined, path);
  }
});

test('every setting is on the reference page, by its key and its variables', () => {
  const page = configurationReference();
  for (const [path, { env = [], list }] of all) {
    const key = list ? `\`${path}[]\`` : `\`${path}\``;
    const variables = [env].flat().map((name) => `\`${name}\``);
    assert.ok(page.includes(`| ${variables.join(' or ')} | ${key} |`), path);
  }
});
