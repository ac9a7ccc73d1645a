import type { MetricDefinition, MetricGroup } from '../model/metric.ts';
import { battery, grid, selfConsumption } from './growatt/battery-grid.ts';
import { environment, meter } from './growatt/bus.ts';
import { ac, device, pv } from './growatt/device.ts';
import { diagnostics, eps } from './growatt/diagnostics.ts';
import { account, history, plant } from './growatt/plant.ts';

/** All metrics of Growatt accounts, plants and devices. */
export const growattMetrics: readonly MetricGroup[] = [
  account,
  plant,
  device,
  ac,
  pv,
  battery,
  grid,
  selfConsumption,
  eps,
  diagnostics,
  meter,
  environment,
  history,
];

const byName = new Map(
  growattMetrics.flatMap(({ definitions }) => definitions).map((definition) => [definition.name, definition]),
);

/** @throws Error for a name that is no Growatt metric: a mistake in a field table */
export function growattMetric(name: string): MetricDefinition {
  const definition = byName.get(name);
  if (!definition) throw new Error(`No Growatt metric is called ${name}`);
  return definition;
}
