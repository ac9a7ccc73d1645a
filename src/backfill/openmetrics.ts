import { definitionOf } from '../catalogue.ts';
import { escapeValue } from '../export/text-format.ts';
import type { HistorySample } from '../model/history.ts';

/** A whole exposition in OpenMetrics 1.0.0, with timestamps: one metric family after the other. */
export async function* render(
  names: readonly string[],
  samples: (name: string) => AsyncIterable<HistorySample>,
): AsyncGenerator<string> {
  for (const name of names) yield* familyLines(name, samples(name));
  yield '# EOF\n';
}

/** A counter whose name does not end in `_total` is of type unknown in OpenMetrics, as on `/metrics`. */
async function* familyLines(name: string, samples: AsyncIterable<HistorySample>): AsyncGenerator<string> {
  const { kind, unit, help } = definitionOf(name);
  yield `# TYPE ${name} ${kind === 'counter' ? 'unknown' : kind}\n`;
  if (unit) yield `# UNIT ${name} ${unit}\n`;
  yield `# HELP ${name} ${escapeValue(help)}\n`;
  for await (const { labels, at, value } of samples) {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeValue(text)}"`);
    yield `${name}{${pairs.join(',')}} ${value} ${at / 1000}\n`;
  }
}
