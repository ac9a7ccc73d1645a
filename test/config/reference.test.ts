import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { agentSettings } from '../../src/config/settings.ts';
import { configurationReference } from '../../src/docs/configuration.ts';
import { kinds } from '../../src/kinds.ts';
import { together } from '../../src/settings/schema.ts';

test('docs/configuration.md is what `npm run docs` makes of the settings', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  assert.equal(page, configurationReference());
});

test('every setting is explained in a sentence, and no variable gives two settings', () => {
  const sections = Object.values(kinds).map(({ settings }) => settings);
  const settings = [...together([...sections, agentSettings])];
  for (const [path, { doc }] of settings) assert.match(doc, /\.$/, path);
  const variables = settings.flatMap(([, { env }]) => env ?? []);
  assert.equal(new Set(variables).size, variables.length);
});
