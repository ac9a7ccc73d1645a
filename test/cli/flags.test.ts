import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags, UsageError } from '../../src/cli/flags.ts';
import { HELP } from '../../src/cli/help.ts';

test('no command means run', () => {
  assert.deepEqual(parseFlags([]), { command: 'run', configFile: undefined, flags: {} });
});

test('trucki2prometheus’s flags become settings', () => {
  const expected = {
    command: 'run',
    configFile: undefined,
    flags: { '-t': '192.168.1.40,shed=stick.local:81', '-p': ':8080', '-i': '2.5s' },
  };
  const argv = ['-t', '192.168.1.40', '-t', 'shed=stick.local:81', '-p', '8080', '-i', '2.5'];
  assert.deepEqual(parseFlags(argv), expected);
  assert.deepEqual(parseFlags(['--t=192.168.1.40', '-t=shed=stick.local:81', '-p=8080', '-i2.5']), expected);
});

test('each command has its own flags', () => {
  const configured = { configFile: 'a.yaml', flags: { '--log-level': 'debug' } };
  const common = ['--config', 'a.yaml', '--log-level', 'debug'];
  assert.deepEqual(parseFlags(['check', ...common]), { command: 'check', ...configured });
  assert.deepEqual(parseFlags([...common, 'run']), { command: 'run', ...configured });
  assert.deepEqual(parseFlags(['discover', ...common, '--json']), {
    command: 'discover',
    ...configured,
    json: true,
  });
  const web = { '--web.config.file': 'web.yml' };
  for (const command of ['run', 'check', 'healthcheck'] as const) {
    const expected = { command, configFile: undefined, flags: web };
    assert.deepEqual(parseFlags([command, '--web.config.file', 'web.yml']), expected);
  }
  assert.deepEqual(parseFlags(['demo', '--web.config.file=web.yml']), { command: 'demo', flags: web });
  assert.deepEqual(parseFlags(['demo', '-p', '0']), { command: 'demo', flags: { '-p': ':0' } });
  assert.deepEqual(parseFlags(['simulate']), { command: 'simulate', flags: {} });
  assert.deepEqual(
    parseFlags(['backfill', ...common, '--from', '2024-02-29', '--to=2024-03-01', '--out', 'f']),
    { command: 'backfill', ...configured, from: '2024-02-29', to: '2024-03-01', out: 'f', otlp: false },
  );
  assert.deepEqual(
    parseFlags(['capture', ...common, '--source', 'growatt/default', '--device', 'SN1', '--out', 'f']),
    { command: 'capture', ...configured, source: 'growatt/default', device: 'SN1', out: 'f' },
  );
});

test('help and version go before everything else that is understood', () => {
  for (const argv of [['--help'], ['-h'], ['run', '--help', '--version']]) {
    assert.deepEqual(parseFlags(argv), { command: 'help' });
  }
  assert.deepEqual(parseFlags(['--version']), { command: 'version' });
});

const MISTAKES: Readonly<Record<string, string>> = {
  chek: 'Unknown command "chek". Did you mean check?',
  serve: 'Unknown command "serve".\nRun --help for usage.',
  'check twice': 'check does not take the argument "twice".',
  '--cofig x': 'Unknown flag --cofig. Did you mean --config?',
  '--verbose': 'Unknown flag --verbose.\nRun --help for usage.',
  '--json': 'run does not take --json; it belongs to: discover.',
  'demo --config x':
    'demo does not take --config; it belongs to: run, check, healthcheck, discover, backfill, capture.',
  'backfill -t x': 'backfill does not take -t; it belongs to: run, check, healthcheck, discover, capture.',
  'backfill --out f --otlp': 'backfill takes --out or --otlp, not both.',
  'capture --device SN1': 'capture needs --out FOLDER.',
  'discover --json=1': '--json takes no value.',
  '--config': '--config needs a value.',
  '--config --log-level debug': '--config needs a value.',
  '--config=': '--config needs a value.',
  '-p http': '-p takes a port from 0 to 65535, not "http".',
  '-p 65536': '-p takes a port from 0 to 65535, not "65536".',
  '-i 0.4': '-i takes a number of seconds, 0.5 or more, not "0.4".',
  '-i 5s': '-i takes a number of seconds, 0.5 or more, not "5s".',
  'backfill --from yesterday': '--from takes a day such as 2026-01-31, not "yesterday".',
  'backfill --to 2025-02-29': '--to takes a day such as 2026-01-31, not "2025-02-29".',
  'backfill --from 2025-02-02 --to 2025-02-01': '--from is a day after --to.',
};

for (const [line, message] of Object.entries(MISTAKES)) {
  test(`the command line ${JSON.stringify(line)} is a usage error`, () => {
    assert.throws(
      () => parseFlags(line.split(' ')),
      (error) => {
        assert.ok(error instanceof UsageError);
        assert.equal(error.message, message);
        return true;
      },
    );
  });
}

test('the help names every command and flag and fits 80 columns', () => {
  const words = [
    'run',
    'demo',
    'simulate',
    'check',
    'discover',
    'healthcheck',
    'backfill',
    '--config',
    '--web.config.file',
    '--log-level',
    '--json',
  ];
  for (const word of [
    ...words,
    '-t',
    '-p',
    '-i',
    '--from',
    '--to',
    '--out',
    '--otlp',
    '--version',
    '--help',
  ]) {
    assert.match(HELP, new RegExp(`^ +(-h, )?${word}\\b`, 'm'), word);
  }
  for (const line of HELP.split('\n')) assert.ok(line.length <= 80, line);
});
