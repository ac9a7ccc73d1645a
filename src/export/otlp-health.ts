import { OTLPExporterError } from '@opentelemetry/otlp-exporter-base';
import * as z from 'zod';
import { formatDuration } from '../base/duration.ts';
import type { Log } from '../base/log.ts';
import { reasonOf } from '../http/reasons.ts';

export interface ExportHealthOptions {
  readonly url: string;
  /** Milliseconds between two exports. */
  readonly interval: number;
  readonly log: Log;
  readonly onExport: (outcome: 'success' | 'failure') => void;
}

/** Observes how each export ended, and logs when that changes. */
export interface ExportHealth {
  succeeded(): void;
  failed(reason: string): void;
  /** Takes the receiver's answer to an export that succeeded, of any shape. */
  answered(response: unknown): void;
}

const LONGEST_MESSAGE = 200;

/** In JSON a 64-bit number is a string. */
const answer = z.object({
  partialSuccess: z.object({
    rejectedDataPoints: z.coerce.number().catch(0),
    errorMessage: z.string().catch(''),
  }),
});

/** Watches the exports to one receiver: an outage is logged when it begins and when it ends. */
export function watchExports({ url, interval, log, onExport }: ExportHealthOptions): ExportHealth {
  let works: boolean | undefined;
  let complaint = false;
  return {
    succeeded() {
      onExport('success');
      if (works !== true) log.info(`OTLP export to ${url} ${works === false ? 'recovered' : 'succeeded'}`);
      works = true;
    },
    failed(reason) {
      onExport('failure');
      if (works !== false) {
        const every = formatDuration(interval);
        log.warn(`OTLP export to ${url} failed: ${reason}; trying again every ${every}`);
      }
      works = false;
    },
    answered(response) {
      const { rejected, message } = complaintIn(response);
      const complains = rejected > 0 || message !== '';
      if (complains && !complaint) {
        const what = rejected > 0 ? `rejected ${rejected} data points` : 'warned';
        log.warn(`OTLP export to ${url}: the receiver ${what}: ${message || 'no reason given'}`);
      }
      complaint = complains;
    },
  };
}

/** How many data points of an export a receiver rejected although it accepted the export, and why. */
export function complaintIn(response: unknown): { readonly rejected: number; readonly message: string } {
  const { rejectedDataPoints = 0, errorMessage = '' } = answer.safeParse(response).data?.partialSuccess ?? {};
  return { rejected: rejectedDataPoints, message: errorMessage.slice(0, LONGEST_MESSAGE) };
}

/** Why an export failed; never holds a header or the body of an answer. */
export function exportFailure(error: Error | undefined): string {
  if (error instanceof OTLPExporterError) {
    return error.code === undefined
      ? 'the receiver is overloaded or unavailable (HTTP 429, 502, 503 or 504)'
      : `HTTP ${error.code} ${error.message.slice(0, LONGEST_MESSAGE)}`.trim();
  }
  const code = error && 'code' in error ? String(error.code) : '';
  // A gRPC receiver does not answer in HTTP/1.1.
  if (code.startsWith('HPE_'))
    return 'the answer is not HTTP/1.1; the port for OTLP over HTTP is usually 4318';
  return reasonOf(error);
}
