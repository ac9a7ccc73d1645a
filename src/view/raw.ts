import { isTurnOver, nextTurn } from '../base/turns.ts';
import type { Quantities, Quantity, ShownSample } from '../model/overview.ts';
import type { Labels } from '../model/reading.ts';

/** What the samples say of one plant, device or stick. */
export interface Raw {
  readonly values: Partial<Record<Quantity, number>>;
  /** Labels of its information: names, model, place. */
  info: Labels;
  /** Labels of the fault that it reports. */
  fault: Labels | undefined;
  /** Of its money. */
  currency: string | undefined;
}

export interface RawPlant extends Raw {
  /** By serial number. */
  readonly devices: Map<string, Raw>;
}

export interface RawSites {
  readonly plants: Map<string, RawPlant>;
  readonly sticks: Map<string, Raw>;
}

/** Samples between two looks at the clock. */
const STRIDE = 256;
const NONE: Labels = {};

const newRaw = (): Raw => ({ values: {}, info: NONE, fault: undefined, currency: undefined });

/** Groups samples by what they are about; yields to the event loop, since a fleet has tens of thousands. */
export async function groupSamples(
  samples: Iterable<ShownSample> | AsyncIterable<ShownSample>,
  quantities: Quantities,
): Promise<RawSites> {
  const byMetric = new Map(Object.entries(quantities));
  const sites: RawSites = { plants: new Map(), sticks: new Map() };
  let count = 0;
  const take = (sample: ShownSample) => {
    const quantity = byMetric.get(sample.metric);
    const raw = quantity && rawOf(sites, sample.attributes);
    if (raw) add(raw, quantity, sample);
  };
  if (Symbol.asyncIterator in samples) for await (const sample of samples) take(sample);
  else {
    for (const sample of samples) {
      take(sample);
      if (++count % STRIDE === 0 && isTurnOver()) await nextTurn();
    }
  }
  return sites;
}

function rawOf({ plants, sticks }: RawSites, { plant_id, device_sn, stick }: Labels): Raw | undefined {
  if (stick !== undefined) return entryOf(sticks, stick, newRaw);
  if (plant_id === undefined) return undefined;
  const plant = entryOf(plants, plant_id, () => ({ ...newRaw(), devices: new Map() }));
  return device_sn === undefined ? plant : entryOf(plant.devices, device_sn, newRaw);
}

function entryOf<T>(map: Map<string, T>, key: string, create: () => T): T {
  const known = map.get(key);
  if (known) return known;
  const entry = create();
  map.set(key, entry);
  return entry;
}

function add(raw: Raw, quantity: Quantity, { attributes, value }: ShownSample): void {
  if (quantity === 'info') raw.info = attributes;
  else if (quantity === 'fault') raw.fault = attributes;
  else {
    raw.values[quantity] = (raw.values[quantity] ?? 0) + value;
    raw.currency = attributes.currency ?? raw.currency;
  }
}
