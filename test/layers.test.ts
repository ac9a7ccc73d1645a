import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { test } from 'node:test';

/** From the ground up: a file imports only from its own layer and from lower ones. */
const LAYERS = [
  'base/',
  'http/',
  'settings/',
  'model/',
  'policy/',
  'metrics/',
  'simulators/',
  'sources/',
  'derived/',
  ['kinds.ts', 'catalogue.ts', 'kind-overviews.ts'],
  'store/',
  'view/',
  'state/',
  'poll/',
  'telemetry/',
  'export/',
  'config/',
  'backfill/',
  'capture/',
  ['agent.ts', 'configured-sources.ts', 'presentation.ts'],
  'docs/',
  'cli/',
  'main.ts',
  'launcher.ts',
];

/** Only this file names the kinds of sources. */
const COMPOSITION = 'kinds.ts';

type Imports = ReadonlyMap<string, readonly string[]>;

const SRC = join(import.meta.dirname, '..', 'src');

/** The files of src, each with the files of src that it imports: by value, as a type, or at run time. */
function readImports(): Imports {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(
    files.map((path) => {
      const file = path.replaceAll(sep, '/');
      const text = readFileSync(join(SRC, path), 'utf8');
      const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"](\.[^'"]+)['"]/g);
      const imported = [...specifiers].map(([, to = '']) => posix.join(posix.dirname(file), to));
      return [file, imported];
    }),
  );
}

const layerOf = (file: string): number =>
  LAYERS.findIndex((layer) => [layer].flat().some((part) => file === part || file.startsWith(part)));

/** `sources/growatt`, `derived/tariff` or `simulators/growatt` for a file of a kind or part, else the folder or the file itself. */
function unitOf(file: string): string {
  const [top = '', kind = '', ...rest] = file.split('/');
  const isOfKind = ['sources', 'derived', 'simulators'].includes(top) && rest.length > 0;
  return isOfKind ? `${top}/${kind}` : top;
}

/** The kind that a file belongs to; undefined: it is about all of them. */
const kindOf = (file: string): string | undefined => unitOf(file).split('/')[1];

/** Why an import is not allowed, or undefined. */
function objection(from: string, to: string): string | undefined {
  if (layerOf(to) > layerOf(from)) return 'goes upward';
  const kind = kindOf(to);
  if (kind === undefined || kindOf(from) === kind || from === COMPOSITION) return undefined;
  return kindOf(from) === undefined ? 'names a kind' : 'goes from one kind to another';
}

function objections(imports: Imports): string[] {
  return [...imports].flatMap(([from, targets]) =>
    targets.flatMap((to) => {
      const why = objection(from, to);
      return why ? [`${from} → ${to} ${why}`] : [];
    }),
  );
}

/** A circle of imports, as the files along it; undefined when there is none. */
function findCircle(imports: Imports): readonly string[] | undefined {
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (finished.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle) return circle;
    }
    finished.add(file);
    return undefined;
  };
  for (const file of imports.keys()) {
    const circle = visit(file, []);
    if (circle) return circle;
  }
  return undefined;
}

const imports = readImports();

test('every file of src belongs to a layer, and imports files that exist', () => {
  assert.ok(imports.size > 100);
  for (const [file, targets] of imports) {
    assert.notEqual(layerOf(file), -1, file);
    for (const to of targets) assert.ok(imports.has(to), `${file} imports ${to}`);
  }
});

test('no import goes upward, and kinds of sources are known only to themselves and to kinds.ts', () => {
  assert.deepEqual(objections(imports), []);
});

test('no imports form a circle, types included', () => {
  assert.equal(findCircle(imports)?.join(' → '), undefined);
});

test('each rule finds what it forbids', () => {
  assert.equal(objection('store/store.ts', 'poll/poller.ts'), 'goes upward');
  assert.equal(objection('poll/poller.ts', 'store/store.ts'), undefined);
  assert.equal(objection('sources/a/source.ts', 'sources/b/fields.ts'), 'goes from one kind to another');
  assert.equal(objection('simulators/a/cloud.ts', 'simulators/b/stick.ts'), 'goes from one kind to another');
  assert.equal(objection('sources/a/kind.ts', 'simulators/a/cloud.ts'), undefined);
  assert.equal(objection('simulators/a/cloud.ts', 'simulators/sun.ts'), undefined);
  assert.equal(objection('agent.ts', 'sources/a/kind.ts'), 'names a kind');
  assert.equal(objection('kinds.ts', 'sources/a/kind.ts'), undefined);
  assert.equal(layerOf('elsewhere/file.ts'), -1);
  const circle: Imports = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', []],
    ['d', ['b']],
  ]);
  assert.deepEqual(findCircle(circle), ['b', 'd', 'b']);
});
