import { trimEndOf } from '../../base/trim.ts';
import type { Reading, Value } from '../../model/reading.ts';
import {
  BATTERY_LOW,
  legacyRows,
  meterStates,
  type Needs,
  NOT_FOUND,
  NOT_SET,
  type NumberRow,
  numberRows,
  powerWords,
  wifiQualities,
  wifiStates,
  zeroExportStates,
} from './keys.ts';
import { stickMetrics } from './metrics.ts';
import { type NumberOrWord, parseUptime, parseValue } from './parse.ts';

/** What the known keys of an answer hold. */
type Answer = ReadonlyMap<string, NumberOrWord>;

/** Keys whose words or numbers the tables below look at. */
const KNOWN = new Set([...numberRows.map(({ key }) => key), 'RSSI', 'WIFI', 'MQTT_ZEPC_VALUE']);

/** Whether an answer has a key that only a stick has; one that is low on memory leaves out most of them. */
export function isOfStick(body: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(body).some((key) => KNOWN.has(key) || key === 'UPTIME');
}

/** Turns a stick's answer into a reading. A key that cannot be parsed does not affect the others. */
export function readAnswer(
  entity: string,
  body: Readonly<Record<string, unknown>>,
  legacyNames: boolean,
): Reading {
  const rejections: string[] = [];
  const answer = new Map<string, NumberOrWord>();
  for (const key of KNOWN) {
    const value = parseValue(body[key]);
    if (value === 'bad') rejections.push('unparsed_value');
    else if (value) answer.set(key, value);
  }
  const values: Value[] = [];
  for (const row of numberRows) {
    const value = numberOf(row, answer);
    if (typeof value === 'string') rejections.push(value);
    else if (value) values.push(value);
  }
  values.push(...inverterStates(answer), ...controllerStates(answer), ...wifi(answer));
  const uptime = parseUptime(body.UPTIME);
  if (uptime !== undefined) values.push({ metric: 'trucki_uptime_seconds', value: uptime });
  if (legacyNames) values.push(...legacyValues(answer));
  return { entity, values, rejections, producing: answer.get('ACPOWER')?.number !== undefined };
}

const wordOf = (answer: Answer, key: string) => answer.get(key)?.word?.toLowerCase();

function numberOf(
  row: NumberRow,
  answer: Answer,
): Value | 'implausible_value' | 'unparsed_value' | undefined {
  const word = wordOf(answer, row.key);
  if (word !== undefined && !powerWords.has(word)) return 'unparsed_value';
  const number = answer.get(row.key)?.number;
  if (number === undefined || (row.needs && !isThere(row.needs, row, answer))) return undefined;
  if (number === 0 && row.zeroNeeds && !isThere(row.zeroNeeds, row, answer)) return undefined;
  if (row.range && (number < row.range[0] || number > row.range[1])) {
    return row.noneOutsideRange ? undefined : 'implausible_value';
  }
  // The product of a decimal fraction is off in the sixteenth digit, which was not measured.
  const value = row.scale === undefined ? number : Number((number * row.scale).toPrecision(12));
  return { metric: row.metric, value, ...(row.inverter && { labels: { inverter: row.inverter } }) };
}

/** Whether what a row needs is there. A stick low on memory leaves out the last keys; others then decide. */
function isThere(needs: Needs, { inverter: n }: NumberRow, answer: Answer): boolean {
  switch (needs) {
    case 'inverter':
      // Without mains there is no inverter to answer.
      return answer.has('ACPOWER')
        ? wordOf(answer, 'ACPOWER') !== NOT_FOUND
        : answer.get('VGRID')?.number !== 0;
    case 'meter':
      return wordOf(answer, 'METERPOWER') !== NOT_SET;
    case 'grid-voltage':
      return answer.get('VGRID')?.number !== 0;
    case 'remote':
      // A remote that was never linked has nothing but zeros.
      return answer.has(`ACPOWERSUN${n}`)
        ? wordOf(answer, `ACPOWERSUN${n}`) !== NOT_SET
        : Boolean(answer.get(`SUN${n}SETPOINT`)?.number || answer.get(`SUN${n}POWERLIMIT`)?.number);
  }
}

const powerKeys = [
  ['ACPOWER', '1'],
  ['ACPOWERSUN2', '2'],
  ['ACPOWERSUN3', '3'],
] as const;

function inverterStates(answer: Answer): Value[] {
  const values: Value[] = [];
  for (const [key, inverter] of powerKeys) {
    const value = answer.get(key);
    if (!value) continue;
    const word = value.word?.toLowerCase();
    const reachable = word === undefined || word === BATTERY_LOW ? 1 : word === NOT_FOUND ? 0 : undefined;
    if (reachable === undefined) continue;
    values.push({ metric: 'trucki_inverter_reachable', value: reachable, labels: { inverter } });
    if (inverter === '1' && reachable) {
      values.push({ metric: 'trucki_battery_low', value: Number(word === BATTERY_LOW) });
    }
  }
  return values;
}

function controllerStates(answer: Answer): Value[] {
  const controller = answer.get('ZEPCPOWER');
  const mirror = /\((\w+)\)/.exec(answer.get('MQTT_ZEPC_VALUE')?.word ?? '')?.[1]?.toLowerCase();
  const controllerState = controller ? (controller.word?.toLowerCase() ?? 'enabled') : mirror;
  const values: Value[] = [];
  if (controllerState !== undefined) {
    const known = zeroExportStates.find((state) => state === controllerState) ?? 'unknown';
    values.push(...oneOf('trucki_zero_export_state', zeroExportStates, known));
  }
  const meter = answer.get('METERPOWER');
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

function wifi(answer: Answer): Value[] {
  const values: Value[] = [];
  const state = wifiState(answer);
  if (state) values.push(...oneOf('trucki_wifi_state', wifiStates, state));
  const quality = answer.get('RSSI');
  const level = qualityLevel(answer);
  if (level !== undefined) values.push({ metric: 'trucki_wifi_quality_level', value: level });
  else if (quality?.number !== undefined && quality.number >= 0 && quality.number <= 100) {
    values.push({ metric: 'trucki_wifi_quality_ratio', value: quality.number / 100 });
  }
  return values;
}

/** The firmware's words vary: `CONNECTED`, `WIFI CONNECTED`, `CONNECTING...`, `CONNECTION_LOST`. */
function wifiState(answer: Answer): string | undefined {
  const word = wordOf(answer, 'WIFI');
  if (word === undefined) return undefined;
  const plain = trimEndOf(word.replace(/^wifi /, ''), '.').replaceAll(' ', '_');
  return wifiStates.find((state) => state === plain) ?? 'unknown';
}

function qualityLevel(answer: Answer): number | undefined {
  const level = wifiQualities.indexOf(wordOf(answer, 'RSSI') ?? '');
  return level < 0 ? undefined : level;
}

function oneOf(metric: string, states: readonly string[], present: string): Value[] {
  return states.map((state) => ({ metric, value: Number(state === present), labels: { state } }));
}

const ranges = new Map(stickMetrics.definitions.map(({ name, range }) => [name, range]));

/** Whether a number can be true; what stands for "none" is a copy as well. */
function isPossible(key: string, value: number): boolean {
  const row = numberRows.find((candidate) => candidate.key === key);
  if (!row || (row.noneOutsideRange && value === 0)) return true;
  const [least, greatest] = row.range ?? ranges.get(row.metric) ?? [-Infinity, Infinity];
  return value >= least && value <= greatest;
}

function legacyValues(answer: Answer): Value[] {
  const values = legacyRows.flatMap(({ key, metric, fallback }): Value[] => {
    const value = answer.get(key)?.number ?? fallback;
    return value === undefined || (value !== fallback && !isPossible(key, value)) ? [] : [{ metric, value }];
  });
  const state = wifiState(answer);
  // trucki2prometheus says 0, disconnected, for words it does not know.
  if (state)
    values.push({
      metric: 'trucki_wifi_state',
      value: state === 'unknown' ? 0 : wifiStates.indexOf(state as never),
    });
  const level = qualityLevel(answer);
  if (level !== undefined) values.push({ metric: 'trucki_wifi_rssi', value: level });
  return values;
}
