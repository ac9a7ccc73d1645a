import * as z from 'zod';
import type { Entity, Reading } from '../../../model/reading.ts';

/** What is kept of one completed day of a plant. Absent members are unknown. */
export const dayRecord = z.object({
  date: z.iso.date(),
  /** kWh */
  energy: z.number().optional(),
  /** W */
  peak: z.number().optional(),
  /** W by hour of the wall clock. */
  hourly: z.array(z.tuple([z.number(), z.number()])),
});

export type DayRecord = Readonly<z.infer<typeof dayRecord>>;

const dayEntityId = (plantId: string, date: string) => `plant/${plantId}/day/${date}`;
const hoursEntityId = (plantId: string) => `plant/${plantId}/hours`;

export function dayEntity(plantId: string, { date }: DayRecord): Entity {
  return { id: dayEntityId(plantId, date), labels: { plant_id: plantId, date } };
}

/** Of the hours of a plant's newest day. */
export function hoursEntity(plantId: string): Entity {
  return { id: hoursEntityId(plantId), labels: { plant_id: plantId } };
}

export function dayReading(plantId: string, { date, energy, peak }: DayRecord): Reading {
  const value = (metric: string, given: number | undefined) =>
    given === undefined ? [] : [{ metric, value: given }];
  return {
    entity: dayEntityId(plantId, date),
    values: [...value('growatt_daily_energy_kwh', energy), ...value('growatt_daily_peak_power_watts', peak)],
  };
}

export function hoursReading(plantId: string, { hourly }: DayRecord): Reading {
  return {
    entity: hoursEntityId(plantId),
    values: hourly.map(([hour, value]) => ({
      metric: 'growatt_hourly_avg_power_watts',
      value,
      labels: { hour: String(hour).padStart(2, '0') },
    })),
  };
}
