import type { Curve, DayPowers } from '../../view/curves.ts';
import { html, type Markup } from '../markup.ts';
import { powerText } from './numbers.ts';

const STEPS_IN_HOUR = 12;
const WIDTH = 960;
const HEIGHT = 200;
/** Space above the highest point. */
const HEADROOM = 12;
/** A gap up to this long is bridged: while inverters sleep or the cloud asks for patience, readings are rare. */
const LONGEST_BRIDGE = 8;
/** The axis begins and ends on a multiple of so many hours. */
const TICK_HOURS = 3;
const LEAST_WATTS = 100;

interface Point {
  readonly step: number;
  readonly watts: number;
}

const pointsOf = (day: DayPowers): Point[] =>
  Array.from(day, (watts, step) => ({ step, watts })).filter(({ watts }) => !Number.isNaN(watts));

/**
 * The power of today, with what was expected where that is known, over that of yesterday; the drawing is stretched to
 * its width, so it holds no text.
 */
export function curveDrawing({ today, yesterday, expected }: Curve, name: string): Markup {
  const model = expected ? pointsOf(expected) : [];
  const [from, to] = hoursOf([...pointsOf(today), ...pointsOf(yesterday), ...model]);
  const isShown = ({ step }: Point) => step >= from * STEPS_IN_HOUR && step <= to * STEPS_IN_HOUR;
  const [now, before] = [pointsOf(today).filter(isShown), pointsOf(yesterday).filter(isShown)];
  const ahead = model.filter(isShown);
  const all = [...now, ...before, ...ahead];
  const top = Math.max(LEAST_WATTS, ...all.map(({ watts }) => watts));
  const x = ({ step }: Point) => round(((step / STEPS_IN_HOUR - from) / (to - from)) * WIDTH);
  const y = ({ watts }: Point) => round(HEIGHT - (Math.max(0, watts) / top) * (HEIGHT - HEADROOM));
  const line = (points: readonly Point[]) =>
    stretches(points).map((part) => `M${part.map((p) => `${x(p)} ${y(p)}`).join('L')}`);
  const area = (points: readonly Point[]) =>
    stretches(points).map(
      (part) =>
        `M${x(part[0]!)} ${HEIGHT}L${part.map((p) => `${x(p)} ${y(p)}`).join('L')}L${x(part.at(-1)!)} ${HEIGHT}Z`,
    );
  const last = now.at(-1);
  return html`<figure class="curve"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${labelOf(name, now, before, ahead)}"><path class="before" d="${area(before).join('')}"/><path class="area" d="${area(now).join('')}"/>${ahead.length > 0 ? html`<path class="expected" d="${line(ahead).join('')}"/>` : []}<path class="line" d="${line(now).join('')}"/>${last ? html`<path class="dot" d="M${x(last)} ${y(last)}h0"/>` : []}</svg><div class="hours" aria-hidden="true">${hourTicks(from, to)}</div>${ahead.length > 0 ? html`<figcaption aria-hidden="true">Dashed: expected</figcaption>` : []}</figure>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** The hours that the axis shows: those with power, and some around them. */
function hoursOf(points: readonly Point[]): readonly [number, number] {
  const lit = points.filter(({ watts }) => watts > 0).map(({ step }) => step / STEPS_IN_HOUR);
  if (lit.length === 0) return [0, 24];
  const from = Math.floor(Math.min(...lit) / TICK_HOURS) * TICK_HOURS;
  const to = Math.min(24, Math.ceil((Math.max(...lit) + 0.1) / TICK_HOURS) * TICK_HOURS);
  return to - from >= 4 * TICK_HOURS
    ? [from, to]
    : [Math.max(0, Math.min(6, from)), Math.min(24, Math.max(18, to))];
}

/** Few enough for a phone. */
function hourTicks(from: number, to: number): Markup[] {
  const every =
    to - from > 6 * TICK_HOURS && (to - from) % (2 * TICK_HOURS) === 0 ? 2 * TICK_HOURS : TICK_HOURS;
  const count = Math.floor((to - from) / every) + 1;
  return Array.from(
    { length: count },
    (_, i) => html`<span>${String(from + i * every).padStart(2, '0')}:00</span>`,
  );
}

/** The points, parted where nothing is known for long. */
function stretches(points: readonly Point[]): Point[][] {
  const parts: Point[][] = [];
  for (const point of points) {
    const part = parts.at(-1);
    const before = part?.at(-1);
    if (part && before && point.step - before.step <= LONGEST_BRIDGE) part.push(point);
    else parts.push([point]);
  }
  return parts;
}

function labelOf(
  name: string,
  now: readonly Point[],
  before: readonly Point[],
  ahead: readonly Point[],
): string {
  const highest = (points: readonly Point[]) => points.toSorted((a, b) => b.watts - a.watts)[0];
  const of = (point: Point | undefined, day: string) =>
    point ? `highest ${day} ${powerText(point.watts)} at ${timeOf(point.step)}` : `nothing known ${day}`;
  const days = [of(highest(now), 'today'), of(highest(before), 'yesterday')];
  const expected = ahead.length > 0 ? [of(highest(ahead), 'expected today')] : [];
  return `Power of ${name}: ${[...days, ...expected].join(', ')}`;
}

function timeOf(step: number): string {
  const minutes = step * (60 / STEPS_IN_HOUR);
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}
