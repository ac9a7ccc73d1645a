/** Series in promtool's notation, one value every five minutes. */
type Values = Readonly<Record<string, string>>;

/** What makes an alert fire, and what is like it but should not. */
export interface AlertCase {
  readonly fires: { readonly series: Values; readonly at: string; readonly labels: string };
  readonly silent: { readonly series: Values; readonly at: string };
  /** How often rules are evaluated, where a minute would take long because the case lasts for days. */
  readonly evaluatedEvery?: string;
}

const DEVICE = 'plant_id="1",device_sn="A"';
const OTHER = 'plant_id="1",device_sn="B"';
const LABELS = `severity="warning",${DEVICE}`;
const REQUESTS = 'solar_agent_requests_total{source="growatt/default",endpoint="plant/list"';
const EXPORTS = 'solar_agent_otlp_exports_total{job="solar-otel-agent",instance="a:9120"';

/** A plant under whose sky 36 kWh a day are possible, looked at while the sun is low. */
function clearDays(day: {
  readonly plant: string;
  readonly ratio: string;
  readonly expected?: number;
  readonly elevation?: number;
  readonly weather?: string;
}): Values {
  const { plant, ratio, expected = 30, elevation = 5, weather = 'open-meteo' } = day;
  const label = `plant_id="${plant}"`;
  return {
    [`solar_performance_ratio{${label}}`]: ratio,
    [`solar_expected_energy_today_kwh{${label}}`]: `${expected}x1500`,
    [`solar_clear_sky_power_watts{${label}}`]: '1500x1500',
    [`solar_sun_elevation_degrees{${label}}`]: `${elevation}x1500`,
    [`solar_forecast_info{${label},weather="${weather}",assumed=""}`]: '1x1500',
  };
}

export const alertCases: Readonly<Record<string, AlertCase>> = {
  SolarAgentDown: {
    fires: {
      series: { 'up{job="solar-otel-agent",instance="a:9120"}': '1 0x10' },
      at: '15m',
      labels: 'severity="critical",job="solar-otel-agent",instance="a:9120"',
    },
    silent: { series: { 'up{job="other",instance="a:9120"}': '0x10' }, at: '30m' },
  },
  SolarAgentGone: {
    fires: {
      series: { 'up{job="solar-otel-agent",instance="a:9120"}': '1x6 stale' },
      at: '1h10m',
      labels: 'severity="critical",job="solar-otel-agent"',
    },
    // It exports by OTLP and is not scraped.
    silent: { series: { 'solar_agent_build_info{job="solar-otel-agent",version="1"}': '1x40' }, at: '2h' },
  },
  SolarPushOverdue: {
    fires: {
      series: { 'push_time_seconds{job="growatt_exporter",instance=""}': '0x600' },
      at: '37h',
      labels: 'severity="warning",job="growatt_exporter"',
    },
    silent: { series: { 'push_time_seconds{job="growatt_exporter"}': '0x288 86400x288' }, at: '47h' },
  },
  SolarOtlpFailing: {
    fires: {
      series: { [`${EXPORTS},outcome="failure"}`]: '0+5x24', [`${EXPORTS},outcome="success"}`]: '7x24' },
      at: '1h',
      labels: 'severity="warning",job="solar-otel-agent",instance="a:9120"',
    },
    silent: {
      series: { [`${EXPORTS},outcome="failure"}`]: '0+1x24', [`${EXPORTS},outcome="success"}`]: '0+4x24' },
      at: '1h',
    },
  },
  SolarReloadRefused: {
    fires: {
      series: {
        'solar_agent_config_last_reload_successful{job="solar-otel-agent",instance="a:9120"}': '1 0x10',
      },
      at: '20m',
      labels: 'severity="warning",job="solar-otel-agent",instance="a:9120"',
    },
    silent: {
      series: {
        'solar_agent_config_last_reload_successful{job="solar-otel-agent",instance="a:9120"}': '1 0 1x10',
      },
      at: '20m',
    },
  },
  SolarSourceDown: {
    fires: {
      series: {
        'solar_agent_last_poll_success_timestamp_seconds{source="growatt/default"}': '0x48',
        // Has never succeeded.
        'solar_agent_polls_total{source="tariff/import",outcome="failure"}': '0x20 1x28',
      },
      at: '2h10m',
      labels: 'severity="critical",source="growatt/default"; severity="critical",source="tariff/import"',
    },
    // All inverters sleep, so it is polled every half an hour; and sticks have an alert of their own.
    silent: {
      series: {
        'solar_agent_last_poll_success_timestamp_seconds{source="growatt/default"}':
          '0x5 1800x5 3600x5 5400x5 7200x5 9000x5',
        'solar_agent_polls_total{source="growatt/default",outcome="failure"}': '3x48',
        'solar_agent_last_poll_success_timestamp_seconds{source="trucki/shed"}': '0x48',
      },
      at: '2h30m',
    },
  },
  SolarAccountRefused: {
    fires: {
      series: {
        'growatt_account_up{account="default"}': '1x6 0x40',
        [`${REQUESTS},outcome="unauthorized"}`]: '_x6 1x40',
      },
      at: '1h10m',
      labels: 'severity="critical",account="default"',
    },
    // The network is down; the token was refused long ago.
    silent: {
      series: {
        'growatt_account_up{account="default"}': '1x40 0x40',
        [`${REQUESTS},outcome="unauthorized"}`]: '1x80',
        [`${REQUESTS},outcome="unreachable"}`]: '0x40 1+1x40',
      },
      at: '5h',
    },
  },
  SolarCallsLimited: {
    fires: {
      series: { [`${REQUESTS},outcome="rate-limited"}`]: '0x12 1 1 1 2 2 2 3 4 5 6 6 6' },
      at: '2h',
      labels: 'severity="warning",source="growatt/default"',
    },
    silent: { series: { [`${REQUESTS},outcome="rate-limited"}`]: '0x12 1 1 1 2 2 2 2 2 2 2 2' }, at: '2h' },
  },
  SolarPlantUnreadable: {
    fires: {
      series: { 'growatt_up{plant_id="1"}': '1 0x40' },
      at: '2h10m',
      labels: 'severity="warning",plant_id="1"',
    },
    silent: { series: { 'growatt_up{plant_id="1"}': '1 0x20 1 0x20' }, at: '2h30m' },
  },
  SolarStickUnreachable: {
    fires: {
      series: { 'trucki_up{stick="shed"}': '1 0x10' },
      at: '20m',
      labels: 'severity="warning",stick="shed"',
    },
    silent: { series: { 'trucki_up{stick="shed"}': '1 0 1 0 1 0 1' }, at: '25m' },
  },
  SolarInverterUnreachable: {
    fires: {
      series: { 'growatt_modbus_up{target="roof"}': '1 0x10' },
      at: '20m',
      labels: 'severity="warning",target="roof"',
    },
    silent: { series: { 'growatt_modbus_up{target="roof"}': '1x10' }, at: '30m' },
  },
  SolarDeviceFault: {
    fires: {
      // Two instances of the agent overlap.
      series: {
        [`growatt_inverter_status{${DEVICE},instance="a"}`]: '1 3x10',
        [`growatt_inverter_status{${DEVICE},instance="b"}`]: '_ 3x10',
      },
      at: '20m',
      labels: `severity="critical",${DEVICE}`,
    },
    silent: { series: { [`growatt_inverter_status{${DEVICE}}`]: '1 3 1 4 2 0 0 0' }, at: '30m' },
  },
  SolarReadingsStale: {
    fires: {
      series: {
        [`growatt_current_power_watts{${DEVICE}}`]: '900x12 stale',
        [`growatt_last_update_timestamp_seconds{${DEVICE}}`]: '0+300x12 3600x24',
      },
      at: '2h30m',
      labels: LABELS,
    },
    // It fell asleep at dusk.
    silent: {
      series: {
        [`growatt_current_power_watts{${DEVICE}}`]: '900 700 500 300 200 100 50 20 10 5 2 1 1 stale',
        [`growatt_last_update_timestamp_seconds{${DEVICE}}`]: '0+300x12 3600x24',
      },
      at: '2h30m',
    },
  },
  SolarNoProduction: {
    fires: {
      series: {
        [`growatt_pv_power_watts{${DEVICE}}`]: '0x24',
        [`growatt_pv_power_watts{${OTHER}}`]: '2500x24',
      },
      at: '1h15m',
      labels: LABELS,
    },
    // A grey morning; and the sun on another plant.
    silent: {
      series: {
        [`growatt_pv_power_watts{${DEVICE}}`]: '0x24',
        [`growatt_pv_power_watts{${OTHER}}`]: '120x24',
        'growatt_pv_power_watts{plant_id="2",device_sn="C"}': '2500x24',
      },
      at: '1h30m',
    },
  },
  SolarStringImbalance: {
    fires: {
      series: {
        [`growatt_string_current_amps{${DEVICE},string="1"}`]: '8x40',
        [`growatt_string_current_amps{${DEVICE},string="2"}`]: '8x40',
        [`growatt_string_current_amps{${DEVICE},string="3"}`]: '2x40',
      },
      at: '2h30m',
      labels: `${LABELS},string="3"`,
    },
    // At dawn the currents are small.
    silent: {
      series: {
        [`growatt_string_current_amps{${DEVICE},string="1"}`]: '0.9x40',
        [`growatt_string_current_amps{${DEVICE},string="2"}`]: '0.2x40',
        'growatt_string_current_amps{plant_id="1",device_sn="B",string="1"}': '8x40',
        'growatt_string_current_amps{plant_id="1",device_sn="B",string="2"}': '6x40',
      },
      at: '2h30m',
    },
  },
  SolarPerformanceLow: {
    evaluatedEvery: '15m',
    fires: {
      // The first day was in order; on the others the ratio is low from the evening on.
      series: clearDays({ plant: '1', ratio: '0.95x287 0.7x1200' }),
      at: '4d2h',
      labels: 'severity="warning",plant_id="1"',
    },
    silent: {
      series: {
        ...clearDays({ plant: 'in-order', ratio: '0.85x1500' }),
        ...clearDays({ plant: 'cleaned', ratio: '0.7x1000 0.9x500' }),
        ...clearDays({ plant: 'two-days', ratio: '_x700 0.7x800' }),
        ...clearDays({ plant: 'cloudy', ratio: '0.7x1500', expected: 24 }),
        ...clearDays({ plant: 'no-weather', ratio: '0.7x1500', weather: 'none' }),
        ...clearDays({ plant: 'at-noon', ratio: '0.7x1500', elevation: 40 }),
      },
      at: '4d2h',
    },
  },
  SolarOverTemperature: {
    fires: {
      series: {
        [`growatt_inverter_temperature_celsius{${DEVICE}}`]: '50 60x10',
        'trucki_inverter_temperature_celsius{stick="shed"}': '58x10',
      },
      at: '30m',
      labels: `${LABELS}; severity="warning",stick="shed"`,
    },
    silent: { series: { [`growatt_inverter_temperature_celsius{${DEVICE}}`]: '55x10' }, at: '30m' },
  },
  SolarGridVoltage: {
    fires: {
      series: {
        [`growatt_ac_voltage_volts{${DEVICE}}`]: '230 255x10',
        [`growatt_ac_phase_voltage_volts{${OTHER},phase="2"}`]: '230 200x10',
      },
      at: '30m',
      labels: `${LABELS}; severity="warning",${OTHER},phase="2"`,
    },
    // 0 V is no voltage at all: the inverter is switched off.
    silent: {
      series: {
        [`growatt_ac_voltage_volts{${DEVICE}}`]: '252x10',
        [`growatt_ac_voltage_volts{${OTHER}}`]: '0x10',
      },
      at: '30m',
    },
  },
  SolarGridFrequency: {
    fires: {
      series: {
        [`growatt_ac_frequency_hz{${DEVICE}}`]: '50 50.8x10',
        [`growatt_ac_frequency_hz{${OTHER}}`]: '50 49.2x10',
      },
      at: '30m',
      labels: `${LABELS}; severity="warning",${OTHER}`,
    },
    silent: {
      series: {
        [`growatt_ac_frequency_hz{${DEVICE}}`]: '50.1x10',
        [`growatt_ac_frequency_hz{${OTHER}}`]: '0x10',
      },
      at: '30m',
    },
  },
  SolarBatteryLow: {
    fires: {
      series: {
        [`growatt_battery_soc_percent{${DEVICE}}`]: '20 8x20',
        'trucki_battery_low{stick="shed"}': '1x20',
      },
      at: '45m',
      labels: `${LABELS}; severity="warning",stick="shed"`,
    },
    silent: {
      series: {
        [`growatt_battery_soc_percent{${DEVICE}}`]: '10x20',
        'trucki_battery_low{stick="shed"}': '0x20',
      },
      at: '1h',
    },
  },
};
