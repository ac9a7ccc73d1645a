import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sharedObjects } from '../../../src/config/sources.ts';
import type { Entity } from '../../../src/model/reading.ts';
import type { Problem } from '../../../src/settings/problems.ts';
import { Settings } from '../../../src/settings/read.ts';
import type { FileMapping } from '../../../src/settings/yaml-file.ts';
import { modbus } from '../../../src/sources/modbus/kind.ts';
import { targetsOf } from '../../../src/sources/modbus/quantities.ts';
import { type ModbusConfig, modbusSettings, resolveModbus } from '../../../src/sources/modbus/settings.ts';
import { instantClock } from '../../helpers/clock.ts';
import { eventsOf } from '../../helpers/context.ts';
import { readCase } from './cases.ts';
import { serveBanks } from './support.ts';

function resolved(env: Record<string, string>, node: FileMapping = {}) {
  const problems: Problem[] = [];
  const place = { path: '', variables: env, problems, folder: '.', readFile: () => '' };
  const config = resolveModbus(new Settings([modbusSettings], { ...place, node, env, flags: {} }));
  const texts = problems.map(
    ({ key, message, value }) => `${key}: ${message}${value ? `, not ${value}` : ''}`,
  );
  return { config, problems: texts };
}

function configOf(env: Record<string, string>, node: FileMapping = {}): ModbusConfig {
  const { config, problems } = resolved(env, node);
  assert.deepEqual(problems, []);
  return config;
}

const targets = (text: string) => configOf({ GROWATT_MODBUS_TARGETS: text }).targets;

const plain = {
  unit: 1,
  framing: 'tcp',
  family: undefined,
  timezone: undefined,
  blockSize: 125,
  plantId: undefined,
  plantName: undefined,
  interval: 30_000,
};

test('a target is a host; its port is 502, its unit 1, its name and plant the whole of it', () => {
  assert.deepEqual(targets('192.168.1.50'), [
    {
      ...plain,
      address: '192.168.1.50',
      name: '192.168.1.50:502/1',
    },
  ]);
});

test('a target may have name, port, unit and framing', () => {
  const shown = targets(
    'roof=inverter.local:1502/3, rtu+tcp://10.0.0.7:8899/2, barn=rtu+tcp://[fd00::1]:23/4, [fd00::2]',
  ).map(({ name, address, unit, framing }) => [name, address, unit, framing]);
  assert.deepEqual(shown, [
    ['roof', 'inverter.local:1502', 3, 'tcp'],
    ['10.0.0.7:8899/2', '10.0.0.7:8899', 2, 'rtu-tcp'],
    ['barn', '[fd00::1]:23', 4, 'rtu-tcp'],
    ['[fd00::2]:502/1', '[fd00::2]', 1, 'tcp'],
  ]);
});

test('the file has everything, for all targets or for one', () => {
  const node = {
    modbus: {
      interval: '10s',
      spacing: '850ms',
      targets: [
        {
          name: 'roof',
          address: '10.0.0.7',
          unit: '2',
          framing: 'rtu-tcp',
          family: 'sph-tl3',
          plant_id: '1234567',
          plant_name: 'Home',
          timezone: 'Europe/Berlin',
          block_size: '50',
          interval: '1m',
        },
        'barn=10.0.0.8',
      ],
    },
  };
  const { interval, spacing, targets: all } = configOf({}, node);
  assert.deepEqual([interval, spacing], [10_000, 850]);
  assert.deepEqual(all, [
    {
      name: 'roof',
      address: '10.0.0.7',
      unit: 2,
      framing: 'rtu-tcp',
      family: 'sph-tl3',
      plantId: '1234567',
      plantName: 'Home',
      timezone: 'Europe/Berlin',
      blockSize: 50,
      interval: 60_000,
    },
    { ...plain, name: 'barn', address: '10.0.0.8', interval: 10_000 },
  ]);
});

test('defaults: every 30 s, a second between two requests', () => {
  const { interval, spacing } = configOf({ GROWATT_MODBUS_TARGETS: 'a' });
  assert.deepEqual([interval, spacing], [30_000, 1000]);
  const given = { GROWATT_MODBUS_TARGETS: 'a', GROWATT_MODBUS_INTERVAL: '1s', GROWATT_MODBUS_SPACING: '0' };
  assert.deepEqual([configOf(given).targets[0]?.interval, configOf(given).spacing], [1000, 0]);
});

const mistakes: readonly (readonly [
  what: string,
  env: Record<string, string>,
  node: FileMapping,
  problem: RegExp,
])[] = [
  [
    'an interval below 1 s',
    { GROWATT_MODBUS_INTERVAL: '500ms' },
    {},
    /GROWATT_MODBUS_INTERVAL: must be a duration from 1s/,
  ],
  [
    'unit 0',
    { GROWATT_MODBUS_TARGETS: 'a/0' },
    {},
    /GROWATT_MODBUS_TARGETS: must be a whole number from 1 to 254/,
  ],
  ['unit 255', { GROWATT_MODBUS_TARGETS: 'a/255' }, {}, /from 1 to 254/],
  ['no unit after the slash', { GROWATT_MODBUS_TARGETS: 'a/' }, {}, /from 1 to 254/],
  ['a URL', { GROWATT_MODBUS_TARGETS: 'http://a/1' }, {}, /must be host or host:port/],
  ['no host', { GROWATT_MODBUS_TARGETS: 'roof=' }, {}, /must be host or host:port/],
  ['one name twice', { GROWATT_MODBUS_TARGETS: 'a=b,a=c' }, {}, /duplicate target name "a"/],
  [
    'one inverter twice',
    { GROWATT_MODBUS_TARGETS: 'a=h,b=h:502/1' },
    {},
    /the same inverter twice: h:502, unit 1/,
  ],
  ['two framings', { GROWATT_MODBUS_TARGETS: 'h,rtu+tcp://h:502/2' }, {}, /two framings for h:502/],
  [
    'no such family',
    {},
    { modbus: { targets: [{ address: 'h', family: 'tesla' }] } },
    /modbus.targets\[0\].family: must be min, min-xh/,
  ],
  ['a block of 126', {}, { modbus: { targets: [{ address: 'h', block_size: '126' }] } }, /from 1 to 125/],
  ['no such zone', {}, { modbus: { targets: [{ address: 'h', timezone: 'Berlin' }] } }, /IANA time zone/],
  ['no address', {}, { modbus: { targets: [{ name: 'h' }] } }, /modbus.targets\[0\].address: is missing/],
  [
    'no such framing',
    {},
    { modbus: { targets: [{ address: 'h', framing: 'ascii' }] } },
    /must be tcp or rtu-tcp/,
  ],
];
for (const [what, env, node, problem] of mistakes) {
  test(`${what} is refused, and said where`, () => {
    const { problems } = resolved(env, node);
    assert.match(problems.join('\n'), problem);
  });
}

test('what check shows resolves to the same', () => {
  const config = configOf({ GROWATT_MODBUS_TARGETS: 'roof=inverter.local:1502/3,rtu+tcp://10.0.0.7:8899/2' });
  const snake = (text: string) => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const shown = (config.targets as readonly object[]).map((target) =>
    Object.fromEntries(
      Object.entries(target)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [snake(key), key === 'interval' ? `${value}ms` : String(value)]),
    ),
  );
  const { historyDays: _, ...own } = config;
  assert.deepEqual(modbus.shown(config), { modbus: own });
  assert.deepEqual(configOf({}, { modbus: { targets: shown } }), config);
});

const tools = (owns: (source: string) => boolean = () => true) => ({
  shared: sharedObjects(),
  clock: instantClock(),
  fetch,
  owns,
  observer: () => ({ attempted() {}, retried() {} }),
});

test('one source for each target; the first of a plant describes it', () => {
  const config = configOf({ GROWATT_MODBUS_TARGETS: 'a=h,b=h/2,c=other' });
  const sources = modbus.create(config, tools());
  assert.deepEqual(
    sources.map(({ name }) => name),
    ['modbus/a', 'modbus/b', 'modbus/c'],
  );
  const home = { address: 'h', plant_id: '7' };
  const twice = configOf({}, { modbus: { targets: [home, { ...home, unit: '2' }] } });
  const plants = modbus
    .create(twice, tools())
    .map(({ entities }) => entities.some((e: Entity) => e.id === 'plant'));
  assert.deepEqual(plants, [true, false]);
});

test('all inverters behind one gateway belong to one shard', () => {
  const config = configOf({ GROWATT_MODBUS_TARGETS: 'a=h,b=h/2,c=other' });
  const names = (own: string) =>
    modbus
      .create(
        config,
        tools((name) => name === own),
      )
      .map(({ name }) => name);
  assert.deepEqual(names('modbus/a'), ['modbus/a', 'modbus/b']);
  assert.deepEqual(names('modbus/b'), []);
  assert.deepEqual(names('modbus/c'), ['modbus/c']);
});

test('what is configured reads inverters behind one gateway over one connection', async (t) => {
  const { bank } = readCase('every-register-min-xh');
  const server = await serveBanks(t, { 1: bank(), 2: bank() });
  const text = `a=${server.address}/1,b=${server.address}/2`;
  const config = configOf({ GROWATT_MODBUS_TARGETS: text, GROWATT_MODBUS_SPACING: '0' });
  const polls = modbus.create(config, tools()).map((source) => eventsOf(source));
  const events = (await Promise.all(polls)).flat();
  const up = events.filter((event) => event.type === 'attempt' && event.entity === 'target');
  assert.deepEqual(
    up.map((event) => event.type === 'attempt' && event.ok),
    [true, true],
  );
  assert.equal(server.connections.accepted, 1);
});

test('a reload that changes one inverter leaves its neighbour as it is, and both share the connection', async (t) => {
  const { bank } = readCase('every-register-min-xh');
  const server = await serveBanks(t, { 1: bank(), 2: bank() });
  const given = tools();
  const create = (interval: string) => {
    const targets = [
      { name: 'a', address: server.address },
      { name: 'b', address: server.address, unit: '2', interval },
    ];
    return modbus.create(configOf({ GROWATT_MODBUS_SPACING: '0' }, { modbus: { targets } }), given);
  };
  const [before, after] = [create('20s'), create('30s')];
  assert.deepEqual(before[0]?.configuration, after[0]?.configuration);
  assert.notDeepEqual(before[1]?.configuration, after[1]?.configuration);
  assert.deepEqual(
    before.map(({ identity }) => identity),
    after.map(({ identity }) => identity),
  );
  assert.notEqual(before[0]?.identity, before[1]?.identity);
  await Promise.all([before[0]!, after[1]!].map((source) => eventsOf(source)));
  assert.equal(server.connections.accepted, 1);
});

test('every metric of a reading is in a group of the kind, with the labels of that group', () => {
  const definitions = new Map(
    modbus.metrics.flatMap((group) => group.definitions).map((definition) => [definition.name, definition]),
  );
  for (const { metric, labels = {} } of [...targetsOf.values()].flat()) {
    const own = definitions.get(metric)?.labels.filter((label) => !/^(plant_id|device_sn)$/.test(label));
    assert.deepEqual(Object.keys(labels), own, metric);
  }
  for (const metric of ['growatt_modbus_up', 'growatt_device_info', 'growatt_plant_info'])
    assert.ok(definitions.has(metric), metric);
});
