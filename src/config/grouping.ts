import { catalogue } from '../catalogue.ts';
import { OWN_LABELS } from '../telemetry/own-catalogue.ts';
import type { Context } from './context.ts';
import { readItems, rejectDuplicates } from './items.ts';
import { type Settings, schema } from './schema.ts';
import { problemOf, type Read } from './settings.ts';
import { groupingSchema } from './source-schemas.ts';

/** Labels of samples: the Pushgateway would replace them by a label of the group, and so merge series. */
const TAKEN = new Set([...catalogue.flatMap(({ labels }) => labels), ...OWN_LABELS]);

/** The labels of the Pushgateway's group, besides `job`. */
export function readGrouping(
  { values, origin }: Read<Settings>,
  context: Context,
): Readonly<Record<string, string>> {
  const given = origin('pushgateway.grouping');
  const { grouping } = values.pushgateway;
  const items = readItems(groupingSchema, schema.pushgateway.grouping, grouping, given, context);
  rejectDuplicates(
    items.map((item) => [item.values.label, item.origin('label')]),
    'a label not given before',
    context.problems,
  );
  for (const item of items) {
    const { label } = item.values;
    const message =
      label === 'job'
        ? 'must not hold job, which PUSHGATEWAY_JOB gives'
        : TAKEN.has(label) && `must not hold ${label}, which is a label of the metrics`;
    if (message) context.problems.push(problemOf(item.origin('label'), message));
  }
  return Object.fromEntries(items.map((item) => [item.values.label, item.values.value]));
}
