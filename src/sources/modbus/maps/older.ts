import { blocksOf, registerMap } from '../register-map.ts';

/** Before protocol II, and off-grid, a read stays within one aligned block of 45 registers. */
const LENGTH = 45;

/**
 * SPF and SPE. Register 7 is the charger's output current, not that of a PV input, and 2 repeats 1 on models with one
 * input. Battery power is positive while it discharges, the other way round than in the VPP protocol.
 */
export const spf = registerMap(
  'spf',
  blocksOf(0, LENGTH, 3),
  `
  0      u16        offgrid_status                  VAWOG
  1      u16 ×0.1   pv1_voltage                     VAWOG
  2      u16 ×0.1   pv2_voltage                     vAWOG
  3      u32 ×0.1   pv1_power                       vAWOG
  5      u32 ×0.1   pv2_power                       vAWOG
  9      u32 ×0.1   load_power                      vAWOG
  13     u32 ×0.1   ac_charge_power                 VAWOG
  17     u16 ×0.01  battery_voltage                 VAWOG
  18     u16        battery_soc                     VAWOG
  19     u16 ×0.1   bus_voltage                     VWOG
  22     u16 ×0.1   ac_l1_voltage                   VAWOG
  23     u16 ×0.01  ac_frequency                    VAWOG
  25     s16 ×0.1   temp_inverter                   VAWOG
  26     s16 ×0.1   temp_dcdc                       VAWOG
  32     s16 ×0.1   temp_buck1                      vAOG
  33     s16 ×0.1   temp_buck2                      VAOG
  34     u16 ×0.1   ac_l1_current                   VAWG
  36     s32 ×0.1   grid_power                      VAOG
  40     u16        fault_main                      VAG
  41     u16        warning_main                    VAG
  45     u16 ×0.1   grid_export_energy_today        VAg
  46     u32 ×0.1   grid_export_energy_total        vAG
  48     u32 ×0.1   pv1_energy_today                AWG
  50     u32 ×0.1   pv1_energy_total                AWG
  52     u32 ×0.1   pv2_energy_today                WG
  54     u32 ×0.1   pv2_energy_total                W
  56     u32 ×0.1   ac_charge_energy_today          AWG
  58     u32 ×0.1   ac_charge_energy_total          AWG
  60     u32 ×0.1   battery_discharge_energy_today  AWG
  62     u32 ×0.1   battery_discharge_energy_total  AWG
  77     s32 ×0.1   battery_output                  VAWOG
  98     u32 ×0.1   battery_charge_energy_today     V
  100    u32 ×0.1   battery_charge_energy_total     V
  `,
);

/**
 * What SPE have in registers that mean something else on SPF, as an owner compared them with what the cloud shows:
 * 0xAHA/Growatt_ModbusTCP#212.
 */
export const spe = registerMap(
  'spf',
  blocksOf(0, LENGTH, 3),
  `
  64     u32 ×0.1   grid_import_energy_today        A
  66     u32 ×0.1   grid_import_energy_total        A
  85     u32 ×0.1   load_energy_today               A
  87     u32 ×0.1   load_energy_total               A
  `,
);

/** String inverters and small MIC, V3.05 to V3.15; strings from 3.10 on, PV input 3 from 3.12 on. */
export const legacy = registerMap(
  'legacy',
  blocksOf(0, LENGTH, 3),
  `
  0      u16        status                 VAWOG
  1      u32 ×0.1   pv_power               VAWOG
  3/4    u16 ×0.1   pv{1-2}_voltage        VAWOG
  4/4    u16 ×0.1   pv{1-2}_current        VAWOG
  5/4    u32 ×0.1   pv{1-2}_power          VAWOG
  11     u32 ×0.1   ac_power               VAWG
  13     u16 ×0.01  ac_frequency           VAWOG
  14     u16 ×0.1   ac_l1_voltage          VAWOG
  15     u16 ×0.1   ac_l1_current          VAWOG
  18/4   u16 ×0.1   ac_l{2-3}_voltage      VWG
  19/4   u16 ×0.1   ac_l{2-3}_current      VWG
  26     u32 ×0.1   ac_energy_today        VAWOG
  28     u32 ×0.1   ac_energy_total        VAWOG
  32     s16 ×0.1   temp_inverter          VAWOG
  40     u16        fault_main             VAWG
  41     s16 ×0.1   temp_ipm               VAWG
  42     u16 ×0.1   bus_p_voltage          VWOg
  45     u16        power_factor_raw       V
  47     u16        derating_mode          VWo
  48/4   u32 ×0.1   pv{1-2}_energy_today   VWG
  50/4   u32 ×0.1   pv{1-2}_energy_total   VWG
  56     u32 ×0.1   pv_energy_total        VWG
  64     u16        warning_main           VAW
  66     u16        output_percent         VW
  70/2   u16 ×0.1   string{1-8}_voltage    V
  71/2   s16 ×0.1   string{1-8}_current    V
  120    u16 ×0.1   pv3_voltage            v
  121    u16 ×0.1   pv3_current            v
  122    u32 ×0.1   pv3_power              v
  124    u32 ×0.1   pv3_energy_today       v
  126    u32 ×0.1   pv3_energy_total       v
  `,
);
