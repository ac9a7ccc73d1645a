/** A metric as it left by OTLP, whatever the encoding. */
export interface ExportedMetric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly type: 'gauge' | 'counter' | 'histogram' | 'exponential histogram';
  /** 2 is cumulative; absent for a gauge. */
  readonly temporality: number | undefined;
  /** Value of a number, count of a histogram. */
  readonly points: readonly { readonly labels: Record<string, string>; readonly value: number }[];
}

export interface Exported {
  readonly resource: Record<string, string>;
  readonly metrics: readonly ExportedMetric[];
}

/** The only kinds of member that an export has, by name in JSON and number in protobuf (opentelemetry-proto). */
export interface Node {
  messages(name: string, field: number): Node[];
  text(name: string, field: number): string;
  number(name: string, field: number): number | undefined;
}

const KINDS = [
  ['gauge', 5, 'gauge'],
  ['sum', 7, 'counter'],
  ['histogram', 9, 'histogram'],
  ['exponentialHistogram', 10, 'exponential histogram'],
] as const;

/** Reads a request by its content type. @throws Error when it holds more than one resource */
export function decodeExport(body: Buffer, contentType: string | undefined): Exported {
  const isJson = contentType === 'application/json';
  const root = isJson ? jsonNode(JSON.parse(body.toString()) as object) : protobufNode(body);
  const [only, ...others] = root.messages('resourceMetrics', 1);
  if (!only || others.length > 0) throw new Error('not one resource');
  return {
    resource: attributesOf(only.messages('resource', 1)[0]!, 1),
    metrics: only
      .messages('scopeMetrics', 2)
      .flatMap((scope) => scope.messages('metrics', 2))
      .map(metricOf),
  };
}

function metricOf(metric: Node): ExportedMetric {
  for (const [name, field, type] of KINDS) {
    const [data] = metric.messages(name, field);
    if (!data) continue;
    const isHistogram = field > 7;
    return {
      name: metric.text('name', 1),
      description: metric.text('description', 2),
      unit: metric.text('unit', 3),
      type,
      temporality: data.number('aggregationTemporality', 2),
      points: data.messages('dataPoints', 1).map((point) => ({
        labels: attributesOf(point, type === 'histogram' ? 9 : type === 'exponential histogram' ? 1 : 7),
        value: point.number(isHistogram ? 'count' : 'asDouble', 4) ?? 0,
      })),
    };
  }
  throw new Error('a metric without data');
}

function attributesOf(node: Node, field: number): Record<string, string> {
  return Object.fromEntries(
    node
      .messages('attributes', field)
      .map((pair) => [pair.text('key', 1), pair.messages('value', 2)[0]?.text('stringValue', 1) ?? '']),
  );
}

function jsonNode(node: object): Node {
  const member = (name: string): unknown => Reflect.get(node, name);
  return {
    messages(name) {
      const found = member(name);
      return [found ?? []].flat().map((part) => jsonNode(part as object));
    },
    text: (name) => String(member(name) ?? ''),
    number: (name) => (member(name) === undefined ? undefined : Number(member(name))),
  };
}

type Field = number | Buffer;

/** A protobuf message without its schema. @throws Error for what is none */
export function protobufNode(bytes: Buffer): Node {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes.readUInt8(at++);
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = varint();
    const wire = tag & 7;
    if (wire !== 0 && wire !== 1 && wire !== 2) throw new Error(`wire type ${wire}`);
    const value = wire === 0 ? varint() : take(wire === 1 ? 8 : varint());
    const field = Math.floor(tag / 8);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  const of = (field: number) => fields.get(field) ?? [];
  return {
    messages: (_, field) => of(field).map((value) => protobufNode(value as Buffer)),
    text: (_, field) => String(of(field)[0] ?? ''),
    number(name, field) {
      const [value] = of(field);
      if (!Buffer.isBuffer(value)) return value;
      return name === 'count' ? Number(value.readBigUInt64LE()) : value.readDoubleLE();
    },
  };
}
