import type { FieldRow } from '../fields.ts';

/** Energies at the grid connection and of the loads, spelled alike in all families that have them. */
export const gridEnergies: readonly FieldRow[] = [
  ['growatt_grid_export_energy_today_kwh', 'etoGridToday'],
  ['growatt_grid_export_energy_total_kwh', 'etoGridTotal'],
  ['growatt_grid_import_energy_today_kwh', 'etoUserToday'],
  ['growatt_grid_import_energy_total_kwh', 'etoUserTotal'],
  ['growatt_load_energy_today_kwh', 'elocalLoadToday'],
  ['growatt_load_energy_total_kwh', 'elocalLoadTotal'],
];
