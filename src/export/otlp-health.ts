import { OTLPExporterError } from '@opentelemetry/otlp-exporter-base';
import * as z from 'zod';
import { formatDuration } from '../base/duration.ts';
import type { Log } from '../base/log.ts';
import { reasonOf } from '../http/fetch-text.ts';

export interface ExportHealthOptions {
  readonly url: string;
  /** Milliseconds between two exports. */
  readonly interval: number;
  readonly log: Log;
  readonly onExport: (outcome: 'success' | 'failure') => void;
}

/** Is told how every export ended, and says so in the log when that changes. */
export interface ExportHealth {
  succeeded(): void;
  failed(reason: string): void;
  /** Takes the receiver's answer to an export that succeeded, in whatever shape it comes. */
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
      if (works !== true) log.info(`OTLP export to ${url} works${works === false ? ' again' : ''}`);
      works = true;
    },
    failed(reason) {
      onExport('failure');
      if (works !== false) {
        const every = formatDuration(interval);
        log.warn(`OTLP export to ${url} fails: ${reason}. It is tried again every ${every}`);
      }
      works = false;
    },
    answered(response) {
      const { rejected, message } = complaintIn(response);
      const complains = rejected > 0 || message !== '';
      if (complains && !complaint) {
        const what = rejected > 0 ? `rejects ${rejected} data points of` : 'complains about';
        log.warn(`${url} ${what} an OTLP export: ${message || 'without a reason'}`);
      }
      complaint = complains;
    },
  };
}

/** What a receiver says against an export that it took: how many data points it rejects, and why. */
export function complaintIn(response: unknown): { readonly rejected: number; readonly message: string } {
  const { rejectedDataPoints = 0, errorMessage = '' } = answer.safeParse(response).data?.partialSuccess ?? {};
  return { rejected: rejectedDataPoints, message: errorMessage.slice(0, LONGEST_MESSAGE) };
}

/** Why an export failed, in words; never a header or the body of an answer. */
export function exportFailure(error: Error | undefined): string {
  if (error instanceof OTLPExporterError) {
    return error.code === undefined
      ? 'the receiver is overloaded or out of order (HTTP 429, 502, 503 or 504)'
      : `HTTP ${error.code} ${error.message.slice(0, LONGEST_MESSAGE)}`.trim();
  }
  const code = error && 'code' in error ? String(error.code) : '';
  // What a gRPC receiver sends is not HTTP/1.1.
  if (code.startsWith('HPE_'))
    return 'the answer is not HTTP/1.1; the port for OTLP over HTTP is usually 4318';
  return reasonOf(error);
}
