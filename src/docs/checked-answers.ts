import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { kinds } from '../kinds.ts';
import type { CheckedAnswer, SourceKind } from '../model/kind.ts';
import type { Examples } from './metrics.ts';

const TESTS = join(import.meta.dirname, '..', '..', 'test', 'sources');

/** The pages about the families of devices, by path; each says on which answers of the tests it was checked. */
export async function kindPages(): Promise<Record<string, string>> {
  const pages: Record<string, string> = {};
  for (const [name, { page }] of Object.entries<SourceKind>(kinds)) {
    if (page) pages[`docs/${page.file}`] = await page.render(answersOf(join(TESTS, name, 'cases')));
  }
  return pages;
}

/** For each metric the first value, other than 0, that a device in the tests gave. */
export function examples(): Examples {
  const values = new Map<string, number>();
  const files = Object.keys(kinds).flatMap((kind) => filesIn(join(TESTS, kind, 'cases'), 'expected.prom'));
  for (const file of files) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [name = ''] = /^\w+/.exec(line) ?? [];
      if (name === '') continue;
      const value = Number(line.slice(line.lastIndexOf(' ') + 1));
      if (!values.get(name)) values.set(name, value);
    }
  }
  return values;
}

/** The cases that hold one answer of one family. */
function answersOf(cases: string): CheckedAnswer[] {
  return filesIn(cases, 'answer.json').map((file) => {
    const folder = dirname(file);
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
    return { name: basename(folder), family: read('case.json').family, answer: read('answer.json') };
  });
}

/** The files of this name in the cases of a kind. */
const filesIn = (cases: string, name: string) =>
  readdirSync(cases)
    .map((folder) => join(cases, folder, name))
    .filter((path) => existsSync(path));
