import { growattMetric } from '../../metrics/growatt.ts';
import type { Value } from '../../model/reading.ts';
import { scaleBatteryPower } from './battery-scale.ts';
import { convert } from './convert.ts';
import { learnFeatures } from './features.ts';
import type { Inverter } from './inverter.ts';
import type { Quantities } from './plausible.ts';
import { targetsOf } from './quantities.ts';
import { removeUnknown } from './unknown.ts';

export interface InverterValues {
  readonly values: readonly Value[];
  /** Why others were rejected, one for each. */
  readonly rejections: readonly string[];
  /** What the values say as a whole. */
  readonly facts: Facts;
}

/** What decides whether a silent inverter sleeps, and how far its totals are believed. */
export interface Facts {
  /** One of status.ts; undefined where the inverter does not say it. */
  readonly status: number | undefined;
  /** W; AC power of inverters without PV inputs of their own. */
  readonly power: number;
}

/**
 * Turns the numbers of all blocks into values.
 * @param features optional features of this inverter seen so far; grows with what these numbers show
 */
export function valuesOf(read: Quantities, inverter: Inverter, features: Set<string>): InverterValues {
  const quantities = new Map(read);
  scaleBatteryPower(quantities, features);
  convert(quantities, inverter.family);
  const rejections = removeUnknown(quantities, inverter);
  learnFeatures(features, quantities, inverter);
  const values: Value[] = [];
  for (const [quantity, targets] of targetsOf) {
    const number = quantities.get(quantity);
    if (number === undefined) continue;
    for (const { metric, labels, factor = 1, feature } of targets) {
      if (feature && !features.has(feature)) continue;
      const value = Number((number * factor).toPrecision(12));
      if (value === 0 && growattMetric(metric).neverZero) continue;
      values.push({ metric, value, ...(labels && { labels }) });
    }
  }
  const power = quantities.get('pv_power') ?? Math.abs(quantities.get('ac_power') ?? 0);
  return { values, rejections, facts: { status: quantities.get('status'), power } };
}
