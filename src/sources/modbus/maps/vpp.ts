import { blocksOf, registerMap } from '../register-map.ts';

/** Power of PV and grid by the VPP protocol: all that a MIN TL-XH2 serves, with the battery below. */
export const vpp = registerMap(
  'vpp',
  blocksOf(31_000, 125, 2),
  `
  31000    u16        work_mode                 VA
  31005    u16        fault_main                V
  31007    u16        warning_main              V
  31010/2  s16 ×0.1   pv{1-3}_voltage           VA
  31011/2  s16 ×0.1   pv{1-3}_current           VA
  31016    s16 ×0.1   pv4_voltage               V
  31017    s16 ×0.1   pv4_current               V
  31018    s16 ×0.1   pv5_voltage               VA
  31019    s16 ×0.1   pv5_current               VA
  31020/2  s16 ×0.1   pv{6-16}_voltage          V
  31021/2  s16 ×0.1   pv{6-16}_current          V
  31058    s32 ×0.1   pv_power                  VA
  31100    s32 ×0.1   ac_power                  VA
  31105    u16 ×0.01  ac_frequency              VA
  31106/1  u16 ×0.1   ac_l{1-3}_voltage         VA
  31109/1  s16 ×0.1   ac_l{1-3}_current         VA
  31114    s16 ×0.1   temp_inverter             VA
  31118    u32 ×0.1   grid_import_energy_today  VA
  31120    u32 ×0.1   grid_import_energy_total  VA
  31122    u32 ×0.1   grid_export_energy_today  VA
  31124    u32 ×0.1   grid_export_energy_total  VA
  `,
);

/** The first battery by the VPP protocol. Charging is positive. */
export const vppBattery = registerMap(
  'vpp',
  blocksOf(31_125, 125),
  `
  31200    s32 ×0.1   battery_power                   VA
  31202    u32 ×0.1   battery_charge_energy_today     VA
  31204    u32 ×0.1   battery_charge_energy_total     VA
  31206    u32 ×0.1   battery_discharge_energy_today  VA
  31208    u32 ×0.1   battery_discharge_energy_total  VA
  31214    s16 ×0.1   battery_voltage                 VA
  31215    s32 ×0.1   battery_current                 VA
  31217    u16        battery_soc                     VA
  31218    u16        battery_soh                     VA
  31223    s16 ×0.1   battery_temperature             VA
  `,
);

/** The voltage alone, for hybrids whose own register is ambiguous. */
export const vppVoltage = registerMap(
  'vpp',
  [{ first: 31_214, count: 1 }],
  '31214  s16 ×0.1  battery_voltage  VA',
);

/** Battery, grid and loads of WIT. The sign of its battery power (8091) is documented nowhere: not read. */
export const wit8000 = registerMap(
  'wit8000',
  blocksOf(8000, 125),
  `
  8034     u16 ×0.1   battery_voltage                 VA
  8035     s16 ×0.1   battery_current                 VA
  8045     u32 ×0.1   self_power                      VA
  8049     u32 ×0.1   battery_discharge_energy_today  V
  8051     u32 ×0.1   battery_discharge_energy_total  V
  8053     u32 ×0.1   battery_charge_energy_today     V
  8055     u32 ×0.1   battery_charge_energy_total     V
  8057     u32 ×0.1   ac_charge_energy_today          VA
  8059     u32 ×0.1   ac_charge_energy_total          VA
  8063     u32 ×0.1   self_energy_today               VA
  8065     u32 ×0.1   self_energy_total               VA
  8067     u32 ×0.1   grid_import_energy_today        VA
  8069     u32 ×0.1   grid_import_energy_total        VA
  8071     u32 ×0.1   grid_export_energy_today        VA
  8073     u32 ×0.1   grid_export_energy_total        VA
  8075     u32 ×0.1   load_energy_today               VA
  8077     u32 ×0.1   load_energy_total               VA
  8079     u32 ×0.1   load_power                      VA
  8081     u32 ×0.1   grid_import_power               VA
  8083     u32 ×0.1   grid_export_power               VA
  8093     u16        battery_soc                     VA
  8094     u16        battery_soh                     VA
  `,
);
