import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { schema } from '../../src/config/schema.ts';
import { settingsOf } from '../../src/config/setting.ts';
import { configurationReference } from '../../src/docs/configuration.ts';

test('docs/configuration.md is what `npm run docs` makes of the schema', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  assert.equal(page, configurationReference());
});

test('every setting is explained in a sentence, and no variable gives two settings', () => {
  const settings = [...settingsOf(schema)];
  for (const [path, { doc }] of settings) assert.match(doc, /\.$/, path);
  const variables = settings.flatMap(([, { env }]) => env ?? []);
  assert.equal(new Set(variables).size, variables.length);
});
