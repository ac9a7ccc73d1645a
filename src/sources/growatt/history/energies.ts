import * as z from 'zod';
import { SourceError } from '../../../base/errors.ts';
import { callOf } from '../call.ts';
import { parseNumber } from '../numbers.ts';

/** The most days that one call may span. */
export const ENERGY_SPAN = 7;

/** The energy of each day of at most a week; the cloud allows ten such calls a day. */
export const energiesCall = (plantId: string, from: string, to: string) =>
  callOf(
    { method: 'GET', path: 'plant/energy' },
    { plant_id: plantId, start_date: from, end_date: to, time_unit: 'day' },
    parseEnergies,
  );

const answer = z.object({ data: z.looseObject({ energys: z.array(z.unknown()).nullish() }) });
const row = z.looseObject({ date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/) });

/** Reads `plant/energy` by days. @returns kWh by date; days without a value are not in it */
export function parseEnergies(envelope: unknown): ReadonlyMap<string, number> {
  const parsed = answer.safeParse(envelope);
  if (!parsed.success)
    throw new SourceError('malformed', 'plant/energy: the answer holds no list of energies');
  return new Map(
    (parsed.data.data.energys ?? []).flatMap((given) => {
      const { data } = row.safeParse(given);
      const energy = parseNumber(data?.energy);
      return data && typeof energy === 'number' && energy >= 0 ? [[data.date, energy] as const] : [];
    }),
  );
}
