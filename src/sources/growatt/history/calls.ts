import type { Call } from '../calls.ts';
import { parseCurve } from './curve.ts';
import { parseEnergies } from './energies.ts';

/** The 5-minute power curve of one day of a plant. */
export const curveCall = (plantId: string, date: string): Call => ({
  endpoint: { method: 'GET', path: 'plant/power' },
  params: { plant_id: plantId, date },
  check: (envelope) => parseCurve(envelope, date),
});

/** The energy of each day of at most a week; the cloud allows ten such calls a day. */
export const energiesCall = (plantId: string, from: string, to: string): Call => ({
  endpoint: { method: 'GET', path: 'plant/energy' },
  params: { plant_id: plantId, start_date: from, end_date: to, time_unit: 'day' },
  check: parseEnergies,
});
