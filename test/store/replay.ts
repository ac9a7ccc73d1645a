import assert from 'node:assert/strict';
import type { Zone } from '../../src/base/calendar.ts';
import { definitionOf } from '../../src/catalogue.ts';
import type { Entity, Reading } from '../../src/model/reading.ts';
import { Store } from '../../src/store/store.ts';
import { virtualClock } from '../helpers/clock.ts';

/** Short names for the metrics of a device, and of the monthly figures of its plant. */
const NAMES = {
  power: 'growatt_current_power_watts',
  status: 'growatt_inverter_status',
  today: 'growatt_energy_today_kwh',
  charged: 'growatt_battery_charge_energy_today_kwh',
  total: 'growatt_energy_total_kwh',
  month: 'growatt_energy_month_kwh',
  year: 'growatt_energy_year_kwh',
  frequency: 'growatt_ac_frequency_hz',
  soc: 'growatt_battery_soc_percent',
  imported: 'growatt_grid_import_energy_total_kwh',
  cycles: 'growatt_battery_cycles_total',
} as const;

type Values = Partial<Record<keyof typeof NAMES, number>>;

/** What a device says; its own clock is `at` of the row unless `time` says something else. */
export interface Said extends Values, Pick<Reading, 'producing' | 'lost' | 'holdsFor'> {
  readonly time?: string;
}

/**
 * At this moment (`MM-DD HH:MM`, UTC) the device said this, or reading it failed, or nobody asked; and this, no
 * more and no less, is what may then be exposed.
 */
export type Row = readonly [at: string, said: Said | 'fails' | '-', shown: Values];

export interface Replay {
  readonly zone?: Zone;
  /** Without its own clock, as sources that answer live. */
  readonly live?: boolean;
  readonly staleAfter?: number;
  /** Of the device, W. */
  readonly ratedPower?: number;
}

export const utc: Zone = { fixed: false, offsetAt: () => 0 };

/** Milliseconds of `MM-DD HH:MM` in 2026, as if it were UTC. */
export const instant = (text: string) => Date.parse(`2026-${text.replace(' ', 'T')}:00Z`);

const short = new Map<string, string>(Object.entries(NAMES).map(([name, metric]) => [metric, name]));

/** Plays the rows to a store and checks each. @returns why values were held back, in order */
export function replay(rows: readonly Row[], options: Replay = {}): string[] {
  const { zone, staleAfter = 3_600_000, live = false, ratedPower } = options;
  const clock = virtualClock(instant(rows[0]![0]));
  const rejections: string[] = [];
  const store = new Store({ clock, staleAfter, definitionOf });
  const entity: Entity = {
    id: 'device',
    labels: { device_sn: 'A' },
    ...(zone && { zone }),
    ...(ratedPower !== undefined && { ratedPower }),
  };
  store.apply('source', { type: 'entities', entities: [entity] });
  for (const [at, said, shown] of rows) {
    clock.jump(instant(at) - clock.now());
    if (said === 'fails') store.apply('source', { type: 'attempt', entity: 'device', ok: false });
    else if (said !== '-')
      rejections.push(
        ...store
          .apply('source', { type: 'reading', reading: readingOf(at, said, live) })
          .map(({ reason }) => reason),
      );
    const samples = store.samples().map(({ metric, value }) => [short.get(metric), value]);
    assert.deepEqual(Object.fromEntries(samples), shown, `at ${at}`);
  }
  return rejections;
}

function readingOf(
  at: string,
  { time = at, producing, lost, holdsFor, ...said }: Said,
  live: boolean,
): Reading {
  return {
    entity: 'device',
    values: Object.entries(said).map(([name, value]) => ({
      metric: NAMES[name as keyof typeof NAMES],
      value,
    })),
    ...(!live && { wallTime: instant(time) }),
    ...(producing !== undefined && { producing }),
    ...(lost !== undefined && { lost }),
    ...(holdsFor !== undefined && { holdsFor }),
  };
}
