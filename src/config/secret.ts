import { resolve } from 'node:path';
import { type ReadFile, readFailure } from './file.ts';
import { FORMATS, type FormatName } from './formats.ts';
import { type Problem, presentable } from './problems.ts';
import type { Origin } from './settings.ts';

/** A secret that is given as itself or as the file that holds it. */
export interface SecretChoice {
  readonly value: string | undefined;
  readonly file: string | undefined;
  readonly valueOrigin: Origin;
  readonly fileOrigin: Origin;
  readonly format: FormatName & ('token' | 'password');
}

export interface SecretReader {
  readonly readFile: ReadFile;
  /** Folder of the configuration file: paths of secrets in it are relative to it. */
  readonly folder: string;
  readonly problems: Problem[];
}

/** The secret, trimmed when it comes from a file; undefined when none is given or, with a problem, not usable. */
export function readSecret(
  choice: SecretChoice,
  { readFile, folder, problems }: SecretReader,
): string | undefined {
  const { value, file, valueOrigin, fileOrigin } = choice;
  if (file === undefined) return value;
  if (value !== undefined) {
    problems.push({
      key: valueOrigin.key,
      message: `cannot be used together with ${fileOrigin.key}; keep one of them`,
    });
    return undefined;
  }
  const fail = (message: string): undefined => {
    problems.push({ key: fileOrigin.key, message: `names ${presentable(file)}, which ${message}` });
  };
  let content: string;
  try {
    content = readFile(fileOrigin.from === 'file' ? resolve(folder, file) : file).trim();
  } catch (error) {
    return fail(readFailure(error));
  }
  if (content === '') return fail('is empty');
  const format = FORMATS[choice.format];
  return format.accepts(content, {}) ? content : fail(`must hold ${format.allowed({})}`);
}
