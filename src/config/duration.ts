const UNITS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;

const PART = /(\d{1,9}(?:\.\d{1,6})?)(ms|[smhd])/g;
const WHOLE = new RegExp(`^(?:${PART.source})+$`);

/** Milliseconds of `500ms`, `5s`, `5m`, `1h`, `1d`, a sum such as `1h30m`, or `0`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PART))
    total += Number(amount) * UNITS[unit as keyof typeof UNITS];
  return Math.round(total);
}

/** The shortest exact form that `parseDuration` reads back, such as `1h30m`. */
export function formatDuration(ms: number): string {
  let left = ms;
  let text = '';
  for (const [unit, size] of Object.entries(UNITS)) {
    const amount = Math.floor(left / size);
    if (amount > 0) text += `${amount}${unit}`;
    left -= amount * size;
  }
  return text || '0';
}
