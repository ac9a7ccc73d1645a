/** Given by the launcher of the bundle; undefined when run from a checkout, and when nothing is to be kept. */
declare const keepCompiledCode: (() => Promise<void>) | undefined;

/** By then there were polls and scrapes, so that what they need is compiled; and V8 has not yet dropped what only a start needs. */
const KEEP_AFTER_MS = 2 * 60_000;

/** Does something, and keeps what V8 compiled for it for the next start: after two minutes, or at its end. */
export async function keepingCompiledCode<T>(action: () => Promise<T>): Promise<T> {
  if (typeof keepCompiledCode !== 'function') return await action();
  const keep = keepCompiledCode;
  let kept: Promise<void> | undefined;
  const timer = setTimeout(() => {
    kept = keep();
  }, KEEP_AFTER_MS).unref();
  try {
    const result = await action();
    await (kept ?? keep());
    return result;
  } finally {
    clearTimeout(timer);
  }
}
