import { busFamilies } from './bus.ts';
import type { Family } from './family.ts';
import { families } from './index.ts';
import { v4Families } from './v4.ts';

/** Every family of devices, whichever part of the API has it. */
export const allFamilies: readonly Family[] = [
  ...families.values(),
  ...v4Families.values(),
  ...busFamilies.map(({ family }) => family),
];

/** Metrics that are not in field tables, and which families give them. */
const OTHERS: Readonly<Record<string, (family: Family) => unknown>> = {
  growatt_device_info: () => true,
  growatt_last_update_timestamp_seconds: () => true,
  growatt_inverter_status: ({ status }) => status,
  growatt_inverter_status_code: ({ status }) => status,
  growatt_fault_info: ({ fields }) => fields.some(([metric]) => metric === 'growatt_fault_code'),
};

/** The words of the families that give a metric; `all` if every one does, none for a metric of no device. */
export function familiesOf(metric: string): readonly string[] {
  const gives = OTHERS[metric] ?? (({ fields }: Family) => fields.some(([name]) => name === metric));
  const words = allFamilies.filter(gives).map(({ word }) => word);
  return words.length === allFamilies.length ? ['all'] : words;
}
