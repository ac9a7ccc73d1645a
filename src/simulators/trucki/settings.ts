import { inverter, type Page, type PageInput, powers, remotes, timeText, uptimeText } from './live.ts';

/** The passwords among the settings that the stick serves; none of them may appear anywhere else. */
export const STICK_SECRETS = {
  ADMIN_PASS: 'stick-admin-secret',
  METER_PASS: 'stick-meter-secret',
  MQTT_PASS: 'stick-mqtt-secret',
  WIFIPASS: 'stick-wifi-secret',
  BEARER: 'stick-bearer-secret',
} as const;

const METER_URL = `http://192.0.2.7/status?password=${STICK_SECRETS.METER_PASS}`;

/** Topics that V1.12 mirrors to MQTT, with the raw register or text it sends. */
function mirrors({ state }: PageInput): Page {
  const [own] = state.inverters;
  const values: Page = {
    ACSETPOINT: (own?.setpoint ?? 0) * 10,
    ACDISPLAY: Math.round((own?.power ?? 0) * 10),
    VGRID: Math.round(state.gridVoltage * 10),
    VBAT: Math.round(state.batteryVoltage * 10),
    DAC: 0,
    CALSTEP: 0,
    TEMPERATURE: Math.floor(state.temperature),
    METER: state.meter.toFixed(2),
    MAXPOWER: 800,
    POWERLIMIT: (own?.limit ?? 0) * 10,
    STATE: 'ON',
    ZEPC: '(ENABLED) 1',
    ACSETPOINTOVR: '',
    MAXPOWEROVR: '',
  };
  const pairs = Object.entries(values).flatMap(([name, value]) => [
    [`MQTT_${name}_NAME`, `T2SG/${name}`],
    [`MQTT_${name}_VALUE`, value],
  ]);
  return Object.fromEntries(pairs);
}

/** `/json` of V1.12: live values, settings and secrets in one object of 83 keys. */
export function v112Page(input: PageInput, password: string): Page {
  const { state, uptimeMs, meter } = input;
  return {
    UPTIME: uptimeText(uptimeMs),
    RSSI: 72,
    VERSION: '1.12 08.07.2023 15:21',
    DEVICENAME: 'T2SG0A1B2C',
    ADMIN_PASS: password,
    STATICIP: '',
    STATICGW: '',
    STATICSN: '',
    STATICDNS: '',
    ...inverter(state),
    MAXPOWER: '800',
    POWERLIMIT: state.inverters[0]?.limit ?? 0,
    VBATCUTOFF: 23.5,
    VBATREBOOT: 25,
    SUN2IP: state.inverters[1] ? '192.0.2.12' : '',
    SUN3IP: state.inverters[2] ? '192.0.2.13' : '',
    ...remotes(state),
    NIGHT_MAXPOWER: '400',
    NIGHT_BEGIN: '22:00',
    NIGHT_END: '06:00',
    NTPSERVER: 'pool.ntp.org',
    TIMEZONE: 'UTC0',
    DARKTHEME: 0,
    TIME: timeText(state),
    METERURL: meter ? METER_URL : '',
    METER_USER: 'meter',
    METER_PASS: STICK_SECRETS.METER_PASS,
    JSONKEYS: 'total_power',
    METERINTERVAL: '500',
    METERREADOUT: meter ? state.meterReadMs : 0,
    METERINVERT: 0,
    ZEPCTARGET: '30',
    ZEPCAVERAGE: '4',
    ZEPCFEEDBACK: 0,
    MQTT_SERVER: '192.0.2.9',
    MQTT_PORT: '1883',
    MQTT_USER: 'trucki',
    MQTT_PASS: STICK_SECRETS.MQTT_PASS,
    HADISCOVERY: 1,
    ...mirrors(input),
    MQTT: 'connected',
    ...powers(input),
  };
}

/** `/jsononce` of the newer firmware: settings and identity, secrets included. */
export function oncePage(password: string, charger: boolean): Page {
  return {
    DEVICENAME: charger ? 'T2MG0A1B2C' : 'T2SG0A1B2C',
    VERSION: charger ? '1.09 02.03.2026 10:11' : '1.16 21.05.2026 09:56',
    MAXPOWER: '800',
    MINPOWER: 20,
    ZEPCTARGET: '30',
    VBATCUTOFF: 23.5,
    METERURL: METER_URL,
    ...STICK_SECRETS,
    ADMIN_PASS: password,
  };
}
