import { metricNamed } from '../metrics/catalogue.ts';
import type { Point } from './points.ts';

/**
 * The lines of one metric family in OpenMetrics 1.0.0, with timestamps. A counter whose name does not end in
 * `_total` is of type unknown there, as on `/metrics`.
 */
export async function* familyLines(name: string, points: AsyncIterable<Point>): AsyncGenerator<string> {
  const { kind, unit, help } = metricNamed(name);
  yield `# TYPE ${name} ${kind === 'counter' ? 'unknown' : kind}\n`;
  if (unit) yield `# UNIT ${name} ${unit}\n`;
  yield `# HELP ${name} ${escaped(help)}\n`;
  for await (const { labels, at, value } of points) {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    yield `${name}{${pairs.join(',')}} ${value} ${at / 1000}\n`;
  }
}

export const END = '# EOF\n';

const escaped = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
