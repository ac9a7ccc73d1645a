import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/settings/problems.ts';

const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));
const TOKEN = 'a Growatt token comes from the ShinePhone app: Me → your user name → API Token';
const ADDRESS = 'must be host or host:port, without scheme, path or query';
const BASE_URL = 'must be an http:// or https:// URL without credentials and query';
const LISTEN = 'must be host:port such as :9120, 127.0.0.1:9120 or [::1]:9120, port 0 to 65535';
const ZONE = 'must be an IANA time zone such as Europe/Berlin';
const ASCII = 'must be printable ASCII without spaces, as it was copied';
const duration = (min: string) =>
  `must be a duration from ${min} to 366d with its unit (such as 30s, 5m or 1h30m)`;

/** What each file `invalid-NAME.yaml` is told. FILE stands for its path. */
const MESSAGES: Readonly<Record<string, string>> = {
  'account-is-text':
    'accounts[0]: must hold name, token, token_file, region, base_url, plants, device_sns, v4',
  'account-name-twice': 'accounts[1].name: duplicate account name "home"',
  'account-without-name': 'accounts[1].name: is missing; each of several accounts needs its own',
  'account-without-token': `accounts[0].token: is missing; ${TOKEN}`,
  'accounts-and-plants': 'plants: cannot be combined with accounts; use accounts[].plants',
  'accounts-and-token': 'token: cannot be combined with accounts; use accounts[].token',
  'address-missing': `trucki.targets[0].address: is missing; it ${ADDRESS}`,
  'address-port': `trucki.targets[0].address: ${ADDRESS}, not "192.168.1.40:70000"`,
  'address-with-password': `trucki.targets[0].address: ${ADDRESS}, not "[redacted]@192.168.1.40"`,
  'address-with-path': `trucki.targets[0].address: ${ADDRESS}, not "192.168.1.40/json"`,
  aliases: 'FILE: an alias (*name) has no anchor, or there are too many aliases',
  'base-url-credentials': `base_url: ${BASE_URL}, not "[redacted]@localhost"`,
  'base-url-query': `base_url: ${BASE_URL}, not "http://localhost/v1?[redacted]"`,
  'base-url-scheme': `base_url: ${BASE_URL}, not "localhost:8080"`,
  boolean: 'history.enabled: must be true or false, not "maybe"',
  days: 'history.days: must be a whole number from 1 to 366, not "0"',
  'days-fraction': 'history.days: must be a whole number from 1 to 366, not "1.5"',
  'duplicate-key': 'FILE: duplicate key token (line 3, column 1)',
  'duration-negative': `stale_after: ${duration('0')}, not "-5m"`,
  'duration-too-long': `exporter.collect_interval: ${duration('1s')}, not "9999d"`,
  'duration-too-short': `trucki.interval: ${duration('500ms')}, not "100ms"`,
  'duration-unit': `stale_after: ${duration('0')}, not "300"`,
  'listen-address': `exporter.listen_addr: ${LISTEN}, not "9120"`,
  'listen-ipv6': `exporter.listen_addr: ${LISTEN}, not "[::zz]:9120"`,
  'listen-port': `exporter.listen_addr: ${LISTEN}, not ":65536"`,
  'log-format': 'log.format: must be text or json, not "xml"',
  'log-level': 'log.level: must be debug, info, warn or error, not "loud"',
  mode: 'exporter.mode: must be http or push, not "pull"',
  'not-a-mapping': 'FILE: must hold settings such as `token: …`, one on each line',
  'nothing-to-read':
    `GROWATT_TOKEN, TRUCKI_TARGETS or GROWATT_MODBUS_TARGETS: must be set, else there is nothing to read; ${TOKEN}. ` +
    'To look around without a device, run `solar-otel-agent demo`.',
  'password-twice':
    'trucki.targets[0].password: cannot be used together with trucki.targets[0].password_file; keep one of them',
  'plant-id-missing': 'plants[0].id: is missing; it must be an id without spaces',
  'plant-id-spaces': 'plants[0].id: must be an id without spaces, not "123 45"',
  'plant-twice': 'plants[1].id: duplicate plant id "12345"',
  'plants-as-mapping': 'plants: must be a list',
  'pushgateway-url':
    'pushgateway.url: must be an http:// or https:// URL without query, not "[redacted]@localhost"',
  region: 'region: must be eu, us, au or cn, not "mars"',
  schedule: 'history.schedule: must be a cron expression of five fields such as 5 0 * * *, not "00:05 daily"',
  'section-is-text':
    'exporter: must hold collect_interval, mode, listen_addr, web_config_file, web_enable_lifecycle',
  'setting-is-list': 'token: must be a single value',
  several: [
    'exporter.listen_adr: unknown setting; did you mean exporter.listen_addr?',
    `token: ${ASCII}`,
    'region: must be eu, us, au or cn, not "mars"',
    `plants[0].timezone: ${ZONE}, not "Mars/Base"`,
    'exporter.mode: must be http or push, not "pull"',
  ].join('\n'),
  'stick-address-twice': 'trucki.targets[1]: duplicate stick name "192.168.1.40"',
  'stick-name-twice': 'trucki.targets[1].name: duplicate stick name "shed"',
  timezone: `plants[0].timezone: ${ZONE}, not "Berlin"`,
  'timezone-offset': `plants[0].timezone: ${ZONE}, not "+02:00"`,
  'token-file-and-token': 'token: cannot be used together with token_file; keep one of them',
  'token-file-missing': 'token_file: no-such-file does not exist',
  'token-missing': `GROWATT_TOKEN: is missing, though region is set; ${TOKEN}`,
  'token-redacted': 'token: looks like a placeholder; give the value itself',
  'token-spaces': `token: ${ASCII}`,
  'unknown-key': 'tokn: unknown setting; did you mean token?',
  'unknown-key-elsewhere': 'listen_addr: unknown setting; did you mean exporter.listen_addr?',
  'unknown-key-in-list': 'plants[0].time_zone: unknown setting; did you mean plants[0].timezone?',
  'unknown-key-in-list-of-list':
    'plants[0].devices[0].serial: unknown setting; known here: sn\n' +
    'plants[0].devices[0].sn: is missing; it must be an id without spaces',
  'unknown-key-without-guess':
    'mqtt: unknown setting; known here: token, token_file, region, base_url, plants, device_sns, v4, accounts, ' +
    'growatt, exporter, history, trucki, modbus, forecast, tariff, pushgateway, otlp, stale_after, state_dir, shard, log',
  'variable-form': `trucki.targets[0].address: \${HOST:-localhost} is not supported; use \${NAME} with the name of an environment variable`,
  'variable-token-unset': `token: environment variable NO_SUCH_VARIABLE is not set; ${TOKEN}`,
  'variable-unset': 'trucki.targets[0].address: environment variable NO_SUCH_VARIABLE is not set',
  'yaml-two-documents': 'FILE: not valid YAML: Source contains multiple documents (line 2, column 1)',
};

test('every file with a mistake has its message in the table', () => {
  const names = readdirSync(FIXTURES).flatMap((file) => /^invalid-(.*)\.yaml$/.exec(file)?.[1] ?? []);
  assert.deepEqual(names.toSorted(), Object.keys(MESSAGES).toSorted());
});

for (const [name, expected] of Object.entries(MESSAGES)) {
  test(`the mistake ${name} is explained`, () => {
    const file = `${FIXTURES}invalid-${name}.yaml`;
    assert.throws(
      () => loadConfig({ file, env: {}, isTerminal: false }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.equal(
          error.message.replaceAll(FIXTURES, '').replaceAll(`invalid-${name}.yaml`, 'FILE'),
          expected,
        );
        assert.doesNotMatch(JSON.stringify(error.problems) + error.stack, /(the|another)[ -]secret/);
        return true;
      },
    );
  });
}
