import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { EXAMPLE_FILE, FIRST_FILES } from '../../src/docs/configuration.ts';
import { load, messageOf } from './support.ts';

const plantsWith = (...ids: string[]) => ids.map((id) => ({ id, timezone: undefined, devices: [] }));

const DOCUMENTED_FORM = `
token: \${GROWATT_TOKEN}
region: eu

plants:
  - id: "12345"
    devices:
      - sn: "ABC123"
      - sn: "DEF456"

exporter:
  mode: http
  listen_addr: ":9120"
  collect_interval: 5m

history:
  enabled: true
  days: 30
  schedule: "0 5 * * *"  # 00:05 daily
`;

test('the short form of the file is read as it stands', () => {
  const config = load(DOCUMENTED_FORM, { GROWATT_TOKEN: 'abc' });
  assert.deepEqual(config.sources.growatt.accounts[0]?.plants, [
    { id: '12345', timezone: undefined, devices: ['ABC123', 'DEF456'] },
  ]);
  assert.equal(config.sources.growatt.accounts[0]?.token, 'abc');
  assert.deepEqual(config.exporter.listenAddr, { host: undefined, port: 9120 });
  assert.deepEqual(config.sources.growatt.history, { enabled: true, days: 30, schedule: '0 5 * * *' });
});

test('a token file in the environment takes the place of the token in the file', () => {
  const config = load(DOCUMENTED_FORM, { GROWATT_TOKEN_FILE: '/run/token' }, {}, { '/run/token': 'abc\n' });
  assert.equal(config.sources.growatt.accounts[0]?.token, 'abc');
});

test('a token in the environment takes the place of a token file in the file', () => {
  const config = load('token_file: /run/token\n', { GROWATT_TOKEN: 'abc' });
  assert.equal(config.sources.growatt.accounts[0]?.token, 'abc');
});

test('the example of the reference page loads', () => {
  const config = load(EXAMPLE_FILE, { GROWATT_TOKEN: 'abc', SHED_PASSWORD: 'pw' });
  assert.deepEqual(config.sources.trucki.targets, [
    { name: 'shed', address: '192.168.1.40', password: 'pw' },
    { name: 'trucki-2.local:80', address: 'trucki-2.local:80', password: undefined },
  ]);
  assert.equal(config.sources.growatt.accounts[0]?.plants[0]?.timezone, 'Europe/Berlin');
});

test('each of the files to begin with loads, with the secrets it names', () => {
  const files = { '/run/secrets/north': 'n', '/run/secrets/south': 's' };
  const loaded = Object.values(FIRST_FILES).map((file) => load(file, { GROWATT_TOKEN: 'abc' }, {}, files));
  const [home, stick, installer] = loaded.map(({ sources }) => sources);
  assert.equal(loaded.length, 3);
  assert.deepEqual(
    home?.growatt.accounts.map(({ name, token }) => [name, token]),
    [['default', 'abc']],
  );
  assert.deepEqual(stick?.trucki.targets, [{ name: 'shed', address: '192.168.1.40', password: undefined }]);
  assert.deepEqual(
    installer?.growatt.accounts.map(({ name, token }) => [name, token]),
    [
      ['north', 'n'],
      ['south', 's'],
    ],
  );
});

test('ids are the digits that were written, whatever YAML would make of them', () => {
  const config = load(
    'token: abc\nplants: [007, {id: 12345678901234567890, devices: [0123E5, {sn: 1e3}]}]\n',
  );
  assert.deepEqual(config.sources.growatt.accounts[0]?.plants, [
    { id: '007', timezone: undefined, devices: [] },
    { id: '12345678901234567890', timezone: undefined, devices: ['0123E5', '1e3'] },
  ]);
});

test('variables are put into values of any kind but never add structure', () => {
  const yaml = `
token: \${TOKEN}
plants: \${PLANTS}
history:
  days: \${DAYS}
  enabled: \${ON}
trucki:
  targets: ["\${HOST}=\${HOST}.local:80"]
`;
  const env = { TOKEN: 'a"b:{c}', DAYS: '12', ON: 'true', HOST: 'shed', PLANTS: '1,2' };
  const config = load(yaml, env);
  assert.equal(config.sources.growatt.accounts[0]?.token, 'a"b:{c}');
  assert.deepEqual(config.sources.growatt.accounts[0]?.plants, plantsWith('1', '2'));
  assert.deepEqual([config.sources.growatt.history.days, config.sources.growatt.history.enabled], [12, true]);
  assert.deepEqual(config.sources.trucki.targets[0], {
    name: 'shed',
    address: 'shed.local:80',
    password: undefined,
  });
});

test('plant ids in the environment replace the list of the file but keep what it says of a plant', () => {
  const yaml =
    'token: abc\nplants:\n  - {id: 1, timezone: Europe/Paris, devices: [A]}\n  - {id: 2}\ndevice_sns: [B]\n';
  const [byPlant] = load(yaml, { GROWATT_PLANT_ID: '3,1' }).sources.growatt.accounts;
  assert.deepEqual(byPlant?.plants, [
    { id: '3', timezone: undefined, devices: [] },
    { id: '1', timezone: 'Europe/Paris', devices: ['A'] },
  ]);
  const [byDevice] = load(yaml, { GROWATT_DEVICE_SN: 'C' }).sources.growatt.accounts;
  assert.deepEqual(byDevice?.plants, [
    { id: '1', timezone: 'Europe/Paris', devices: [] },
    { id: '2', timezone: undefined, devices: [] },
  ]);
  assert.deepEqual(byDevice?.deviceSns, ['C']);
});

test('several accounts have their own token, server and plants, and share what stands at the top', () => {
  const yaml = `
base_url: http://sim
accounts:
  - {name: home, token: one, plants: [{id: 1, timezone: Europe/Berlin}]}
  - {name: farm, token_file: farm-token, base_url: https://openapi-au.growatt.com/v1/, device_sns: [X]}
  - {name: barn}
`;
  const { accounts } = load(yaml, { GROWATT_TOKEN: 'common' }, {}, { '/etc/agent/farm-token': ' two\n' })
    .sources.growatt;
  assert.deepEqual(accounts, [
    {
      name: 'home',
      token: 'one',
      region: 'eu',
      baseUrl: 'http://sim',
      official: false,
      plants: [{ id: '1', timezone: 'Europe/Berlin', devices: [] }],
      deviceSns: [],
      v4: false,
    },
    {
      name: 'farm',
      token: 'two',
      region: 'au',
      baseUrl: 'https://openapi-au.growatt.com',
      official: true,
      plants: [],
      deviceSns: ['X'],
      v4: false,
    },
    {
      name: 'barn',
      token: 'common',
      region: 'eu',
      baseUrl: 'http://sim',
      official: false,
      plants: [],
      deviceSns: [],
      v4: false,
    },
  ]);
});

test('an account has its own region and v4, or those at the top', () => {
  const yaml = `
region: au
v4: true
accounts: [{name: home, token: a}, {name: farm, token: b, region: us, v4: false}]
`;
  const { accounts } = load(yaml).sources.growatt;
  assert.deepEqual(
    accounts.map(({ region, baseUrl, v4 }) => [region, baseUrl, v4]),
    [
      ['au', 'https://openapi-au.growatt.com', true],
      ['us', 'https://openapi-us.growatt.com', false],
    ],
  );
});

test('after an item of the wrong shape, only its mistake is told', () => {
  const message = messageOf(() => load('accounts: [x, {token: a}, {region: us}]\n'));
  assert.match(message, /^accounts\[0\]: must hold name, [^\n]*$/);
});

test('with several accounts, plants and devices in the environment are refused', () => {
  const env = { GROWATT_PLANT_ID: '1', GROWATT_DEVICE_SN: 'A' };
  assert.equal(
    messageOf(() => load('accounts: [{token: abc}]\n', env)),
    'GROWATT_PLANT_ID: cannot be combined with accounts; use accounts[].plants\n' +
      'GROWATT_DEVICE_SN: cannot be combined with accounts; use accounts[].device_sns',
  );
});

test('a stick’s own password beats the common one', () => {
  const yaml = 'trucki:\n  password: common\n  targets: [{address: a, password_file: own}, b]\n';
  const { targets } = load(yaml, {}, {}, { '/etc/agent/own': 'mine\n' }).sources.trucki;
  assert.deepEqual(
    targets.map(({ password }) => password),
    ['mine', 'common'],
  );
});

test('broken YAML is one line that says where and quotes nothing', () => {
  const messages = {
    'token: abc: def\n': 'Nested mappings are not allowed in compact mappings (line 1, column 8)',
    'exporter:\n\tmode: http\n': 'Tabs are not allowed as indentation (line 2, column 1)',
    'token: "abc\n': 'Missing closing "quote (line 2, column 1)',
  };
  for (const [yaml, message] of Object.entries(messages)) {
    assert.equal(
      messageOf(() => load(yaml)),
      `/etc/agent/agent.yaml: not valid YAML: ${message}`,
    );
  }
});

test('a configuration file that does not exist is one line', () => {
  assert.equal(
    messageOf(() => loadConfig({ file: '/no/such.yaml', env: {}, isTerminal: true })),
    '--config: /no/such.yaml does not exist',
  );
});
