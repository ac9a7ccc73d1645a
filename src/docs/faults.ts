import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { faultsElsewhereText } from './faults-elsewhere.ts';
import { code, table, upperFirst } from './markdown.ts';

/** What is seen of a fault; the tests compare it word by word with what they observe. */
const observation = z.strictObject({
  /** Metrics while it lasts: a number, or what becomes of the value from before. */
  shown: z.record(z.string(), z.union([z.number(), z.string()])),
  /** Lines of the log from `info` on, from the beginning of the fault to the recovery. */
  logged: z.array(z.string()),
  /** How often the agent calls or tries. */
  tries: z.string(),
  /** How long after the end of the fault all is as before. */
  recovers: z.string(),
});

/** One fault: a test, and a row of the page. */
const row = observation.extend({
  /** What is wrong; the name of the test. */
  fault: z.string(),
  /** How the test brings it about, and with what. */
  scenario: z.string(),
  with: z.record(z.string(), z.unknown()).default({}),
});

const section = z.strictObject({ title: z.string(), introduction: z.string(), faults: z.array(row) });

export type Observation = z.infer<typeof observation>;
export type FaultRow = z.infer<typeof row>;
export type FaultSection = z.infer<typeof section>;

const ROWS = join(import.meta.dirname, '..', '..', 'test', 'faults', 'rows');
/** In the order of the page. */
export const FAULT_FILES = ['cloud', 'stick', 'growatt', 'trucki', 'values', 'restart', 'start'] as const;

/** The rows of one file. @throws ZodError for one that is not as it should be */
export function readFaults(file: (typeof FAULT_FILES)[number]): FaultSection {
  return section.parse(parse(readFileSync(join(ROWS, `${file}.yaml`), 'utf8')));
}

/** Names of all files with rows. */
export const faultFiles = (): readonly string[] =>
  readdirSync(ROWS).map((name) => name.replace(/\.yaml$/, ''));

/** The page `docs/faults.md`: what is seen of each fault that the tests bring about. */
export function faultsPage(): string {
  return `# Faults

What the agent does when something fails. Each row is a test against a real server on the loopback interface, in
virtual time; the words and numbers below are what the test observes, compared exactly. Addresses are replaced by
\`CLOUD\` and \`STICK\`. Only the rows of the last three sections are written by hand: they name the tests that show
what they say.

- **Shown**: metrics at the end of the fault. "kept" is the value from before it, "goes on" a newer one, "absent" none.
- **Logged**: all lines of the log at level info or above, from the beginning of the fault until all is as before.
- **Calls**: how often the agent tries. "4 times, then once with each poll": four tries in the first poll that failed.
- **Recovers**: how long it takes after the end of the fault until everything shown before is shown again.

${FAULT_FILES.map((file) => sectionText(readFaults(file))).join('\n')}
${faultsElsewhereText()}`;
}

function sectionText({ title, introduction, faults }: FaultSection): string {
  const rows = faults.map(({ fault, shown, logged, tries, recovers }) => [
    upperFirst(fault),
    Object.entries(shown)
      .map(([metric, state]) => `${code(metric)} ${state}`)
      .join('<br>'),
    logged.map(code).join('<br>') || 'nothing',
    tries,
    recovers,
  ]);
  return `## ${title}\n\n${introduction}\n\n${table(['Fault', 'Shown', 'Logged', 'Calls', 'Recovers'], rows)}`;
}
