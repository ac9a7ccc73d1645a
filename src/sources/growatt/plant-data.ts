import { isRecord } from '../../http/json.ts';
import type { Reading, Zone } from '../source.ts';
import { extract, type Field, foldCase } from './fields.ts';
import { dataEntity } from './inventory.ts';
import { parseText } from './numbers.ts';
import { parseGmtZone, parseWallTime } from './zone.ts';

const fields: readonly Field[] = [
  ['growatt_plant_power_watts', 'current_power'],
  ['growatt_plant_energy_today_kwh', 'today_energy'],
  ['growatt_plant_energy_total_kwh', 'total_energy'],
  ['growatt_energy_month_kwh', 'monthly_energy'],
  ['growatt_energy_year_kwh', 'yearly_energy'],
];

/** Reads `plant/data`, whose power is in kW where every other power of the API is in W. */
export function readPlantData(
  plantId: string,
  envelope: Record<string, unknown>,
): { reading: Reading; zone: Zone | undefined } | undefined {
  const { data } = envelope;
  if (!isRecord(data)) return undefined;
  const answer = foldCase(data);
  const { values, doubts } = extract(fields, answer, new Set());
  const inWatts = values.map((value) =>
    value.metric === 'growatt_plant_power_watts'
      ? { ...value, value: Math.round(value.value * 1_000_000) / 1000 }
      : value,
  );
  const power = inWatts.find(({ metric }) => metric === 'growatt_plant_power_watts');
  return {
    zone: parseGmtZone(parseText(answer.get('timezone'))),
    reading: {
      entity: dataEntity(plantId),
      values: inWatts,
      doubts,
      wallTime: parseWallTime(answer.get('last_update_time')),
      producing: (power?.value ?? 0) > 0,
    },
  };
}
