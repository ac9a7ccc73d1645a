import { isRecord } from '../http/json.ts';
import type { OtlpExport } from './otlp-settings.ts';

/** Something answered that is no OTLP receiver; the message says so. */
export class NotOtlpError extends Error {}

/** Only such characters are never in the answer of a receiver, but for one without any and for JSON. */
const TEXT = /^[\t\n\r\x20-\x7e]*$/;

/**
 * Reads the answer to an export (`ExportMetricsServiceResponse` of opentelemetry-proto). An empty one is complete.
 * @param deserialize reads the encoding of the export; some receivers answer in JSON whatever that is
 * @throws NotOtlpError
 */
export function readOtlpAnswer(
  data: Uint8Array,
  protocol: OtlpExport['protocol'],
  deserialize: (data: Uint8Array) => unknown,
): unknown {
  if (data.length === 0) return {};
  const text = Buffer.from(data).toString('latin1');
  if (protocol === 'http/json' || TEXT.test(text)) {
    const answer = jsonIn(Buffer.from(data).toString());
    const isKnown =
      protocol === 'http/json' || Object.keys(answer ?? {}).every((key) => key === 'partialSuccess');
    if (answer && isKnown) return answer;
    const came = text.trimStart().startsWith('<') ? 'a web page' : 'something else';
    throw new NotOtlpError(`${came} came instead of the answer of an OTLP receiver; check the endpoint`);
  }
  try {
    return deserialize(data);
  } catch (error) {
    const message = 'something else came instead of the answer of an OTLP receiver; check the endpoint';
    throw new NotOtlpError(message, { cause: error });
  }
}

function jsonIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
