import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS, dashed, isCommand, OPTIONS } from '../../src/cli/command-table.ts';
import { parseFlags, UsageError } from '../../src/cli/flags.ts';
import { HELP, helpOf } from '../../src/cli/help.ts';

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
  assert.deepEqual(parseFlags(['demo', '--plants', '200']), { command: 'demo', flags: {}, plants: 200 });
  for (const count of ['0', '1001', '-3', '1e2', 'many'])
    assert.throws(() => parseFlags(['demo', `--plants=${count}`]), /--plants takes a number from 1 to 1000/);
  assert.deepEqual(
    parseFlags(['backfill', ...common, '--from', '2024-02-29', '--to=2024-03-01', '--out', 'f']),
    { command: 'backfill', ...configured, from: '2024-02-29', to: '2024-03-01', out: 'f', otlp: false },
  );
  assert.deepEqual(
    parseFlags(['capture', ...common, '--source', 'growatt/default', '--device', 'SN1', '--out', 'f']),
    { command: 'capture', ...configured, source: 'growatt/default', device: 'SN1', out: 'f' },
  );
});

test('help and version go before every flag, also before flags that the command does not take', () => {
  for (const argv of [['--help'], ['-h'], ['--help', '--version'], ['help'], ['--json', '--help']]) {
    assert.deepEqual(parseFlags(argv), { command: 'help', of: undefined });
  }
  for (const argv of [
    ['capture', '--help'],
    ['-h', 'capture', '--otlp'],
    ['help', 'capture'],
  ]) {
    assert.deepEqual(parseFlags(argv), { command: 'help', of: 'capture' });
  }
  assert.deepEqual(parseFlags(['run', '--help']), { command: 'help', of: 'run' });
  assert.deepEqual(parseFlags(['--version']), { command: 'version' });
  assert.deepEqual(parseFlags(['capture', '--version']), { command: 'version' });
});

const MISTAKES: Readonly<Record<string, string>> = {
  chek: 'Unknown command "chek". Did you mean check?',
  'chek --help': 'Unknown command "chek". Did you mean check?',
  'help bakfill': 'Unknown command "bakfill". Did you mean backfill?',
  serve: 'Unknown command "serve".\nRun --help for usage.',
  'check twice': 'check does not take the argument "twice".',
  '--cofig x': 'Unknown flag --cofig. Did you mean --config?',
  '--verbose': 'Unknown flag --verbose.\nRun --help for usage.',
  '--json': 'run does not take --json; it belongs to: discover.',
  'demo --config x':
    'demo does not take --config; it belongs to: run, check, discover, healthcheck, backfill, capture.',
  'backfill -t x': 'backfill does not take -t; it belongs to: run, check, discover, healthcheck, capture.',
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

const commands = Object.keys(COMMANDS).filter(isCommand);

test('the help names every command and flag once', () => {
  for (const word of commands) assert.equal(linesWith(HELP, word), 1, word);
  for (const name of Object.keys(OPTIONS)) assert.equal(linesWith(HELP, dashed(name)), 1, name);
});

for (const command of commands) {
  test(`the help of ${command} has its flags and no others, and its examples are understood`, () => {
    const help = helpOf(command);
    const flags = help.slice(help.indexOf('Flags:'), help.indexOf('Examples:'));
    const named = Object.keys(OPTIONS).filter((name) => linesWith(flags, dashed(name)) === 1);
    assert.deepEqual(named.toSorted(), [...COMMANDS[command].options, 'help'].toSorted());
    const examples = help.match(/(?<=^ {2}solar-otel-agent ).*$/gm) ?? [];
    assert.equal(examples.length, COMMANDS[command].examples.length);
    for (const example of examples) assert.equal(parseFlags(example.split(' ')).command, command);
  });
}

test('every help fits 80 columns', () => {
  for (const line of [HELP, ...commands.map(helpOf)].join('').split('\n')) assert.ok(line.length <= 80, line);
});

/** How many lines begin with a word that is described. */
const linesWith = (help: string, word: string) =>
  [...help.matchAll(new RegExp(`^ {2}(-h, )?${word.replaceAll('.', '\\.')}(?![\\w-])`, 'gm'))].length;
