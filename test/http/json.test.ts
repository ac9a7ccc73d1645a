import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SourceError } from '../../src/base/errors.ts';
import { parseJsonObject } from '../../src/http/json.ts';

test('a byte-order mark, NUL bytes and blanks around an object do no harm', () => {
  for (const text of ['{"a":1}', '\uFEFF{"a":1}', '\0{"a":\0 1}\0\0', ' \r\n{"a":1}\n']) {
    assert.deepEqual(parseJsonObject(text, 'x'), { a: 1 });
  }
});

test('what came instead is named', () => {
  const cases: [string, string][] = [
    ['', 'device/list: the answer is empty'],
    ['\0\0', 'device/list: the answer is empty'],
    ['<!DOCTYPE html><title>Login</title>', 'device/list: a web page came instead of data'],
    ['{"a":', 'device/list: the answer is not valid JSON (cut off?)'],
    ['{"a":NaN}', 'device/list: the answer is not valid JSON (cut off?)'],
    ['[1]', 'device/list: the answer is not a JSON object'],
    ['null', 'device/list: the answer is not a JSON object'],
    ['"text"', 'device/list: the answer is not a JSON object'],
    ['12', 'device/list: the answer is not a JSON object'],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => parseJsonObject(text, 'device/list'),
      (error) => error instanceof SourceError && error.kind === 'malformed' && error.message === message,
    );
  }
});

test('deep nesting is refused like any other nonsense', () => {
  assert.throws(() => parseJsonObject('['.repeat(200_000), 'x'), SourceError);
});
