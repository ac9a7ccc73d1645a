import type { Figures } from '../../view/status-api.ts';
import { html, type Markup } from '../markup.ts';
import { powerText } from './numbers.ts';

/** Below this nothing flows worth drawing, W. */
const LEAST_WATTS = 5;

/** One end of the drawing. */
interface Node {
  readonly kind: 'sun' | 'battery' | 'house' | 'grid' | 'stick';
  readonly x: number;
  readonly y: number;
  /** W towards the middle; negative away from it; undefined: unknown. */
  readonly inward: number | undefined;
  readonly label: string;
  /** A sentence about it for those who do not see the drawing. */
  readonly sentence: string;
}

const CENTRE = { x: 200, y: 150 };
const RADIUS = 46;

/** Drawn around the origin, 24 wide. */
const ICONS: Readonly<Record<Node['kind'], string>> = {
  sun: 'M0-5a5 5 0 1 0 .01 0M0-11v3M0 8v3M-11 0h3M8 0h3M-7.8-7.8l2.1 2.1M5.7 5.7l2.1 2.1M-7.8 7.8l2.1-2.1M5.7-5.7l2.1-2.1',
  battery:
    'M-7-8h14a1.5 1.5 0 0 1 1.5 1.5v15a1.5 1.5 0 0 1-1.5 1.5h-14a1.5 1.5 0 0 1-1.5-1.5v-15a1.5 1.5 0 0 1 1.5-1.5zM-3-11h6v3h-6zM1-4l-3.5 5h5l-3.5 5',
  house: 'M-11 0L0-9 11 0M-8-2v11h16v-11M-2.5 9v-6h5v6',
  grid: 'M-9 10L-2.5-10h5L9 10M-5-3h10M-7.5 4h15M-10-5h20M-7.5 4L5-3M7.5 4L-5-3',
  stick: 'M-6-3v4a6 6 0 0 0 12 0v-4zM-3-3v-6M3-3v-6M0 7v5',
};

/** Whether there is more to draw than the sun alone. */
export function hasFlow({
  batteryPercent,
  batteryChargeWatts,
  gridImportWatts,
  loadWatts,
}: Figures): boolean {
  return [batteryPercent, batteryChargeWatts, gridImportWatts, loadWatts].some(
    (value) => value !== undefined,
  );
}

/** Sun, battery, house, grid and sticks around the house's connection, as far as they exist. */
export function flowDrawing(totals: Figures, hasPlants: boolean): Markup {
  const nodes = nodesOf(totals, hasPlants);
  const sentence = nodes.map((node) => node.sentence).join(', ');
  return html`<svg class="flow" viewBox="0 0 400 300" role="img" aria-label="Flow of power now: ${sentence}">${nodes.map(link)}<circle class="hub" cx="${CENTRE.x}" cy="${CENTRE.y}" r="6"/>${nodes.map(circle)}</svg>`;
}

function nodesOf(totals: Figures, hasPlants: boolean): Node[] {
  const { powerWatts, batteryPercent, loadWatts, stickWatts } = totals;
  const battery = difference(totals.batteryDischargeWatts, totals.batteryChargeWatts);
  const grid = difference(totals.gridImportWatts, totals.gridExportWatts);
  const hasSticks = stickWatts !== undefined;
  const above = hasPlants && hasSticks ? 120 : CENTRE.x;
  const nodes: Node[] = [];
  if (hasPlants)
    nodes.push({
      kind: 'sun',
      x: above,
      y: 50,
      inward: powerWatts,
      label: powerText(powerWatts),
      sentence: `sun ${powerText(powerWatts)}`,
    });
  if (hasSticks)
    nodes.push({
      kind: 'stick',
      x: hasPlants ? 280 : CENTRE.x,
      y: 50,
      inward: stickWatts,
      label: powerText(stickWatts),
      sentence: `sticks ${powerText(stickWatts)}`,
    });
  if (battery !== undefined || batteryPercent !== undefined) {
    const charge = batteryPercent === undefined ? '' : ` at ${Math.round(batteryPercent)}\u00a0%`;
    const does = (battery ?? 0) < 0 ? 'battery charging with' : 'battery giving';
    const size = powerText(battery === undefined ? undefined : Math.abs(battery));
    nodes.push({
      kind: 'battery',
      x: 52,
      y: CENTRE.y + 10,
      inward: battery,
      label: size,
      sentence: `${does} ${size}${charge}`,
    });
  }
  if (grid !== undefined) {
    const size = powerText(Math.abs(grid));
    const sentence = `${grid < 0 ? 'fed into the grid' : 'drawn from the grid'} ${size}`;
    nodes.push({ kind: 'grid', x: 348, y: CENTRE.y + 10, inward: grid, label: size, sentence });
  }
  if (loadWatts !== undefined) {
    const text = powerText(loadWatts);
    nodes.push({
      kind: 'house',
      x: CENTRE.x,
      y: 250,
      inward: -loadWatts,
      label: text,
      sentence: `house consumes ${text}`,
    });
  }
  return nodes;
}

const difference = (a: number | undefined, b: number | undefined) =>
  a === undefined && b === undefined ? undefined : (a ?? 0) - (b ?? 0);

/** The line to the middle, drawn in the direction in which power flows. */
function link({ kind, x, y, inward = 0 }: Node): Markup {
  const [from, to] = inward >= 0 ? [{ x, y }, CENTRE] : [CENTRE, { x, y }];
  const flows = Math.abs(inward) >= LEAST_WATTS;
  const path = `M${from.x} ${from.y}L${to.x} ${to.y}`;
  return html`<path class="link" d="${path}"/>${flows ? html`<path class="link flows ${kind}" d="${path}"/>` : []}`;
}

function circle({ kind, x, y, label }: Node): Markup {
  return html`<g class="node ${kind}" transform="translate(${x} ${y})"><circle r="${RADIUS}"/><path class="icon" transform="translate(0 -12)" d="${ICONS[kind]}"/><text y="20">${label}</text></g>`;
}
