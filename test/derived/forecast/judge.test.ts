import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actualOf } from '../../../src/derived/forecast/actual.ts';
import { DayCurve } from '../../../src/derived/forecast/day-curve.ts';
import { HeldOutputs } from '../../../src/derived/forecast/held-output.ts';
import { Judge } from '../../../src/derived/forecast/judge.ts';
import type { Expected } from '../../../src/derived/forecast/plane.ts';
import { HOUR, MIDNIGHT, MINUTE, samples } from './support.ts';

const RATED = 5000;
const curve = (watts: number | undefined) => {
  const day = { date: '2026-06-21', start: MIDNIGHT, end: MIDNIGHT + 24 * HOUR };
  const expected: Expected | undefined =
    watts === undefined ? undefined : { irradiance: 0, dc: watts, ac: watts };
  return new DayCurve(day, () => expected);
};
const device = (values: Readonly<Record<string, number>>, sn: string, hour = 12) =>
  samples({ ...values, growatt_last_update_timestamp_seconds: (MIDNIGHT + hour * HOUR) / 1000 }, sn);

test('below a tenth of the rated power there is no sun, and so no ratio', () => {
  const ratio = (watts: number) => {
    const judge = new Judge();
    const shown = device({ growatt_energy_today_kwh: (watts * 12) / 1000 }, 'A');
    const actual = actualOf(shown, RATED, MIDNIGHT + 13 * HOUR)!;
    judge.observe(actual, curve(watts), curve(RATED), RATED);
    return judge.ratio(curve(watts), MIDNIGHT + 13 * HOUR);
  };
  assert.equal(ratio(499), undefined);
  assert.equal(ratio(500), 1);
});

test('while a device has told nothing today, or one was read long before another, the plant is not judged', () => {
  const energy = { growatt_energy_today_kwh: 12 };
  const ratioOf = (shown: ReturnType<typeof samples>) => {
    const judge = new Judge();
    const actual = actualOf(shown, RATED, MIDNIGHT + 13 * HOUR)!;
    judge.observe(actual, curve(2000), curve(2000), RATED);
    return { ratio: judge.ratio(curve(2000), MIDNIGHT + 13 * HOUR), isComplete: actual.isComplete };
  };
  const first = device(energy, 'A');
  assert.deepEqual(ratioOf([...first, ...device(energy, 'B')]), { ratio: 1, isComplete: true });
  assert.deepEqual(ratioOf([...first, ...device({ growatt_pv_energy_total_kwh: 900 }, 'B')]), {
    ratio: undefined,
    isComplete: false,
  });
  assert.deepEqual(ratioOf([...first, ...device({ growatt_inverter_status: 0 }, 'B')]), {
    ratio: undefined,
    isComplete: false,
  });
  assert.deepEqual(ratioOf([...first, ...device(energy, 'B', 11.5)]).ratio, undefined);
  assert.deepEqual(
    ratioOf([...first, ...device({ growatt_grid_import_power_watts: 9 }, 'METER')]).ratio,
    0.5,
  );
});

test('a full battery holds output back only while it takes no more and nothing is fed in', () => {
  const isCurtailed = (more: Readonly<Record<string, number>>) => {
    const full = { growatt_pv_energy_today_kwh: 9, growatt_battery_soc_percent: 98, ...more };
    return actualOf(device(full, 'A'), RATED, MIDNIGHT + 13 * HOUR)?.isCurtailed;
  };
  assert.equal(isCurtailed({}), true, 'nothing says that it is fed in');
  assert.equal(isCurtailed({ growatt_grid_export_power_watts: 99 }), true);
  assert.equal(isCurtailed({ growatt_grid_export_power_watts: 101 }), false);
  assert.equal(isCurtailed({ growatt_battery_charge_power_watts: 400 }), false);
  assert.equal(isCurtailed({ growatt_battery_soc_percent: 97 }), false);
});

test('an AC-coupled battery has no modules, and its output is none of theirs', () => {
  const inverter = device({ growatt_energy_today_kwh: 12, growatt_pv1_energy_today_kwh: 13 }, 'A');
  const battery = device({ growatt_energy_today_kwh: 4, growatt_battery_soc_percent: 50 }, 'B');
  const actual = actualOf([...inverter, ...battery], RATED, MIDNIGHT + 13 * HOUR);
  assert.equal(actual?.side, 'dc');
  assert.deepEqual([...(actual?.energies ?? [])], [['A', 13]]);
  assert.equal(actual?.isComplete, true);
});

test('a span of unknown weather counts on neither side, and too many of them leave no ratio', () => {
  const judge = new Judge();
  const observe = (hour: number, kwh: number, expected: DayCurve) => {
    const actual = actualOf(
      device({ growatt_energy_today_kwh: kwh }, 'A', hour),
      RATED,
      MIDNIGHT + 20 * HOUR,
    )!;
    judge.observe(actual, expected, curve(2000), RATED);
    return judge.ratio(curve(2000), MIDNIGHT + hour * HOUR);
  };
  assert.equal(observe(6, 12, curve(2000)), 1);
  assert.equal(observe(11, 13, curve(undefined)), 1);
  assert.equal(observe(12, 15, curve(2000)), 1);
  assert.equal(observe(17, 16, curve(undefined)), undefined);
});

/** What a plant has given at some hours since midnight, with 2 kW expected all day. */
function judged(
  observations: readonly (readonly [hour: number, kwh: number, more?: Readonly<Record<string, number>>])[],
  judge = new Judge(),
  watts = 2000,
) {
  let ratio: number | undefined;
  for (const [hour, kwh, more = {}] of observations) {
    const now = MIDNIGHT + hour * HOUR;
    const actual = actualOf(device({ growatt_energy_today_kwh: kwh, ...more }, 'A', hour), RATED, now)!;
    judge.observe(actual, curve(watts), curve(watts), RATED);
    ratio = judge.ratio(curve(watts), now);
  }
  return ratio;
}

test('an older reading changes nothing', () => {
  const newest = [6, 12] as const;
  assert.equal(judged([newest, [5, 9], [7, 14]]), 1);
  assert.equal(judged([newest, newest, [7, 14]]), 1);
});

test('a span that begins while output is held back does not count', () => {
  assert.equal(
    judged([
      [6, 12],
      [8, 13, { growatt_derating_mode: 1 }],
      [8.5, 13.05],
      [9, 14.05],
    ]),
    1,
  );
});

test('a derating mode at dusk, which some inverters name, is no limit', () => {
  const dusk = { growatt_derating_mode: 15 };
  const judge = new Judge();
  assert.equal(judged([[12, 24]], judge), 1);
  judged([[12.5, 24.04, dusk]], judge, 90);
  assert.equal(judge.ratio(curve(90), MIDNIGHT + 12.5 * HOUR), 24.04 / 24.045);
  assert.equal(judge.state?.curtailedAt, undefined);
});

test('before a kilowatt hour is expected, steps of 0.1 kWh are too coarse', () => {
  assert.equal(judged([[1.8, 0.9]], new Judge(), 500), undefined);
  assert.equal(judged([[2, 1]], new Judge(), 500), 1);
});

test('a plant that was held back a month ago is one that is not', () => {
  const agoDays = (days: number) => {
    const judge = new Judge();
    const at = MIDNIGHT + 6 * HOUR - days * 24 * HOUR;
    const state = { date: '2026-05-20', side: 'ac' as const, at, energies: {}, isCurtailed: true, held: {} };
    judge.restore({ ...state, sums: { actual: 0, expected: 0, sunHours: 0, unknown: 0 }, curtailedAt: at });
    return judged([[12, 24]], judge);
  };
  assert.equal(agoDays(29), undefined);
  assert.equal(agoDays(31), 1);
});

test('a plant that turns out to have a battery is judged anew by its modules, from midnight', () => {
  const battery = { growatt_battery_charge_energy_total_kwh: 3, growatt_pv_energy_today_kwh: 20 };
  const modules = new DayCurve(curve(0).day, () => ({ irradiance: 0, dc: 2500, ac: 2000 }));
  const judge = new Judge();
  judged([[6, 3]], judge);
  const now = MIDNIGHT + 8 * HOUR;
  judge.observe(actualOf(device(battery, 'A', 8), RATED, now)!, modules, modules, RATED);
  assert.equal(judge.ratio(modules, now), 1);
});

test('an output that stands still shows that it is held only after half an hour, and from its beginning', () => {
  const held = new HeldOutputs<number>();
  const observe = (minutes: number, percent: number, clearSky: number, sums: number) =>
    held.observe(new Map([['A', percent]]), { at: minutes * MINUTE, clearSky, rated: 5000, sums });
  observe(0, 39, 2000, 0);
  observe(5, 40, 2100, 1);
  assert.deepEqual(observe(30, 40.3, 2600, 2), { isHeld: false, sums: 2 });
  assert.deepEqual(observe(36, 39.8, 2700, 3), { isHeld: true, sums: 1 });
  assert.deepEqual(observe(40, 40, 2800, 4), { isHeld: true, sums: 4 });
  assert.deepEqual(observe(45, 38, 2800, 5), { isHeld: false, sums: 5 });
});
