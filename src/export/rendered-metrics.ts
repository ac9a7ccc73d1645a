import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import { Body } from './body.ts';
import { type ExpositionFormat, renderText } from './text-format.ts';

/** Values expire, and the process's own metrics change, without a new version of the store. */
const LIFETIME_MS = 1000;

export interface RenderedMetricsOptions {
  readonly collect: () => Promise<CollectionResult>;
  /** Version of the store. */
  readonly version: () => number;
  /** Milliseconds, of a clock that only goes forward. */
  readonly now?: () => number;
}

/** The metrics as text, shared by scrapes that come at the same time or within a second of each other. */
export class RenderedMetrics {
  readonly #options: Required<RenderedMetricsOptions>;
  readonly #underWay = new Map<ExpositionFormat, Promise<Body>>();
  readonly #newest = new Map<ExpositionFormat, { version: number; at: number; body: Body }>();

  constructor({ now = () => performance.now(), ...options }: RenderedMetricsOptions) {
    this.#options = { ...options, now };
  }

  /** The newest text while the store has the same version, and at most a second. @throws when collecting fails */
  async get(format: ExpositionFormat): Promise<Body> {
    const { version, now } = this.#options;
    const newest = this.#newest.get(format);
    if (newest && newest.version === version() && now() - newest.at < LIFETIME_MS) return newest.body;
    const underWay = this.#underWay.get(format);
    if (underWay) return await underWay;
    const rendering = this.#render(format);
    this.#underWay.set(format, rendering);
    try {
      return await rendering;
    } finally {
      this.#underWay.delete(format);
    }
  }

  async #render(format: ExpositionFormat): Promise<Body> {
    const { collect, version, now } = this.#options;
    const begun = { version: version(), at: now() };
    const { resourceMetrics, errors } = await collect();
    if (errors.length > 0) throw new Error('Collecting metrics failed', { cause: errors[0] });
    const body = new Body(renderText(resourceMetrics, format));
    this.#newest.set(format, { ...begun, body });
    return body;
  }
}
