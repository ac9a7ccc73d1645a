import type { Reading, Value } from '../../model/reading.ts';
import {
  BATTERY_LOW,
  legacyKeys,
  meterStates,
  type Needs,
  NOT_FOUND,
  NOT_SET,
  type NumberKey,
  numberKeys,
  powerWords,
  wifiQualities,
  wifiStates,
  zeroExportStates,
} from './keys.ts';
import { type Field, parseField, parseUptime } from './parse.ts';

type Fields = ReadonlyMap<string, Field>;

/** Keys whose words or numbers the tables below look at. */
const KNOWN = new Set([...numberKeys.map(({ key }) => key), 'RSSI', 'WIFI', 'MQTT_ZEPC_VALUE']);

/** Turns a stick's answer into a reading; a key that cannot be understood never loses the others. */
export function readAnswer(
  entity: string,
  answer: Readonly<Record<string, unknown>>,
  legacyNames: boolean,
): Reading {
  const rejections: string[] = [];
  const fields = new Map<string, Field>();
  for (const key of KNOWN) {
    const field = parseField(answer[key]);
    if (field === 'bad') rejections.push('unparsed_value');
    else if (field) fields.set(key, field);
  }
  const values: Value[] = [];
  for (const row of numberKeys) {
    const value = numberOf(row, fields);
    if (typeof value === 'string') rejections.push(value);
    else if (value) values.push(value);
  }
  values.push(...inverterStates(fields), ...controllerStates(fields), ...wifi(fields));
  const uptime = parseUptime(answer.UPTIME);
  if (uptime !== undefined) values.push({ metric: 'trucki_uptime_seconds', value: uptime });
  if (legacyNames) values.push(...legacyValues(fields));
  return { entity, values, rejections, producing: fields.get('ACPOWER')?.number !== undefined };
}

const wordOf = (fields: Fields, key: string) => fields.get(key)?.word?.toLowerCase();

function numberOf(
  row: NumberKey,
  fields: Fields,
): Value | 'implausible_value' | 'unparsed_value' | undefined {
  const word = wordOf(fields, row.key);
  if (word !== undefined && !powerWords.has(word)) return 'unparsed_value';
  const number = fields.get(row.key)?.number;
  if (number === undefined || (row.needs && !present(row.needs, fields))) return undefined;
  if (row.zeroNeedsInverter && number === 0 && !present('inverter', fields)) return undefined;
  // With no grid voltage either, 0 degrees only says that nothing was measured.
  if (row.key === 'TEMP' && number === 0 && fields.get('VGRID')?.number === 0) return undefined;
  if (row.range && (number < row.range[0] || number > row.range[1])) {
    return row.key.endsWith('ROUNDTRIP') ? undefined : 'implausible_value';
  }
  // The product of a decimal fraction is off in the sixteenth digit; nobody measured that.
  const value = row.scale === undefined ? number : Number((number * row.scale).toPrecision(12));
  return { metric: row.metric, value, ...(row.inverter && { labels: { inverter: row.inverter } }) };
}

function present(needs: Needs, fields: Fields): boolean {
  switch (needs) {
    case 'inverter':
      // Low memory may cut the key off; without mains nobody is there to answer either.
      return fields.has('ACPOWER')
        ? wordOf(fields, 'ACPOWER') !== NOT_FOUND
        : fields.get('VGRID')?.number !== 0;
    case 'meter':
      return wordOf(fields, 'METERPOWER') !== NOT_SET;
    case 'remote2':
    case 'remote3': {
      const n = needs.at(-1);
      if (fields.has(`ACPOWERSUN${n}`)) return wordOf(fields, `ACPOWERSUN${n}`) !== NOT_SET;
      // Low memory may cut the key off; a remote that was never linked has nothing but zeros.
      return Boolean(fields.get(`SUN${n}SETPOINT`)?.number || fields.get(`SUN${n}POWERLIMIT`)?.number);
    }
  }
}

const powerKeys = [
  ['ACPOWER', '1'],
  ['ACPOWERSUN2', '2'],
  ['ACPOWERSUN3', '3'],
] as const;

function inverterStates(fields: Fields): Value[] {
  const values: Value[] = [];
  for (const [key, inverter] of powerKeys) {
    const field = fields.get(key);
    if (!field) continue;
    const word = field.word?.toLowerCase();
    const reachable = word === undefined || word === BATTERY_LOW ? 1 : word === NOT_FOUND ? 0 : undefined;
    if (reachable === undefined) continue;
    values.push({ metric: 'trucki_inverter_reachable', value: reachable, labels: { inverter } });
    if (inverter === '1' && reachable) {
      values.push({ metric: 'trucki_battery_low', value: Number(word === BATTERY_LOW) });
    }
  }
  return values;
}

function controllerStates(fields: Fields): Value[] {
  const controller = fields.get('ZEPCPOWER');
  const mirror = /\((\w+)\)/.exec(fields.get('MQTT_ZEPC_VALUE')?.word ?? '')?.[1]?.toLowerCase();
  const controllerState = controller ? (controller.word?.toLowerCase() ?? 'enabled') : mirror;
  const values: Value[] = [];
  if (controllerState !== undefined) {
    const known = zeroExportStates.find((state) => state === controllerState) ?? 'unknown';
    values.push(...oneOf('trucki_zero_export_state', zeroExportStates, known));
  }
  const meter = fields.get('METERPOWER');
  if (meter) {
    const word = meter.word?.toLowerCase();
    const state =
      word === undefined
        ? 'ok'
        : word === NOT_SET || word === NOT_FOUND
          ? word.replace(' ', '_')
          : 'inactive';
    values.push(...oneOf('trucki_meter_state', meterStates, state));
  }
  return values;
}

function wifi(fields: Fields): Value[] {
  const values: Value[] = [];
  const state = wifiState(fields);
  if (state) values.push(...oneOf('trucki_wifi_state', wifiStates, state));
  const quality = fields.get('RSSI');
  const level = qualityLevel(fields);
  if (level !== undefined) values.push({ metric: 'trucki_wifi_quality_level', value: level });
  else if (quality?.number !== undefined && quality.number >= 0 && quality.number <= 100) {
    values.push({ metric: 'trucki_wifi_quality_ratio', value: quality.number / 100 });
  }
  return values;
}

/** The firmware's words vary: `CONNECTED`, `WIFI CONNECTED`, `CONNECTING...`, `CONNECTION_LOST`. */
function wifiState(fields: Fields): string | undefined {
  const word = wordOf(fields, 'WIFI');
  if (word === undefined) return undefined;
  const plain = word
    .replace(/^wifi /, '')
    .replace(/\.+$/, '')
    .replaceAll(' ', '_');
  return wifiStates.find((state) => state === plain) ?? 'unknown';
}

function qualityLevel(fields: Fields): number | undefined {
  const level = wifiQualities.indexOf(wordOf(fields, 'RSSI') ?? '');
  return level < 0 ? undefined : level;
}

function oneOf(metric: string, states: readonly string[], present: string): Value[] {
  return states.map((state) => ({ metric, value: Number(state === present), labels: { state } }));
}

function legacyValues(fields: Fields): Value[] {
  const values = legacyKeys.flatMap(({ key, metric, fallback }): Value[] => {
    const value = fields.get(key)?.number ?? fallback;
    return value === undefined ? [] : [{ metric, value }];
  });
  const state = wifiState(fields);
  // trucki2prometheus says 0, disconnected, for words it does not know.
  if (state)
    values.push({
      metric: 'trucki_wifi_state',
      value: state === 'unknown' ? 0 : wifiStates.indexOf(state as never),
    });
  const level = qualityLevel(fields);
  if (level !== undefined) values.push({ metric: 'trucki_wifi_rssi', value: level });
  return values;
}
