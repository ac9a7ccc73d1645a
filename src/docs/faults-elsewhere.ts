import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { table, upperFirst } from './markdown.ts';

const text = z.string().min(1);

/** One fault whose test is beside the part that it is about; all texts are Markdown. */
const row = z.strictObject({
  fault: text,
  /** What metrics, answers or the exit code show while it lasts. */
  shown: text,
  logged: text,
  'tried again': text,
  recovers: text,
  test: z.strictObject({
    /** From the root of the repository. */
    file: text,
    /** The title as it stands in the file. */
    name: text,
    /** Where the title has a placeholder: text of the file that names the case. */
    case: text.optional(),
  }),
});

const sections = z.array(z.strictObject({ title: text, introduction: text, faults: z.array(row).min(1) }));

export type FaultElsewhere = z.infer<typeof row>;

const ROWS = join(import.meta.dirname, '..', '..', 'test', 'faults', 'tested-elsewhere.yaml');
const TITLES = ['Fault', 'Shown', 'Logged', 'Tried again', 'Recovers', 'Test'];

/** All sections of faults that are tested elsewhere. @throws ZodError for a row without one of its columns */
export const faultsElsewhere = () => sections.parse(parse(readFileSync(ROWS, 'utf8')));

/** Their part of the page `docs/faults.md`. */
export function faultsElsewhereText(): string {
  const parts = faultsElsewhere().map(({ title, introduction, faults }) => {
    const rows = faults.map(({ fault, shown, logged, 'tried again': again, recovers, test: { file } }) => [
      ...[upperFirst(fault), shown, logged, again, recovers],
      `[${file.replace('test/', '')}](../${file})`,
    ]);
    return `## ${title}\n\n${introduction}\n\n${table(TITLES, rows)}`;
  });
  return parts.join('\n');
}
