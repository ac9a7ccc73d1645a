import { blocksOf, registerMap } from '../register-map.ts';

/** Lengths of the vendor's protocol II, from V1.01 on: 125 registers, aligned. */
const block = (first: number) => blocksOf(first, 125);

/** Protocol II, of string inverters and of hybrids that have a storage block beside it. */
export const base = registerMap(
  'base',
  block(0),
  `
  0      u16        status                 VAWOG
  1      u32 ×0.1   pv_power               VAWOEG
  3/4    u16 ×0.1   pv{1-4}_voltage        VAWOG
  4/4    u16 ×0.1   pv{1-4}_current        VAWOG
  5/4    u32 ×0.1   pv{1-4}_power          VAWOG
  19/4   u16 ×0.1   pv{5-8}_voltage        VWOG
  20/4   u16 ×0.1   pv{5-8}_current        VWOG
  21/4   u32 ×0.1   pv{5-8}_power          VWOG
  35     s32 ×0.1   ac_power               VAWOEG
  37     u16 ×0.01  ac_frequency           VAWOG
  38/4   u16 ×0.1   ac_l{1-3}_voltage      VAWOG
  39/4   u16 ×0.1   ac_l{1-3}_current      VAWOG
  50     u16 ×0.1   line_rs_voltage        VAOG
  53     u32 ×0.1   ac_energy_today        VAWOG
  55     u32 ×0.1   ac_energy_total        VAWOEG
  59/4   u32 ×0.1   pv{1-4}_energy_today   VAWOG
  61/4   u32 ×0.1   pv{1-4}_energy_total   VAWOG
  75/4   u32 ×0.1   pv{5-8}_energy_today   VWOG
  77/4   u32 ×0.1   pv{5-8}_energy_total   VWOG
  91     u32 ×0.1   pv_energy_total        VAWOEG
  93     s16 ×0.1   temp_inverter          VAWOG
  94     s16 ×0.1   temp_ipm               VAWOG
  95     s16 ×0.1   temp_boost             VAWOG
  98     u16 ×0.1   bus_p_voltage          VAWOG
  100    u16        power_factor_raw       VAG
  101    s16        output_percent         VWOg
  104    u16        derating_mode          VAWOG
  105    u16        fault_main             VAWOg
  `,
);

/** What register 112 is without a battery. */
export const baseWarning = registerMap('base', block(0), '112  u16  warning_main  VA');

/** What the registers from 112 on are with a battery; the storage block has the same, where it is served. */
export const baseAcCharge = registerMap(
  'base',
  block(0),
  `
  112    u32 ×0.1   ac_charge_energy_today  vG
  114    u32 ×0.1   ac_charge_energy_total  vG
  116    u32 ×0.1   ac_charge_power         V
  `,
);

/** The phases of three-phase inverters whose other quantities are in the TL-X block. */
export const basePhases = registerMap(
  'base',
  block(0),
  `
  38/4   u16 ×0.1   ac_l{1-3}_voltage      VAWOG
  39/4   u16 ×0.1   ac_l{1-3}_current      VAWOG
  50     u16 ×0.1   line_rs_voltage        VAOG
  `,
);

/** Strings and insulation of three-phase string inverters. */
export const second = registerMap(
  'second',
  block(125),
  `
  142/2  u16 ×0.1   string{1-16}_voltage   VG
  143/2  s16 ×0.1   string{1-16}_current   VG
  200    u16        pv_insulation          VG
  205    u16        leakage_current        Vg
  `,
);

/** The further PV inputs of large string inverters. */
export const pv9 = registerMap(
  'pv9',
  block(875),
  `
  875/4  u16 ×0.1   pv{9-16}_voltage       V
  876/4  u16 ×0.1   pv{9-16}_current       V
  877/4  u32 ×0.1   pv{9-16}_power         V
  907/4  u32 ×0.1   pv{9-16}_energy_today  V
  909/4  u32 ×0.1   pv{9-16}_energy_total  V
  `,
);
