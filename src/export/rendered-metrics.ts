import type { CollectionResult } from '@opentelemetry/sdk-metrics';
import { inTurns } from '../base/turns.ts';
import { Body, BodyPart } from './body.ts';
import { type ExpositionFormat, endOf, renderFamilies } from './text-format.ts';

type Collect = () => Promise<CollectionResult>;

export interface RenderedMetricsOptions {
  /** Collects what the devices measure. */
  readonly devices: Collect;
  /** Collects what the agent counts of itself; no family is in both. */
  readonly own: Collect;
  /** Of the store: while it stays the same, so does what the devices measure. */
  readonly revision: () => number;
}

interface Rendering {
  readonly revision: number;
  readonly part: Promise<BodyPart>;
  underWay: boolean;
}

/**
 * The metrics as text. What the devices measure is rendered once for each revision of the store, plain and compressed,
 * and shared by all scrapes; what the agent counts of itself is rendered for each scrape.
 */
export class RenderedMetrics {
  readonly #options: RenderedMetricsOptions;
  readonly #devices = new Map<ExpositionFormat, Rendering>();

  constructor(options: RenderedMetricsOptions) {
    this.#options = options;
  }

  /** @throws when collecting fails */
  async get(format: ExpositionFormat): Promise<Body> {
    const [devices, own] = await Promise.all([
      this.#devicesIn(format),
      render(this.#options.own, format, endOf(format)),
    ]);
    return new Body(devices, own);
  }

  async #devicesIn(format: ExpositionFormat): Promise<BodyPart> {
    const { revision } = this.#options;
    let newest = this.#devices.get(format);
    // One at a time: what changes meanwhile is in the next one, which all who wait share.
    while (newest?.underWay && newest.revision !== revision()) {
      await newest.part.catch(() => {});
      newest = this.#devices.get(format);
    }
    return await (newest?.revision === revision() ? newest : this.#renderDevices(format)).part;
  }

  #renderDevices(format: ExpositionFormat): Rendering {
    const revision = this.#options.revision();
    // Of a format that was not asked for since the last change, nothing is kept.
    for (const [other, { revision: old }] of this.#devices) if (old !== revision) this.#devices.delete(other);
    const part = render(this.#options.devices, format);
    const rendering = { revision, part, underWay: true };
    this.#devices.set(format, rendering);
    part.then(
      () => {
        rendering.underWay = false;
      },
      () => this.#devices.delete(format),
    );
    return rendering;
  }
}

async function render(collect: Collect, format: ExpositionFormat, end = ''): Promise<BodyPart> {
  const { resourceMetrics, errors } = await collect();
  if (errors.length > 0) throw new Error('Collecting metrics failed', { cause: errors[0] });
  const pieces: Buffer[] = [];
  await inTurns(renderFamilies(resourceMetrics, format), (piece) => pieces.push(Buffer.from(piece)));
  return new BodyPart(Buffer.concat([...pieces, Buffer.from(end)]));
}
