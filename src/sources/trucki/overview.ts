import type { KindOverview } from '../../model/overview.ts';

/** What the status page shows of a stick. */
export const overview: KindOverview = {
  sourceTitle: (name) => `Trucki stick ${name}`,
  sourceOfStick: (stick) => `trucki/${stick}`,
  quantities: {
    trucki_up: 'up',
    trucki_inverter_reachable: 'reachable',
    trucki_battery_low: 'batteryLow',
    trucki_inverter_ac_power_watts: 'outputWatts',
    trucki_inverter_energy_today_kwh: 'outputTodayKwh',
    trucki_inverter_energy_total_kwh: 'outputTotalKwh',
    trucki_inverter_temperature_celsius: 'temperatureCelsius',
    trucki_charger_dc_power_watts: 'chargeWatts',
    trucki_meter_power_watts: 'meterWatts',
    trucki_meter_import_energy_today_kwh: 'gridImportTodayKwh',
  },
};
