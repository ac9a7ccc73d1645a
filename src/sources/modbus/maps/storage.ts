import { blocksOf, registerMap } from '../register-map.ts';

/** Battery, grid and loads of SPH and SPA. */
export const storage = registerMap(
  'storage',
  blocksOf(1000, 125, 2),
  `
  1000   u16         work_mode                       VAG
  1009   u32 ×0.1    battery_discharge_power         VAWOEG
  1011   u32 ×0.1    battery_charge_power            VAWOEG
  1013   u16 ×0.1    battery_voltage                 VAOG
  1014   u16         battery_soc                     VAWOEg
  1021   u32 ×0.1    grid_import_power               VAWOEG
  1029   s32 ×0.1    grid_export_power               VAWOEG
  1037   u32 ×0.1    load_power                      VAOG
  1040   s16 ×0.1    battery_temperature             VAG
  1044   u32 ×0.1    grid_import_energy_today        VAWOG
  1046   u32 ×0.1    grid_import_energy_total        VAWOEG
  1048   u32 ×0.1    grid_export_energy_today        VAWOG
  1050   u32 ×0.1    grid_export_energy_total        VAWOG
  1052   u32 ×0.1    battery_discharge_energy_today  VAWOG
  1054   u32 ×0.1    battery_discharge_energy_total  VAWOEG
  1056   u32 ×0.1    battery_charge_energy_today     VAWOG
  1058   u32 ×0.1    battery_charge_energy_total     VAWOG
  1060   u32 ×0.1    load_energy_today               VAOG
  1062   u32 ×0.1    load_energy_total               VAOG
  1067   u16 ×0.01   eps_frequency                   V
  1068   u16 ×0.1    eps_l1_voltage                  V
  1070/4 u32 ×0.1    eps_l{1-3}_power                V
  1086   u16         bms_soc                         VA
  1088   s16 ×0.01   bms_current                     vA
  1095   u16         battery_cycles                  VA
  1096   u16         battery_soh                     VA
  1108   u16 ×0.001  cell_voltage_max                VA
  1109   u16 ×0.001  cell_voltage_min                VA
  1124   u32 ×0.1    ac_charge_energy_today          vO
  1126   u32 ×0.1    ac_charge_energy_total          vO
  1128   u32 ×0.1    ac_charge_power                 v
  1141   u32 ×0.1    self_energy_today               V
  1143   u32 ×0.1    self_energy_total               V
  1147   u32 ×0.1    self_power                      V
  1149   u32 ×0.1    pv_energy_today                 V
  `,
);

/** What single-phase SPA have in the place of the base block. */
export const spa2000 = registerMap(
  'spa2000',
  blocksOf(2000, 125),
  `
  2000   u16         status                          VA
  2035   s32 ×0.1    ac_power                        VA
  2037   u16 ×0.01   ac_frequency                    V
  2038   u16 ×0.1    ac_l1_voltage                   V
  2039   u16 ×0.1    ac_l1_current                   VA
  2053   u32 ×0.1    ac_energy_today                 VA
  2055   u32 ×0.1    ac_energy_total                 VA
  2093   s16 ×0.1    temp_inverter                   VA
  2094   s16 ×0.1    temp_ipm                        VA
  2095   s16 ×0.1    temp_boost                      VA
  2112   u32 ×0.1    ac_charge_energy_today          V
  2114   u32 ×0.1    ac_charge_energy_total          V
  `,
);
