import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { ConfigError } from './problems.ts';

/** A part of the file. Every scalar is the text that was written, so that a serial number keeps its zeros. */
export type FileNode = string | readonly FileNode[] | FileMapping;

export interface FileMapping {
  readonly [key: string]: FileNode;
}

export type ReadFile = (path: string) => string;

/** Reads from the disk. @throws the system's error */
export const readTextFile: ReadFile = (path) => readFileSync(path, 'utf8');

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  EISDIR: 'is a directory',
};

/** Why a file cannot be read, as it follows its name. */
export function readFailure(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return REASONS[code] ?? `cannot be read: ${code}`;
}

/** Whether a part of the file is `key: value` lines, not a list and not a text. */
export function isMapping(node: unknown): node is FileMapping {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

/** Reads a YAML file; settings left empty or null are absent. @throws ConfigError naming the file */
export function parseConfigFile(path: string, readFile: ReadFile): FileMapping {
  const fail = (message: string) => new ConfigError([{ key: path, message }]);
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    throw new ConfigError([{ key: '--config', message: `${path} ${readFailure(error)}` }]);
  }
  const lines = new LineCounter();
  // The parser's own messages quote the line at fault, which may hold a token.
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false, lineCounter: lines });
  const [mistake] = document.errors;
  if (mistake) {
    const { line, col } = lines.linePos(mistake.pos[0]);
    throw fail(`${explain(mistake, text)} (line ${line}, column ${col})`);
  }
  let content: unknown;
  try {
    content = withoutEmpty(document.toJS());
  } catch {
    throw fail('an alias (*name) has no anchor, or there are too many aliases');
  }
  if (content === undefined) return {};
  if (!isMapping(content)) throw fail('must hold settings such as `token: …`, one on each line');
  return content;
}

function explain({ code, message, pos }: YAMLParseError, text: string): string {
  if (code === 'DUPLICATE_KEY') return `duplicate key ${/^[^\s:]*/.exec(text.slice(pos[0]))?.[0]}`;
  return `not valid YAML: ${message.split(/[:;\\\n]/, 1)[0]?.trim()}`;
}

function withoutEmpty(node: unknown): FileNode | undefined {
  if (Array.isArray(node)) return node.map(withoutEmpty).filter((item) => item !== undefined);
  if (isMapping(node)) {
    const entries = Object.entries(node).flatMap(([key, value]) => {
      const kept = withoutEmpty(value);
      return kept === undefined ? [] : [[key, kept] as const];
    });
    return Object.fromEntries(entries);
  }
  const text = String(node ?? '').trim();
  return text === '' || text === '~' || text === 'null' ? undefined : text;
}
