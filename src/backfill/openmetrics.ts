import { definitionOf } from '../catalogue.ts';
import { escapeValue } from '../export/text-format.ts';
import { derivations, type Point } from './points.ts';

/** A whole exposition in OpenMetrics 1.0.0, with timestamps: one metric family after the other. */
export async function* render(points: (name: string) => AsyncIterable<Point>): AsyncGenerator<string> {
  for (const name of Object.keys(derivations)) yield* familyLines(name, points(name));
  yield '# EOF\n';
}

/** A counter whose name does not end in `_total` is of type unknown in OpenMetrics, as on `/metrics`. */
async function* familyLines(name: string, points: AsyncIterable<Point>): AsyncGenerator<string> {
  const { kind, unit, help } = definitionOf(name);
  yield `# TYPE ${name} ${kind === 'counter' ? 'unknown' : kind}\n`;
  if (unit) yield `# UNIT ${name} ${unit}\n`;
  yield `# HELP ${name} ${escapeValue(help)}\n`;
  for await (const { labels, at, value } of points) {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeValue(text)}"`);
    yield `${name}{${pairs.join(',')}} ${value} ${at / 1000}\n`;
  }
}
