import { html, type Markup } from '../markup.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/**
 * A time in its two largest units, such as `3 min 12 s`, or in one, such as `3 min`. The script of the page has the same
 * function, for the time between two updates.
 */
export function duration(seconds: number, isExact: boolean): string {
  const whole = Math.max(0, Math.round(seconds));
  const first = UNITS.findIndex(([, size]) => whole >= size);
  if (first < 0) return '0\u00a0s';
  const [unit, size] = UNITS[first]!;
  const text = `${Math.floor(whole / size)}\u00a0${unit}`;
  const next = UNITS[first + 1];
  const rest = next ? Math.floor((whole % size) / next[1]) : 0;
  return isExact && next && rest > 0 ? `${text} ${rest}\u00a0${next[0]}` : text;
}

const instant = (at: number) => new Date(at * 1000).toISOString();

/** `3 min ago`; the script keeps it right. Both times are seconds since the epoch. */
export function ago(at: number | undefined, now: number, never = 'never'): Markup {
  if (at === undefined) return html`${never}`;
  const text = `${duration(now - at, false)} ago`;
  return html`<time datetime="${instant(at)}" data-ago="${Math.round(at)}">${text}</time>`;
}

/** `in 3 min 12 s`, or `now`. */
export function until(at: number | undefined, now: number): Markup {
  if (at === undefined || at - now < 0.5) return html`now`;
  const text = `in ${duration(at - now, true)}`;
  return html`<time datetime="${instant(at)}" data-in="${Math.round(at)}">${text}</time>`;
}
