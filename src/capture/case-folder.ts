import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolderSync } from '../base/folder.ts';
import { version } from '../base/version.ts';
import type { Exchange } from '../model/capture.ts';
import type { DiscoveryEntry } from '../model/source.ts';
import type { Masked } from './replacements.ts';

/** What was replaced, for people. */
const WORDS: Readonly<Record<Masked, string>> = {
  serial: 'serial numbers and ids',
  place: 'coordinates',
  name: 'names and other texts',
  address: 'addresses',
  secret: 'passwords and tokens',
};

/** What a case is about, beside its answers; all of it masked. */
export interface CaseDescription {
  readonly kind: string;
  /** The device that was asked for, if one was. */
  readonly device: string | undefined;
  readonly devices: readonly Pick<DiscoveryEntry, 'family' | 'model' | 'supported'>[];
  /** When the answers came, milliseconds since the epoch. */
  readonly capturedAt: number;
  /** How many originals of each content were replaced. */
  readonly masked: ReadonlyMap<Masked, number>;
  /** Keys under which text was masked because nothing is known of them. */
  readonly unknownKeys: readonly string[];
}

/** The files of a case, by name: one for each answer, `case.json` and `README.md`. Names are made here only. */
export function caseFiles(
  exchanges: readonly Exchange[],
  description: CaseDescription,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const calls = exchanges.map(({ method, path, params, status, body, complete }, i) => {
    const file = `${String(i + 1).padStart(2, '0')}-${fileWord(path)}.json`;
    files.set(file, body);
    return { file, method, path, params: Object.fromEntries(params), status, ...(!complete && { complete }) };
  });
  const { kind, device, devices, capturedAt } = description;
  const about = {
    format: 1,
    agent: version,
    captured: new Date(capturedAt).toISOString(),
    kind,
    ...(device !== undefined && { device }),
    devices,
    calls,
  };
  files.set('case.json', `${JSON.stringify(about, null, 2)}\n`);
  files.set('README.md', readme(exchanges, description));
  return files;
}

/** Whether a folder can take a case: it does not exist, or it is empty. @throws Error of node:fs */
export function isFree(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

/** Writes the files into a folder that is free. @throws Error of node:fs; a file that exists is never replaced */
export function writeCase(folder: string, files: ReadonlyMap<string, string>): void {
  makeFolderSync(folder);
  for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: 'wx' });
}

/** The last two parts of a path as a word for a file's name. */
function fileWord(path: string): string {
  const words = path.toLowerCase().split('/').filter(Boolean).slice(-2).join('-');
  return (
    words
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40) || 'answer'
  );
}

function readme(exchanges: readonly Exchange[], description: CaseDescription): string {
  const { kind, devices, masked, unknownKeys } = description;
  const counts = [...masked].map(([content, count]) => `${WORDS[content]} (${count})`);
  const cut = exchanges.filter(({ complete }) => !complete).length;
  const shown = devices.map(({ family, model, supported }) =>
    [`- ${family}`, model && `model ${model}`, supported || 'not supported by this version']
      .filter((part) => part && part !== true)
      .join(', '),
  );
  return `# Captured answers of a ${kind} source

Written by \`solar-otel-agent capture\`, version ${version}. One file for each call; \`case.json\` says which call it
answers.

${[...new Set(shown)].join('\n')}

Before you publish this folder, open every file and look for anything that is about you: names, places, addresses,
serial numbers, passwords. Replaced in this folder: ${counts.join(', ') || 'nothing'}.
${unknownKeys.length > 0 ? `\nText under these keys was replaced only because the agent does not know them: ${unknownKeys.map((key) => `\`${key}\``).join(', ')}.\nWhere such a text is needed to understand the device and says nothing about you, write it into the report.\n` : ''}
Not replaced: numbers (power, energy, voltage), times, states, models and firmware versions. They show how much your
system produces and when it was installed.
${cut > 0 ? `\n${cut} of the answers are not complete: what is not JSON is left out.\n` : ''}`;
}
