import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { parseFlags, UsageError } from '../../src/cli/flags.ts';

const FORMS = '.github/ISSUE_TEMPLATE/';
const read = (file: string) => readFileSync(file, 'utf8');
const { scripts, bugs } = JSON.parse(read('package.json')) as {
  scripts: Readonly<Record<string, string>>;
  bugs: { url: string };
};
const TEXTS = ['.github/CONTRIBUTING.md', '.github/SECURITY.md', '.github/PULL_REQUEST_TEMPLATE.md'];
const forms = readdirSync(FORMS).filter((file) => file !== 'config.yml');

interface Form {
  readonly name: string;
  readonly description: string;
  readonly body: readonly {
    readonly type: string;
    readonly id?: string;
    readonly attributes: { readonly label?: string; readonly value?: string };
  }[];
}

describe('What GitHub shows to contributors', () => {
  it('has forms that GitHub accepts', () => {
    assert.deepEqual(forms, ['bug.yml', 'device.yml']);
    for (const file of forms) {
      const { name, description, body } = parse(read(FORMS + file)) as Form;
      assert.ok(name && description && body.length > 0, file);
      const asked = body.filter(({ type }) => type !== 'markdown');
      assert.equal(new Set(asked.map(({ id }) => id)).size, asked.length, `${file}: an id is there twice`);
      for (const { type, attributes } of body) {
        assert.ok(['markdown', 'input', 'textarea', 'checkboxes'].includes(type), `${file}: ${type}`);
        assert.ok(type === 'markdown' ? attributes.value : attributes.label, `${file}: ${type}`);
      }
    }
  });

  it('names scripts and commands that there are', () => {
    const texts = [...TEXTS, ...forms.map((file) => FORMS + file)].map(read).join('\n');
    for (const [, script = ''] of texts.matchAll(/npm run ([\w:]+)/g)) assert.ok(scripts[script], script);
    const commands = [...texts.matchAll(/solar-otel-agent ((?:--)?[a-z]+[^`\n]*)`/g)].map(
      ([, line = '']) => line,
    );
    assert.ok(commands.some((line) => line.startsWith('capture')));
    for (const line of commands) {
      try {
        parseFlags(line.split(' '));
      } catch (error) {
        // Not all of its flags have to be given where a command is only named.
        assert.ok(error instanceof UsageError && / needs --/.test(error.message), `${line}: ${error}`);
      }
    }
  });

  it('links to the repository that package.json names', () => {
    const repository = bugs.url.replace(/\/issues$/, '');
    const texts = [...TEXTS, `${FORMS}config.yml`].map(read).join('\n');
    const links = [...texts.matchAll(/https:\/\/github\.com\/[^\s)#]*/g)].map(([link]) => link);
    assert.ok(links.length > 0);
    for (const link of links) assert.ok(link.startsWith(`${repository}/`), link);
  });
});
