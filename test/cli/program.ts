import type { Program } from '../../src/cli/program.ts';

/** A program whose output is kept, and that can be stopped. */
export function testProgram(env: Readonly<Record<string, string>> = {}) {
  const controller = new AbortController();
  let out = '';
  let err = '';
  const waiting: { pattern: RegExp; resolve: (match: RegExpExecArray) => void }[] = [];
  const written = () => {
    for (const { pattern, resolve } of waiting) {
      const match = pattern.exec(out + err);
      if (match) resolve(match);
    }
  };
  const program: Program = {
    env,
    out: async (text) => {
      out += text;
      written();
    },
    err: (text) => {
      err += text;
      written();
    },
    isTerminal: false,
    columns: 80,
    signal: controller.signal,
  };
  return {
    program,
    stop: () => controller.abort(),
    out: () => out,
    err: () => err,
    /** Resolves once what was written matches. */
    written(pattern: RegExp): Promise<RegExpExecArray> {
      const { promise, resolve } = Promise.withResolvers<RegExpExecArray>();
      waiting.push({ pattern, resolve });
      written();
      return promise;
    },
  };
}
