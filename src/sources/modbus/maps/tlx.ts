import { blocksOf, registerMap } from '../register-map.ts';

/** MIN, MIC from 1 kW on, MOD-XH and MID-XH. Load power is computed: output plus import. */
export const x3000 = registerMap(
  'x3000',
  blocksOf(3000, 125),
  `
  3000    u16        grid_status               VAWOG
  3001    u32 ×0.1   pv_power                  VAWOG
  3003/4  u16 ×0.1   pv{1-3}_voltage           VAWOG
  3004/4  u16 ×0.1   pv{1-3}_current           VAWG
  3005/4  u32 ×0.1   pv{1-3}_power             VAWOEG
  3015    u16 ×0.1   pv4_voltage               vWOG
  3016    u16 ×0.1   pv4_current               vWOG
  3017    u32 ×0.1   pv4_power                 vWOEG
  3023    s32 ×0.1   ac_power                  VAWOG
  3025    u16 ×0.01  ac_frequency              VAWOG
  3026    u16 ×0.1   ac_l1_voltage             VAWOG
  3027    u16 ×0.1   ac_l1_current             VAWOG
  3030/4  u16 ×0.1   ac_l{2-3}_voltage         VWOG
  3031/4  u16 ×0.1   ac_l{2-3}_current         VWOG
  3038    u16 ×0.1   line_rs_voltage           VOG
  3041    u32 ×0.1   grid_import_power         VAOEG
  3043    s32 ×0.1   grid_export_power         VAOEG
  3045    u32 ×0.1   load_power                VAOG
  3049    u32 ×0.1   ac_energy_today           VAWOG
  3051    u32 ×0.1   ac_energy_total           VAWOG
  3053    u32 ×0.1   pv_energy_total           VAWOEG
  3055/4  u32 ×0.1   pv{1-3}_energy_today      VAWOG
  3057/4  u32 ×0.1   pv{1-3}_energy_total      VAWOG
  3067    u32 ×0.1   grid_import_energy_today  VAWOG
  3069    u32 ×0.1   grid_import_energy_total  VAWOEG
  3071    u32 ×0.1   grid_export_energy_today  VAWOG
  3073    u32 ×0.1   grid_export_energy_total  VAWOG
  3075    u32 ×0.1   load_energy_today         VAOG
  3077    u32 ×0.1   load_energy_total         VAOG
  3079    u32 ×0.1   pv4_energy_today          VOG
  3081    u32 ×0.1   pv4_energy_total          VOG
  3083    u32 ×0.1   pv_energy_today           VOG
  3086    u16        derating_mode             VAWOG
  3087    u16        pv_insulation             VAOG
  3091    u16        leakage_current           VAOG
  3092    u16 ×0.1   bus_voltage               VAOG
  3093    s16 ×0.1   temp_inverter             VAWOG
  3094    s16 ×0.1   temp_ipm                  VAWOG
  3095    s16 ×0.1   temp_boost                VAWOG
  3097    s16 ×0.1   temp_comm_board           VAOG
  3098    u16 ×0.1   bus_p_voltage             VWOG
  3100    u16        power_factor_raw          VOG
  3101    s16        output_percent            VWOG
  3105    u16        fault_main                VAWOG
  3106    u16        warning_main              VAOG
  3121    u32 ×0.1   self_power                VOG
  `,
);

/** The battery of MIN-XH, MOD-XH and MID-XH. */
export const x3125 = registerMap(
  'x3125',
  blocksOf(3125, 125),
  `
  3125    u32 ×0.1    battery_discharge_energy_today  VAWOG
  3127    u32 ×0.1    battery_discharge_energy_total  VAWOEG
  3129    u32 ×0.1    battery_charge_energy_today     VAWOG
  3131    u32 ×0.1    battery_charge_energy_total     VAWOG
  3133    u32 ×0.1    ac_charge_energy_today          VAOG
  3135    u32 ×0.1    ac_charge_energy_total          VAOG
  3139    u32 ×0.1    self_energy_today               VOG
  3141    u32 ×0.1    self_energy_total               VOG
  3145    u16 ×0.01   eps_frequency                   VG
  3146    u16 ×0.1    eps_l1_voltage                  VG
  3158    u32 ×0.1    eps_power                       VG
  3169    u16 ×0.01   bdc_voltage                     VAOG
  3170    s16 ×0.1    battery_current                 VAOG
  3171    u16         battery_soc                     VAWOEG
  3178    u32 ×0.1    battery_discharge_power         VAWOEG
  3180    u32 ×0.1    battery_charge_power            VAWOEG
  3215    u16         bms_soc                         VG
  3218    s16 ×0.1    battery_temperature             VG
  3221    u16         battery_cycles                  VG
  3222    u16         battery_soh                     VG
  3230    u16 ×0.001  cell_voltage_max                Vg
  3231    u16 ×0.001  cell_voltage_min                Vg
  `,
);
