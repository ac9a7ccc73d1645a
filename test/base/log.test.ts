import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createLog, type LogOptions } from '../../src/base/log.ts';
import { REDACTED } from '../../src/base/redacted.ts';

/** A log of every level whose lines are kept. */
function setUp(options: Partial<LogOptions> = {}) {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  return { lines, log: createLog({ level: 'debug', format: 'json', write, ...options }) };
}

test('JSON has one object a line: time, level, message and the fields', () => {
  const { log, lines } = setUp();
  log.warn('trucki/shed: no answer', { polls: 3 });
  const [line = ''] = lines;
  assert.match(line, /^\{.*\}\n$/);
  const { time, ...rest } = JSON.parse(line);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(rest, { level: 'warn', message: 'trucki/shed: no answer', polls: 3 });
});

test('text is for people: time, level, message, then the fields', () => {
  const { log, lines } = setUp({ format: 'text' });
  log.info('first poll succeeded', { plants: 1, name: 'a "b"' });
  log.error('down');
  assert.match(
    lines[0] ?? '',
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d INFO {2}first poll succeeded plants=1 name="a \\"b\\""\n$/,
  );
  assert.match(lines[1] ?? '', /ERROR down\n$/);
});

test('on a terminal the word for the level has a colour, and nothing else', () => {
  const { log, lines } = setUp({ format: 'text', colour: true });
  const plain = setUp({ format: 'text' });
  for (const level of ['debug', 'info', 'warn', 'error'] as const) {
    log[level]('down', { polls: 3 });
    plain.log[level]('down', { polls: 3 });
  }
  const sgr = (code: number) => `\u001b[${code}m`;
  for (const [i, code] of [90, 36, 33, 31].entries()) {
    const [, before, word, after] = /^(.{20})(\w+ *)( down polls=3\n)$/s.exec(plain.lines[i] ?? '') ?? [];
    assert.equal(lines[i]?.slice(20), `${sgr(code)}${word}${sgr(39)}${after}`);
    assert.equal(lines[i]?.slice(0, 17), before?.slice(0, 17), 'the same minute');
  }
});

test('JSON never has colours', () => {
  const { log, lines } = setUp({ colour: true });
  log.error('down');
  assert.ok(!lines.join('').includes('\u001b'));
});

test('below its level nothing is written', () => {
  const { log, lines } = setUp({ level: 'warn' });
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).message),
    ['c', 'd'],
  );
});

test('a secret is redacted wherever it stands, in the middle of words and in fields of fields', () => {
  for (const format of ['json', 'text'] as const) {
    const { log, lines } = setUp({ format, secrets: ['s3cret-token'] });
    log.warn('GET /x?token=s3cret-token&y failed', {
      url: 'http://a:s3cret-token@b',
      deep: [{ to: 's3cret-token' }],
    });
    const [line = ''] = lines;
    assert.ok(!line.includes('s3cret'), line);
    assert.equal(line.split(REDACTED).length, 4);
  }
});

test('a secret with quotes, backslashes and accents is redacted in either format', () => {
  const secrets = ['xyz"XYZ\\qqq\nQQQ', "x'öyz"];
  for (const format of ['json', 'text'] as const) {
    const { log, lines } = setUp({ format, secrets });
    for (const secret of secrets) log.info(`is ${secret}!`, { field: secret });
    for (const line of lines) {
      assert.equal(line.split(REDACTED).length, 3, line);
      assert.doesNotMatch(line, /xyz|qqq|öyz/i);
    }
  }
});

test('of two secrets that begin alike, nothing is left of the longer one', () => {
  const { log, lines } = setUp({ secrets: ['abcd', 'abcdefgh'] });
  log.info('abcdefgh abcd');
  assert.equal(JSON.parse(lines[0] ?? '').message, `${REDACTED} ${REDACTED}`);
});

test('a secret made of digits does not break the line it stands in', () => {
  const { log, lines } = setUp({ secrets: ['2026', '1234'] });
  log.info('port 1234', { count: 1234 });
  assert.equal(JSON.parse(lines[0] ?? '').message, `port ${REDACTED}`);
});

test('very short secrets are not redacted, or they would take the words apart', () => {
  const { log, lines } = setUp({ secrets: ['a', ''] });
  log.info('a cat');
  assert.equal(JSON.parse(lines[0] ?? '').message, 'a cat');
});

test('what devices say cannot end a line, move the cursor or forge another line', () => {
  const nasty = 'name\n2026-01-01 00:00:00 ERROR forged\u001b[2J\r\u0007\u009b31m';
  for (const format of ['json', 'text'] as const) {
    const { log, lines } = setUp({ format });
    log.info(nasty, { nasty });
    assert.equal(lines.length, 1);
    assert.ok([...(lines[0] ?? '').slice(0, -1)].every((character) => character >= ' '));
  }
});

test('whatever is said, it is one line, and in JSON it comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, field) => {
      const json = setUp();
      json.log.info(message, { field });
      const parsed = JSON.parse(json.lines.join(''));
      assert.deepEqual(
        [parsed.message, parsed.field],
        [message, field].map((text) => text.toWellFormed()),
      );
      const text = setUp({ format: 'text' });
      text.log.info(message, { field });
      assert.match(text.lines.join(''), /^\P{Cc}*\n$/u);
    }),
  );
});
