import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { describeConfig, secretsOf } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { load, messageOf } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
after(() => rmSync(folder, { recursive: true }));

const YAML = `
accounts:
  - {name: home, token: secret-1, region: us, plants: [{id: 1, timezone: Europe/Paris, devices: [A]}], device_sns: [B]}
  - {name: farm, token: secret-2, base_url: "http://sim:1"}
trucki:
  targets: [{name: shed, address: "[::1]:80", password: "secret/3"}, garage=h]
pushgateway: {url: "http://user:secret%404@gateway:9091/x"}
stale_after: 90s
growatt: {idle_interval: 0, call_spacing: 1500ms}
exporter: {listen_addr: "[::1]:0"}
state_dir: /var/lib/agent
`;

test('the printed configuration holds no secret and gives the same configuration when it is used again', () => {
  const config = load(YAML);
  const printed = describeConfig(config);
  assert.doesNotMatch(printed, /secret/);
  const filled = printed
    .replace('token: "[redacted]"', 'token: secret-1')
    .replace('token: "[redacted]"', 'token: secret-2')
    .replace('password: "[redacted]"', 'password: secret/3')
    .replace('[redacted]@', 'secret%404@');
  assert.deepEqual(load(filled), config);
});

test('a single account and a configuration without Growatt are printed in their short forms', () => {
  const single = describeConfig(load('token: abc\nregion: au\nplants: [1]\n'));
  assert.match(
    single,
    /^token: "\[redacted\]"\nregion: au\nplants:\n {2}- id: "1"\nv4: false\ngrowatt:\n {2}call_spacing: 3s\n/,
  );
  assert.doesNotMatch(single, /accounts|targets|password|state_dir/);
  const trucki = load(undefined, { TRUCKI_TARGETS: 'a' });
  assert.doesNotMatch(describeConfig(trucki), /token|region/);
  assert.deepEqual(load(describeConfig(trucki)), trucki);
});

test('the secrets for the log are listed in the forms in which they may appear', () => {
  assert.deepEqual(secretsOf(load(YAML)).toSorted(), [
    Buffer.from('user:secret@4').toString('base64'),
    'secret%2F3',
    'secret%404',
    'secret-1',
    'secret-2',
    'secret/3',
    'secret@4',
  ]);
});

test('a secret may be in a file, whose white space is trimmed', () => {
  const file = join(folder, 'token');
  writeFileSync(file, '  abc\r\n');
  assert.equal(
    loadConfig({ env: { GROWATT_TOKEN_FILE: file }, isTerminal: true }).sources.growatt.accounts[0]?.token,
    'abc',
  );
});

test('a secret’s file that is empty, missing, a folder or not a token is named, its content is not', () => {
  const broken = (env: Record<string, string>) => messageOf(() => loadConfig({ env, isTerminal: true }));
  const file = join(folder, 'broken');
  writeFileSync(file, ' \n');
  assert.equal(broken({ GROWATT_TOKEN_FILE: file }), `GROWATT_TOKEN_FILE: ${file} is empty`);
  writeFileSync(file, 'two words');
  assert.equal(
    broken({ GROWATT_TOKEN_FILE: file }),
    `GROWATT_TOKEN_FILE: ${file} must hold printable ASCII without spaces, as it was copied`,
  );
  assert.match(broken({ GROWATT_TOKEN_FILE: `${file}-gone` }), /broken-gone does not exist$/);
  assert.match(
    broken({ TRUCKI_TARGETS: 'a', TRUCKI_PASSWORD_FILE: folder }),
    /^TRUCKI_PASSWORD_FILE: .* is a directory$/,
  );
});

test('a secret and its file together are refused', () => {
  assert.equal(
    messageOf(() => load(undefined, { GROWATT_TOKEN: 'abc', GROWATT_TOKEN_FILE: '/x' })),
    'GROWATT_TOKEN: cannot be used together with GROWATT_TOKEN_FILE; keep one of them',
  );
});

test('no error shows a secret, wherever it was put', () => {
  const secret = 'hunter2 hunter2';
  const url = 'http://user:hunter2@host?q=hunter2';
  const env = {
    GROWATT_TOKEN: secret,
    GROWATT_BASE_URL: url,
    TRUCKI_PASSWORD: '[redacted]',
    TRUCKI_TARGETS: `a,${url}`,
    PUSHGATEWAY_URL: url,
  };
  assert.doesNotMatch(
    messageOf(() => load(undefined, env)),
    /hunter2/,
  );
  for (const yaml of [
    `token: ${secret}: x\n`,
    `token: "${secret}\n`,
    `${secret}\n`,
    `region: \${SECRET}\ntoken: a\n`,
  ]) {
    assert.doesNotMatch(
      messageOf(() => load(yaml, { SECRET: secret })),
      /hunter2/,
    );
  }
});
