import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { rewriteJson, tokensOf } from '../../src/capture/json-text.ts';

const keep = () => undefined;

test('a text without replacements stays the same, byte for byte', () => {
  for (const text of [
    '\uFEFF{"a" : 1.50,\r\n "b":[ -0.0, 1e3, "x\\u00fcy\\/" ], "c":{} }\n',
    '{"data":"","error_code":0}\0\0',
    '{"METERPOWER":nan,"x":-inf}',
    '[]',
    '12',
  ]) {
    const tokens = tokensOf(text);
    assert.equal(tokens.end, text.length, text);
    assert.equal(rewriteJson(text, tokens, keep), text);
  }
});

test('any JSON keeps its value when every token is written anew', () => {
  fc.assert(
    fc.property(fc.json(), fc.boolean(), (json, pretty) => {
      const text = pretty ? JSON.stringify(JSON.parse(json), null, 2) : json;
      const tokens = tokensOf(text);
      assert.equal(tokens.end, text.length);
      const copy = rewriteJson(text, tokens, ({ value }) => value);
      assert.deepEqual(JSON.parse(copy), JSON.parse(text));
    }),
  );
});

test('a value knows its key, in lists too, and a nested object begins with its own keys', () => {
  const { tokens } = tokensOf('{"tlxs":["A","B"],"data":{"A":{"sn":"A","n":1}},"last":"x"}');
  assert.deepEqual(
    tokens.filter(({ type }) => type !== 'key').map(({ key, value }) => `${key}=${value}`),
    ['tlxs=A', 'tlxs=B', 'sn=A', 'n=1', 'last=x'],
  );
});

test('a text ends where it stops being JSON', () => {
  for (const [text, kept] of [
    ['{"a":1,"b":"cut of', '{"a":1,"b":'],
    ['{"a":1}<html>Error for Jane</html>', '{"a":1}'],
    ['<html>Jane</html>', ''],
    ['{"a":Jane}', '{"a":'],
    ['', ''],
  ] as const) {
    assert.equal(rewriteJson(text, tokensOf(text), keep), kept);
  }
});

test('an answer of any size is read in a time that grows with its size only', () => {
  const size = 1024 * 1024;
  for (const text of [
    '['.repeat(size),
    `"${'\\"'.repeat(size / 2)}`,
    `{"a":"${'x'.repeat(size)}"}`,
    '"'.repeat(size),
    ' '.repeat(size),
  ]) {
    const started = performance.now();
    tokensOf(text);
    assert.ok(performance.now() - started < 15_000);
  }
});
