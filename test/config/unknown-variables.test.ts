import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../../src/cli/commands/check.ts';
import { run } from '../../src/cli/commands/run.ts';
import { unknownVariables } from '../../src/config/unknown-variables.ts';
import { ConfigError } from '../../src/settings/problems.ts';
import { testProgram } from '../cli/program.ts';

const warningsFor = (...names: string[]) =>
  unknownVariables({ env: Object.fromEntries(names.map((name) => [name, 'a-secret-value'])) });

const MISSPELT = {
  GROWATT_TOKN: 'GROWATT_TOKEN',
  GROWATT_TOKEN_FIEL: 'GROWATT_TOKEN_FILE',
  growatt_token: 'GROWATT_TOKEN',
  GROWATT_PLANT_IDS: 'GROWATT_PLANT_ID',
  TRUCKI_TARGET: 'TRUCKI_TARGETS',
  EXPORTER_LISTEN_ADDRESS: 'EXPORTER_LISTEN_ADDR',
  COLLECT_INTERVALL: 'COLLECT_INTERVAL',
  HISTORY_DAY: 'HISTORY_DAYS',
  OTEL_EXPORTER_OTLP_ENDPIONT: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  STALE_AFTR: 'STALE_AFTER',
  STATEDIR: 'STATE_DIR',
  LOG_LEVLE: 'LOG_LEVEL',
  SHARDS: 'SHARD',
  PUSHGATEWAY_ULR: 'PUSHGATEWAY_URL',
  OTEL_SERVICE_NAMES: undefined,
};

for (const [name, meant] of Object.entries(MISSPELT)) {
  test(`${name} ${meant ? `is taken for a mistyped ${meant}` : 'may be set by Kubernetes'}`, () => {
    const expected = meant ? [`the environment variable ${name} is not known; did you mean ${meant}?`] : [];
    assert.deepEqual(warningsFor(name), expected);
  });
}

test('an unknown variable with a prefix of the agent is named also where no name is near', () => {
  assert.deepEqual(warningsFor('GROWATT_COLOUR_OF_THE_ROOF'), [
    'the environment variable GROWATT_COLOUR_OF_THE_ROOF is not known and has no effect',
  ]);
});

test('what the agent knows, and what systems and other programs set, is no mistake', () => {
  const names = [
    ...['GROWATT_TOKEN', 'GROWATT_TOKEN_FILE', 'GROWATT_MODBUS_TARGETS', 'TRUCKI_PASSWORD_FILE', 'SHARD'],
    // Links that Kubernetes makes for services called growatt, trucki-exporter and history.
    ...['GROWATT_PORT', 'GROWATT_PORT_9120_TCP', 'GROWATT_PORT_9120_TCP_ADDR', 'GROWATT_PORT_9120_TCP_PROTO'],
    ...['GROWATT_SERVICE_HOST', 'GROWATT_SERVICE_PORT', 'GROWATT_SERVICE_PORT_METRICS'],
    ...['TRUCKI_EXPORTER_SERVICE_HOST', 'HISTORY_PORT_80_TCP_PORT', 'KUBERNETES_SERVICE_HOST'],
    // systemd.
    ...['STATE_DIRECTORY', 'LOGS_DIRECTORY', 'NOTIFY_SOCKET', 'WATCHDOG_USEC', 'INVOCATION_ID', 'LOGNAME'],
    ...['CREDENTIALS_DIRECTORY', 'RUNTIME_DIRECTORY', 'LISTEN_FDS', 'MAINPID', 'JOURNAL_STREAM'],
    // OpenTelemetry, for other signals and programs.
    ...[
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
      'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
      'OTEL_EXPORTER_OTLP_INSECURE',
    ],
    ...[
      'OTEL_EXPORTER_OTLP_METRICS_INSECURE',
      'OTEL_TRACES_EXPORTER',
      'OTEL_LOGS_EXPORTER',
      'OTEL_LOG_LEVEL',
    ],
    ...['OTEL_PROPAGATORS', 'OTEL_BSP_SCHEDULE_DELAY', 'OTEL_METRIC_EXPORT_INTERVAL'],
    ...[
      'PATH',
      'HOME',
      'SHELL',
      'SHLVL',
      'TERM',
      'LANG',
      'USER',
      'TZ',
      'NO_COLOR',
      'HOSTNAME',
      'PWD',
      'POD_NAME',
    ],
    ...['NODE_OPTIONS', 'NODE_ENV', 'HISTFILE', 'HISTSIZE', 'HTTP_PROXY', 'NODE_EXTRA_CA_CERTS'],
  ];
  assert.deepEqual(warningsFor(...names), []);
});

test('a variable that is empty, or that the file uses, is no mistake', () => {
  const readFile = () => 'token: $' + '{GROWATT_TOKEN_OF_HOME}';
  assert.deepEqual(unknownVariables({ env: { GROWATT_TOKN: ' ', GROWATT_X: undefined } }), []);
  assert.deepEqual(
    unknownVariables({ env: { GROWATT_TOKEN_OF_HOME: 'x' }, file: 'agent.yaml', readFile }),
    [],
  );
});

test('names without end are neither shown nor compared', () => {
  assert.deepEqual(warningsFor(`GROWATT_${'X'.repeat(100_000)}`), []);
  assert.equal(warningsFor(...Array.from({ length: 1000 }, (_, n) => `GROWATT_X${n}`)).length, 20);
});

test('check and the log warn of a mistyped variable, without its value', async () => {
  const env = {
    TRUCKI_TARGETS: '127.0.0.1:9',
    TRUCKI_PASWORD: 'hunter2',
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
  };
  const checked = testProgram(env);
  assert.equal(await check({ configFile: undefined, flags: {} }, checked.program), 0);
  const warning = 'environment variable TRUCKI_PASWORD is not known; did you mean TRUCKI_PASSWORD?';
  assert.equal(checked.err(), `Warning: the ${warning}\n`);
  const { program, stop, err, written } = testProgram(env);
  const ended = run({ configFile: undefined, flags: {} }, program);
  await written(/Serving metrics at/);
  stop();
  await ended;
  assert.match(err(), new RegExp(`"level":"warn"[^\\n]*The ${warning.replace('?', '\\?')}`));
  assert.doesNotMatch(checked.err() + checked.out() + err(), /hunter2/);
});

test('a mistyped token is named beside the error that there is none', async () => {
  const { program, err } = testProgram({ GROWATT_TOKN: 'secret-token' });
  await assert.rejects(run({ configFile: undefined, flags: {} }, program), ConfigError);
  assert.equal(
    err(),
    'Warning: the environment variable GROWATT_TOKN is not known; did you mean GROWATT_TOKEN?\n',
  );
});
