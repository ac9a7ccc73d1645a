import type { Attributes } from '@opentelemetry/api';
import {
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricDescriptor,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';

/** `text` is the Prometheus text format 0.0.4, `openmetrics` is OpenMetrics 1.0.0. */
export type ExpositionFormat = 'text' | 'openmetrics';

type FamilyType = 'counter' | 'gauge' | 'histogram';

/**
 * Renders one collection as exposition text, without timestamps, scope labels or `target_info`.
 * Instrument names must already be full Prometheus names: nothing is appended to them.
 * Points that are not finite, families without points and exponential histograms are left out.
 */
export function renderText(metrics: ResourceMetrics, format: ExpositionFormat): string {
  return [...renderFamilies(metrics, format), endOf(format)].join('');
}

/** What follows the last family. */
export function endOf(format: ExpositionFormat): string {
  return format === 'openmetrics' ? '# EOF\n' : '';
}

/** The text in pieces of bounded size, so that other work can be done in between; without its end. */
export function* renderFamilies(
  { scopeMetrics }: ResourceMetrics,
  format: ExpositionFormat,
): Generator<string> {
  const filled = scopeMetrics.flatMap(({ metrics }) =>
    metrics.filter((metric) => metric.dataPoints.length > 0),
  );
  for (const family of Map.groupBy(filled, (metric) => metric.descriptor.name).values()) {
    yield* renderFamily(family, format);
  }
}

/** Several scopes may hold one name; the first decides about type and help, and no series comes twice. */
function* renderFamily(family: readonly MetricData[], format: ExpositionFormat): Generator<string> {
  const [first] = family;
  const type = first && typeOf(first);
  if (first === undefined || type === undefined) return;
  const seen = family.length > 1 ? new Set<string>() : undefined;
  let header = headerText(first.descriptor, type, format);
  for (const metric of family) {
    if (typeOf(metric) !== type) continue;
    for (const samples of renderSamples(metric, format, seen)) {
      yield header + samples;
      header = '';
    }
  }
}

function typeOf(metric: MetricData): FamilyType | undefined {
  switch (metric.dataPointType) {
    case DataPointType.SUM:
      return metric.isMonotonic ? 'counter' : 'gauge';
    case DataPointType.GAUGE:
      return 'gauge';
    case DataPointType.HISTOGRAM:
      return 'histogram';
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return undefined;
  }
}

/** Samples in one piece. */
const PIECE = 512;

/** @returns the lines of the samples, in pieces of which none is empty */
function* renderSamples(
  metric: MetricData,
  format: ExpositionFormat,
  seen: Set<string> | undefined,
): Generator<string> {
  const { name } = metric.descriptor;
  if (metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return;
  for (let from = 0; from < metric.dataPoints.length; from += PIECE) {
    let text = '';
    if (metric.dataPointType === DataPointType.HISTOGRAM) {
      for (const point of metric.dataPoints.slice(from, from + PIECE)) {
        const labels = labelText(point.attributes);
        if (isNew(labels, seen)) text += renderHistogram(name, labels, point, format);
      }
    } else {
      for (const { attributes, value } of metric.dataPoints.slice(from, from + PIECE)) {
        const labels = labelText(attributes);
        if (Number.isFinite(value) && isNew(labels, seen)) text += `${name}${labels}${value}\n`;
      }
    }
    if (text !== '') yield text;
  }
}

function isNew(labels: string, seen: Set<string> | undefined): boolean {
  if (seen === undefined) return true;
  if (seen.has(labels)) return false;
  seen.add(labels);
  return true;
}

function renderHistogram(
  name: string,
  labels: string,
  { value: { buckets, count, sum } }: DataPoint<Histogram>,
  format: ExpositionFormat,
): string {
  if (!Number.isFinite(sum ?? 0)) return '';
  const open = labels === ' ' ? '{' : `${labels.slice(0, -2)},`;
  let text = '';
  let cumulative = 0;
  for (const [index, boundary] of buckets.boundaries.entries()) {
    if (boundary === Infinity) break;
    cumulative += buckets.counts[index] ?? 0;
    text += `${name}_bucket${open}le="${boundaryText(boundary, format)}"} ${cumulative}\n`;
  }
  text += `${name}_bucket${open}le="+Inf"} ${count}\n`;
  if (sum !== undefined) text += `${name}_sum${labels}${sum}\n`;
  return `${text}${name}_count${labels}${count}\n`;
}

/** OpenMetrics asks for `1.0` where the text format is used to `1`. */
function boundaryText(boundary: number, format: ExpositionFormat): string {
  const text = String(boundary);
  return format === 'openmetrics' && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

const headers: Record<ExpositionFormat, WeakMap<MetricDescriptor, string>> = {
  text: new WeakMap(),
  openmetrics: new WeakMap(),
};

function headerText(descriptor: MetricDescriptor, type: FamilyType, format: ExpositionFormat): string {
  const known = headers[format].get(descriptor);
  if (known !== undefined) return known;
  const text = format === 'text' ? textHeader(descriptor, type) : openMetricsHeader(descriptor, type);
  headers[format].set(descriptor, text);
  return text;
}

function textHeader({ name, description }: MetricDescriptor, type: FamilyType): string {
  return `${helpLine(name, escapeHelp(description))}# TYPE ${name} ${type}\n`;
}

/** OpenMetrics: a counter's samples must end in `_total`, its family must not; a unit must be the family's suffix. */
function openMetricsHeader({ name, description, unit }: MetricDescriptor, type: FamilyType): string {
  const isCounter = type === 'counter' && name.endsWith('_total');
  const family = isCounter ? name.slice(0, -'_total'.length) : name;
  const familyType = type === 'counter' && !isCounter ? 'unknown' : type;
  const unitLine = unit !== '' && family.endsWith(`_${unit}`) ? `# UNIT ${family} ${unit}\n` : '';
  return `${helpLine(family, escapeValue(description))}# TYPE ${family} ${familyType}\n${unitLine}`;
}

function helpLine(family: string, help: string): string {
  return help === '' ? '' : `# HELP ${family} ${help}\n`;
}

const labelTexts = new WeakMap<Attributes, string>();

/** What stands between name and value: `{a="b"} `, or one blank. Cached, as the SDK hands back the same object. */
function labelText(attributes: Attributes): string {
  let text = labelTexts.get(attributes);
  if (text === undefined) {
    const labels = Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${labelName(key)}="${labelValue(value)}"`);
    text = labels.length === 0 ? ' ' : `{${labels.join(',')}} `;
    labelTexts.set(attributes, text);
  }
  return text;
}

/** The SDK's own overflow series carries `otel.metric.overflow`, which neither format allows as a name. */
function labelName(key: string): string {
  return key.replace(/^(?=\d)|\W/g, '_');
}

function labelValue(value: Attributes[string]): string {
  return escapeValue(typeof value === 'string' ? value : JSON.stringify(value));
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** A label's value, or in OpenMetrics a help text, as it stands between quotes. */
export function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
