import { isRecord } from '../../http/json.ts';
import type { Reading } from '../../model/reading.ts';
import { foldCase } from './answer.ts';
import { dataEntityId } from './entities.ts';
import { extract, type FieldRow } from './fields.ts';
import { parseText } from './numbers.ts';
import { parseWallTime } from './zone.ts';

/** Accounts with many plants read each of them rarely: after an hour its power says nothing any more. */
const POWER_HOLDS_FOR = 60 * 60_000;

const POWER = 'growatt_plant_power_watts';

/** Its power is in kW where every other power of the API is in W. */
export const plantDataRows: readonly FieldRow[] = [
  [POWER, 'current_power*1000'],
  ['growatt_plant_energy_today_kwh', 'today_energy'],
  ['growatt_plant_energy_total_kwh', 'total_energy'],
  ['growatt_energy_month_kwh', 'monthly_energy'],
  ['growatt_energy_year_kwh', 'yearly_energy'],
];

/**
 * Reads `plant/data`.
 * @returns the reading and the zone as the cloud writes it; undefined for an answer without data
 */
export function readPlantData(
  plantId: string,
  envelope: Record<string, unknown>,
): { reading: Reading; gmtZone: string } | undefined {
  const { data } = envelope;
  if (!isRecord(data)) return undefined;
  const answer = foldCase(data);
  const { values, rejections } = extract(plantDataRows, answer, new Set());
  const power = values.find(({ metric }) => metric === POWER);
  return {
    gmtZone: parseText(answer.get('timezone')),
    reading: {
      entity: dataEntityId(plantId),
      values,
      rejections,
      holdsFor: POWER_HOLDS_FOR,
      wallTime: parseWallTime(answer.get('last_update_time')),
      producing: (power?.value ?? 0) > 0,
    },
  };
}
