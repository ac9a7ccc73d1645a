import * as z from 'zod';
import { statusView } from '../view/status-api.ts';
import { code, table } from './markdown.ts';

/** The part of JSON Schema that the shape of the status needs. */
interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

/** The shape of `/api/v1/status` as JSON Schema. */
export const statusSchema = z.toJSONSchema(statusView, { io: 'input' }) as Schema;

/** A field of the status: its path, such as `plants[].devices[].serial`. */
interface Field {
  readonly path: string;
  readonly type: string;
  readonly isOptional: boolean;
  readonly description: string;
}

/** Every field of the status, parents before their parts. */
export function statusFields(schema: Schema | undefined = statusSchema, prefix = ''): Field[] {
  return Object.entries(schema?.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const isOptional = !schema?.required?.includes(name);
    const own = { path, type: typeOf(field), isOptional, description: field.description ?? '' };
    return [
      own,
      ...statusFields(field, `${path}.`),
      ...(field.items ? statusFields(field.items, `${path}[].`) : []),
    ];
  });
}

function typeOf({ type, enum: words, items, anyOf }: Schema): string {
  if (words) return words.map((word) => JSON.stringify(word)).join(', ');
  if (items) return `list of ${typeOf(items)}`;
  return anyOf ? anyOf.map(typeOf).join(' or ') : (type ?? '');
}

/** docs/status-api.md */
export function statusReference(): string {
  const rows = statusFields().map(({ path, type, isOptional, description }) => [
    code(path),
    type,
    isOptional ? 'optional' : '',
    description,
  ]);
  return `# Status as JSON

\`GET /api/v1/status\` answers what the page at \`/\` shows: the state of each source, and the present values of each plant,
device and stick with their time. Neither causes a call to a device or to a cloud.

The shape only grows: a field may be added, and none is removed or given another meaning. What is unknown is absent.
Powers are in watts, energies in kilowatt hours, times in seconds since the Unix epoch. The values follow the rules of
[true-values.md](true-values.md), as the metrics do, and are at most 10 seconds older than these.

${table(['field', 'type', '', 'meaning'], rows)}
## JSON Schema

\`\`\`json
${JSON.stringify(statusSchema, undefined, 2)}
\`\`\`
`;
}
