import type { Log } from '../../src/base/log.ts';

/** A log that keeps `level: message` lines, the fields as JSON behind them. */
export function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) => {
      const details = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
      lines.push(`${level}: ${message}${details}`);
    };
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
