import { type Uncompiled, writeCompiledCode } from '../base/compiled-code.ts';

/** Given by the launcher of the bundle; undefined in a checkout, and when what was compiled is kept already. */
declare const UNCOMPILED: Uncompiled | undefined;

/** By then there were polls and scrapes, so that what they need is compiled; and V8 has not yet dropped what only a start needs. */
const KEEP_AFTER_MS = 2 * 60_000;

/** Does something, and keeps what V8 compiled for it for the next start: after two minutes, or at its end. */
export async function keepingCompiledCode<T>(action: () => Promise<T>): Promise<T> {
  if (typeof UNCOMPILED === 'undefined') return await action();
  const program = UNCOMPILED;
  let kept: Promise<void> | undefined;
  const timer = setTimeout(() => {
    kept = writeCompiledCode(program);
  }, KEEP_AFTER_MS).unref();
  try {
    const result = await action();
    await (kept ?? writeCompiledCode(program));
    return result;
  } finally {
    clearTimeout(timer);
  }
}
