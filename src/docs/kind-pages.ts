import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '../kinds.ts';
import type { CheckedAnswer, SourceKind } from '../model/kind.ts';

const TESTS = join(import.meta.dirname, '..', '..', 'test', 'sources');

/** The pages about the families of devices, by path; each says on which answers of the tests it was checked. */
export async function kindPages(): Promise<Record<string, string>> {
  const pages: Record<string, string> = {};
  for (const [name, { page }] of Object.entries<SourceKind>(kinds)) {
    if (page) pages[`docs/${page.file}`] = await page.render(answersOf(join(TESTS, name, 'cases')));
  }
  return pages;
}

/** The cases that hold one answer of one family. */
function answersOf(folder: string): CheckedAnswer[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'answer.json')))
    .map((name) => {
      const read = (file: string) => JSON.parse(readFileSync(join(folder, name, file), 'utf8'));
      return { name, family: read('case.json').family, answer: read('answer.json') };
    });
}
