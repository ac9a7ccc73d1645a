import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { API } from 'typescript/unstable/sync';

// In this process; the other backends are programs.
process.env.RECHECK_BACKEND = 'pure';
const { checkSync } = await import('recheck');

const ROOT = join(import.meta.dirname, '..');
const SRC = join(ROOT, 'src');
/** What reads only files of this repository. */
const OWN_TEXT = /^docs\/|^sources\/growatt\/families-page\.ts$/;

interface Pattern {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression of src: the literals, and those that are made when a module is loaded. */
async function patterns(): Promise<readonly Pattern[]> {
  const found: Pattern[] = [];
  const constructing = new Set<string>();
  const api = new API();
  const [project] = api.updateSnapshot({ openProjects: [join(ROOT, 'tsconfig.json')] }).getProjects();
  assert.ok(project);
  for (const file of readdirSync(SRC, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || OWN_TEXT.test(file)) continue;
    const visit = (node: Node): void => {
      const text = node.kind === SyntaxKind.RegularExpressionLiteral ? node.getText() : '';
      const end = text.lastIndexOf('/');
      if (text !== '') found.push({ file, source: text.slice(1, end), flags: text.slice(end + 1) });
      if (node.kind === SyntaxKind.Identifier && node.getText() === 'RegExp') {
        const isMade =
          node.parent.kind === SyntaxKind.NewExpression || node.parent.kind === SyntaxKind.CallExpression;
        if (isMade) constructing.add(file);
      }
      node.forEachChild(visit);
    };
    const source = project.program.getSourceFile(join(SRC, file));
    assert.ok(source, file);
    visit(source);
  }
  api.close();
  for (const file of constructing) {
    const made = await madeIn(file);
    assert.ok(
      made.length > 0,
      `${file} makes regular expressions later than when it is loaded: they cannot be checked`,
    );
    found.push(...made);
  }
  return found;
}

/** The regular expressions that a module makes when it is loaded. */
async function madeIn(file: string): Promise<readonly Pattern[]> {
  const found: Pattern[] = [];
  const original = RegExp;
  globalThis.RegExp = new Proxy(original, {
    construct(target, [source, flags = '']) {
      found.push({ file, source: String(source), flags });
      return new target(source, flags);
    },
  });
  try {
    await import(join(SRC, file));
  } finally {
    globalThis.RegExp = original;
  }
  return found;
}

/** Repetition without a bound, and of groups; without either, a match reads a bounded number of characters. */
const REPEATS = /[*+]|\{\d+,\}|\)\{/;

/** Why a regular expression may take longer than a time that grows with the length of the text. */
function objection({ source, flags }: Omit<Pattern, 'file'>): string | undefined {
  // Indices of groups are of no account.
  if (!REPEATS.test(source.replace(/\\./g, ''))) return undefined;
  const result = checkSync(source, flags.replace('d', ''));
  if (result.status === 'safe') return undefined;
  return result.status === 'vulnerable' ? result.complexity.summary : result.error.kind;
}

// The proofs take some seconds of CPU time, on a busy machine more than the usual limit of a test.
const PATIENT = { timeout: 300_000 };

test(
  'every regular expression takes a time that grows with the length of the text at most',
  PATIENT,
  async () => {
    const found = await patterns();
    assert.ok(found.length > 100, `${found.length}`);
    const unique = new Map(found.map((pattern) => [`${pattern.source}/${pattern.flags}`, pattern])).values();
    const slow = [...unique].flatMap((pattern) => {
      const why = objection(pattern);
      return why === undefined ? [] : [`${pattern.file}: /${pattern.source}/${pattern.flags}: ${why}`];
    });
    assert.deepEqual(slow, []);
  },
);

test('a regular expression that goes back over its text is found', () => {
  for (const source of ['^\\d+\\.?\\d*$', '/+$', '<[^>]*>', '^(a+)+$'])
    assert.ok(objection({ source, flags: '' }), source);
});
