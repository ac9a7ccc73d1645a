import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { load, messageOf } from './support.ts';

const HOUR = 3_600_000;

/** Modules of which nothing is configured. */
const PLANE = {
  latitude: undefined,
  longitude: undefined,
  altitude: 0,
  kwp: undefined,
  tilt: undefined,
  azimuth: undefined,
  acLimitW: undefined,
  lossPercent: 9,
  temperatureCoefficient: -0.37,
};

/** What counts no money. */
const noDirection = {
  ...{
    price: undefined,
    zones: [],
    source: undefined,
    zone: undefined,
    product: undefined,
    region: undefined,
  },
  ...{ charges: undefined, tax: undefined, baseUrl: undefined },
};
const noTariff = {
  values: { currency: undefined, timezone: undefined, import: noDirection, export: noDirection },
  currency: '',
  timezone: undefined,
  directions: {},
};

test('a token alone gives one account with the documented defaults', () => {
  assert.deepEqual(load(undefined, { GROWATT_TOKEN: 'abc' }), {
    sources: {
      growatt: {
        accounts: [
          {
            name: 'default',
            token: 'abc',
            region: 'eu',
            baseUrl: 'https://openapi.growatt.com',
            official: true,
            plants: [],
            deviceSns: [],
            v4: false,
          },
        ],
        growatt: {
          callSpacing: 3000,
          discoveryInterval: 3 * HOUR,
          plantInterval: HOUR / 2,
          idleInterval: HOUR / 2,
        },
        exporter: { collectInterval: 300_000 },
        history: { enabled: false, days: 7, schedule: '5 0 * * *' },
      },
      trucki: { interval: 5000, password: undefined, legacyNames: false, targets: [] },
      modbus: { interval: 30_000, spacing: 1000, targets: [], historyDays: 0 },
    },
    exporter: {
      mode: 'http',
      listenAddr: { host: undefined, port: 9120 },
      webConfigFile: undefined,
      webEnableLifecycle: false,
    },
    pushgateway: { url: 'http://localhost:9091', job: 'growatt_exporter', grouping: {}, timeout: 10_000 },
    derived: {
      forecast: { source: undefined, baseUrl: 'https://api.open-meteo.com', turbidity: [], planes: [] },
      tariff: noTariff,
    },
    otlp: undefined,
    staleAfter: HOUR,
    stateDir: undefined,
    shard: undefined,
    log: { level: 'info', format: 'text' },
  });
});

test('every variable reaches its setting', () => {
  const config = load(undefined, {
    GROWATT_TOKEN: 'abc',
    GROWATT_REGION: 'US',
    GROWATT_PLANT_ID: '1, 2',
    GROWATT_DEVICE_SN: 'A1,B2,',
    GROWATT_CALL_SPACING: '0',
    GROWATT_DISCOVERY_INTERVAL: '1d',
    GROWATT_PLANT_INTERVAL: '1h30m',
    GROWATT_IDLE_INTERVAL: '0',
    TRUCKI_TARGETS: 'shed=192.168.1.40, [fd00::1]:8080',
    TRUCKI_INTERVAL: '500ms',
    TRUCKI_PASSWORD: 'a b',
    TRUCKI_LEGACY_NAMES: 'yes',
    GROWATT_MODBUS_TARGETS: 'roof=192.168.1.50/2',
    GROWATT_MODBUS_INTERVAL: '5s',
    GROWATT_MODBUS_SPACING: '850ms',
    FORECAST_SOURCE: 'Open-Meteo',
    FORECAST_BASE_URL: 'http://127.0.0.1:8080/meteo/',
    FORECAST_PLANES: '1:4.2:35:90, 2::0::600',
    EXPORTER_MODE: 'push',
    EXPORTER_LISTEN_ADDR: '[::1]:0',
    PUSHGATEWAY_URL: 'https://user:pass@push.example/path/',
    PUSHGATEWAY_JOB: 'solar',
    PUSHGATEWAY_GROUPING: 'instance=home, site=a b, empty=',
    PUSHGATEWAY_TIMEOUT: '2500ms',
    COLLECT_INTERVAL: '1s',
    COLLECT_HISTORY: '1',
    HISTORY_DAYS: '30',
    HISTORY_SCHEDULE: '0 5 * * *',
    STALE_AFTER: '0',
    STATE_DIR: '/var/lib/agent',
    LOG_LEVEL: 'debug',
    LOG_FORMAT: 'json',
  });
  assert.deepEqual(config, {
    sources: {
      growatt: {
        accounts: [
          {
            name: 'default',
            token: 'abc',
            region: 'us',
            baseUrl: 'https://openapi-us.growatt.com',
            official: true,
            plants: [
              { id: '1', timezone: undefined, devices: [] },
              { id: '2', timezone: undefined, devices: [] },
            ],
            deviceSns: ['A1', 'B2'],
            v4: false,
          },
        ],
        growatt: {
          callSpacing: 0,
          discoveryInterval: 24 * HOUR,
          plantInterval: 1.5 * HOUR,
          idleInterval: 0,
        },
        exporter: { collectInterval: 1000 },
        history: { enabled: true, days: 30, schedule: '0 5 * * *' },
      },
      trucki: {
        interval: 500,
        password: 'a b',
        legacyNames: true,
        targets: [
          { name: 'shed', address: '192.168.1.40', password: 'a b' },
          { name: '[fd00::1]:8080', address: '[fd00::1]:8080', password: 'a b' },
        ],
      },
      modbus: {
        interval: 5000,
        spacing: 850,
        historyDays: 30,
        targets: [
          {
            name: 'roof',
            address: '192.168.1.50',
            unit: 2,
            framing: 'tcp',
            family: undefined,
            plantId: undefined,
            plantName: undefined,
            timezone: undefined,
            blockSize: 125,
            interval: 5000,
          },
        ],
      },
    },
    exporter: {
      mode: 'push',
      listenAddr: { host: '::1', port: 0 },
      webConfigFile: undefined,
      webEnableLifecycle: false,
    },
    pushgateway: {
      url: 'https://user:pass@push.example/path',
      job: 'solar',
      grouping: { instance: 'home', site: 'a b', empty: '' },
      timeout: 2500,
    },
    derived: {
      forecast: {
        source: 'open-meteo',
        baseUrl: 'http://127.0.0.1:8080/meteo',
        turbidity: [],
        planes: [
          { ...PLANE, plantId: '1', kwp: 4.2, tilt: 35, azimuth: 90 },
          { ...PLANE, plantId: '2', tilt: 0, acLimitW: 600 },
        ],
      },
      tariff: noTariff,
    },
    otlp: undefined,
    staleAfter: 0,
    stateDir: '/var/lib/agent',
    shard: undefined,
    log: { level: 'debug', format: 'json' },
  });
});

test('flags beat variables, variables beat the file, the file beats defaults', () => {
  const yaml = 'trucki: {interval: 7s, targets: [a]}\nstale_after: 2h\nlog: {level: warn}\n';
  const env = { TRUCKI_INTERVAL: '6s', TRUCKI_TARGETS: 'b', LOG_LEVEL: 'error' };
  const flags = { '-i': '4s', '-t': 'shed=c,d', '-p': ':8080', '--log-level': 'debug' } as const;
  const seen = (config: ReturnType<typeof load>) => [
    config.sources.trucki.interval,
    config.sources.trucki.targets.map(({ name }) => name),
    config.log.level,
    config.staleAfter,
    config.exporter.listenAddr.port,
  ];
  assert.deepEqual(seen(load(yaml, env, flags)), [4000, ['shed', 'd'], 'debug', 2 * HOUR, 8080]);
  assert.deepEqual(seen(load(yaml, env)), [6000, ['b'], 'error', 2 * HOUR, 9120]);
  assert.deepEqual(seen(load(yaml)), [7000, ['a'], 'warn', 2 * HOUR, 9120]);
});

test('an empty variable counts as unset and an empty key of the file as absent', () => {
  const config = load('token: abc\nregion:\nplants: ~\nexporter:\n  mode: ""\n', {
    GROWATT_REGION: ' ',
    LOG_LEVEL: '',
  });
  assert.equal(config.sources.growatt.accounts[0]?.baseUrl, 'https://openapi.growatt.com');
  assert.deepEqual([config.exporter.mode, config.log.level], ['http', 'info']);
});

test('mistakes in variables and flags name the variable, the flag and what is allowed', () => {
  const env = {
    COLLECT_INTERVAL: '0s',
    HISTORY_DAYS: '-1',
    TRUCKI_TARGETS: 'a=x,a=y,=z,http://h',
    GROWATT_TOKEN: 'a b',
  };
  const message = messageOf(() => load(undefined, env, { '--log-level': 'loud' }));
  assert.deepEqual(message.split('\n'), [
    'GROWATT_TOKEN: must be printable ASCII without spaces, as it was copied',
    'COLLECT_INTERVAL: must be a duration from 1s to 366d with its unit (such as 30s, 5m or 1h30m), not "0s"',
    'HISTORY_DAYS: must be a whole number from 1 to 366, not "-1"',
    'TRUCKI_TARGETS: must be a name without control characters, not "=z"',
    'TRUCKI_TARGETS: must be host or host:port, without scheme, path or query, not "http://h"',
    'TRUCKI_TARGETS: duplicate stick name "a"',
    '--log-level: must be debug, info, warn or error, not "loud"',
  ]);
});

test('a placeholder left in a list that a variable gives is named', () => {
  assert.equal(
    messageOf(() => load(undefined, { TRUCKI_TARGETS: `a,$\{HOST}` })),
    'TRUCKI_TARGETS: environment variable HOST is not set',
  );
});

test('a Growatt setting without a token is told where a token comes from', () => {
  const message = messageOf(() => load(undefined, { GROWATT_PLANT_ID: '1', TRUCKI_TARGETS: 'a' }));
  assert.match(
    message,
    /^GROWATT_TOKEN: is missing, though GROWATT_PLANT_ID is set; .*ShinePhone app.*API Token$/,
  );
});

test('a server of one’s own is taken with or without /v1 and is not official', () => {
  for (const given of ['http://sim:8080', 'http://sim:8080/', 'http://sim:8080/v1', 'http://sim:8080/v1/']) {
    const [account] = load(undefined, { GROWATT_TOKEN: 'abc', GROWATT_BASE_URL: given }).sources.growatt
      .accounts;
    assert.deepEqual([account?.baseUrl, account?.official], ['http://sim:8080', false]);
  }
  const [behindProxy] = load('token: abc\nbase_url: https://proxy/growatt/v1\n').sources.growatt.accounts;
  assert.equal(behindProxy?.baseUrl, 'https://proxy/growatt');
});

test('the log is JSON by default where it does not go to a terminal', () => {
  assert.equal(loadConfig({ env: { TRUCKI_TARGETS: 'a' }, isTerminal: false }).log.format, 'json');
});

test('the configuration is frozen at every depth', () => {
  const config = load('token: abc\nplants: [{id: 1, devices: [A]}]\ntrucki: {targets: [a]}\n');
  const check = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    assert.ok(Object.isFrozen(value));
    Object.values(value).forEach(check);
  };
  check(config);
});

test('a URL with a query is no stick, and the message says the right form', () => {
  const message = messageOf(() => load(undefined, { TRUCKI_TARGETS: 'http://1.2.3.4/?maxPower=850' }));
  assert.match(
    message,
    /^TRUCKI_TARGETS: must be host or host:port, without scheme, path or query, not "http/,
  );
});
