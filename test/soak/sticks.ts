import assert from 'node:assert/strict';
import type { Sample } from '../export/exposition-parser.ts';
import type { Troubled } from './trouble.ts';

/** Ranges that the simulated sticks never leave. */
const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  trucki_grid_voltage_volts: [220, 240],
  trucki_battery_voltage_volts: [20, 30],
  trucki_inverter_ac_power_watts: [0, 850],
  trucki_inverter_temperature_celsius: [0, 80],
  trucki_wifi_quality_level: [0, 4],
};
/** Instantaneous values end after 25 minutes of failure; a poll and a step come on top. */
const LONGEST_SHOWN = 60 * 60_000;

/** Holds what is shown of sticks against what can be true from one step to the next. */
export function holdSticks() {
  const totals = new Map<string, number>();
  const changes = new Map<string, { value: number; at: number }>();
  return {
    check(
      samples: readonly Sample[],
      sticks: readonly { readonly name: string; readonly trouble: Troubled }[],
      now: number,
    ): void {
      const voltages = samples.filter(({ name }) => name === 'trucki_grid_voltage_volts');
      const shown = new Set(voltages.map(({ labels }) => labels.stick));
      for (const stick of changes.keys()) if (!shown.has(stick)) changes.delete(stick);
      const names = new Set(sticks.map(({ name }) => name));
      for (const { name, labels, value } of samples) {
        if (!name.startsWith('trucki_')) continue;
        const { stick = '' } = labels;
        assert.ok(names.has(stick), `a stick ${stick} that there is not`);
        const what = `${new Date(now).toISOString()} ${name} of ${stick} is ${value}`;
        const [least, most] = RANGES[name] ?? [-Infinity, Infinity];
        assert.ok(value >= least && value <= most, what);
        if (name === 'trucki_inverter_energy_total_kwh') {
          const before = totals.get(stick) ?? 0;
          assert.ok(
            value >= before && value < before + (before === 0 ? 2000 : 10),
            `${what} after ${before}`,
          );
          totals.set(stick, value);
        }
        if (name !== 'trucki_grid_voltage_volts') continue;
        const last = changes.get(stick);
        if (last?.value !== value) changes.set(stick, { value, at: now });
        else assert.ok(now - last.at <= LONGEST_SHOWN, `${what}, since ${new Date(last.at).toISOString()}`);
      }
    },
  };
}
