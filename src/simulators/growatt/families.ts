import { hpsFields, pbdFields, pcsFields } from './fields/atess.ts';
import { spaFields, sphFields, storageFields } from './fields/hybrid.ts';
import { groboostFields, inverterFields, inverterHistoryFields, maxFields } from './fields/inverter.ts';
import { envFields, meterFields } from './fields/meter.ts';
import { minFields } from './fields/min.ts';
import type { Fields } from './fields/spelling.ts';
import { noahFields, sphSFields, witFields } from './fields/v4.ts';
import type { DeviceState, Measurement } from './measurement.ts';
import type { FamilyName } from './specs.ts';

const SLOW = 300_000;
const FAST = 10_000;

/** One way to ask for a family's devices: method, path, parameter that names them, ms between equal calls. */
export interface Call {
  method: 'GET' | 'POST';
  path: string;
  param: string;
  every: number;
}

export interface CloudFamily {
  /** Number in device/list; absent where only the v4 API knows the family. */
  type?: number;
  /** `deviceType` of the v4 API, and ms between equal calls there. */
  v4?: { type: string; every: number };
  /** Key of the SN in a last-data answer. */
  snKey: string;
  info?: Call;
  last?: Call;
  batch?: Call;
  history?: Call;
  /** Device status for each state; `charging` and `discharging` where they replace "normal". */
  status: Record<DeviceState, number> & { charging?: number; discharging?: number };
  defaults: { model: string; peakPowerW: number; strings: number; phases: 1 | 3; batteryKwh: number };
  fields(measurement: Measurement): Fields;
  historyFields?(measurement: Measurement): Fields;
}

interface Limits {
  info?: number;
  last?: number;
  batch?: number;
  history?: number;
}

type Calls = Pick<CloudFamily, 'snKey' | 'info' | 'last' | 'batch' | 'history'>;

/** The calls of a family that names its endpoints after itself. */
function calls(word: string, { info = SLOW, last = SLOW, batch, history = SLOW }: Limits): Calls {
  const path = (name: string) => `device/${word}/${word}${name}`;
  const param = `${word}_sn`;
  return {
    snKey: param,
    info: { method: 'GET', path: path('_data_info'), param: 'device_sn', every: info },
    last: { method: 'POST', path: path('_last_data'), param, every: last },
    history: { method: 'POST', path: path('_data'), param, every: history },
    ...(batch && { batch: { method: 'POST', path: path('s_data'), param: `${word}s`, every: batch } }),
  };
}

const INVERTER_CALLS: Calls = {
  snKey: 'device_sn',
  info: { method: 'GET', path: 'device/inverter/inv_data_info', param: 'device_sn', every: SLOW },
  last: { method: 'GET', path: 'device/inverter/last_new_data', param: 'device_sn', every: SLOW },
  batch: { method: 'POST', path: 'device/inverter/invs_data', param: 'inverters', every: SLOW },
  history: { method: 'GET', path: 'device/inverter/data', param: 'device_sn', every: SLOW },
};

const STRING = { waiting: 0, normal: 1, fault: 3 };
const MIX = { waiting: 0, normal: 5, fault: 3 };
const ATESS = { waiting: 0, normal: 2, fault: 3 };
const v4 = (type: string, every = SLOW) => ({ type, every });
const defaults = (
  model: string,
  peakPowerW: number,
  strings: number,
  phases: 1 | 3,
  batteryKwh = 0,
): CloudFamily['defaults'] => ({ model, peakPowerW, strings, phases, batteryKwh });

/** What the cloud knows about each family; a new one is a new entry. */
export const FAMILIES: Record<FamilyName, CloudFamily> = {
  inverter: {
    type: 1,
    v4: v4('inv'),
    ...INVERTER_CALLS,
    status: STRING,
    defaults: defaults('Growatt 10000 UE', 10_000, 2, 3),
    fields: inverterFields,
    historyFields: inverterHistoryFields,
  },
  storage: {
    type: 2,
    v4: v4('storage'),
    ...calls('storage', { info: FAST, last: FAST, history: FAST }),
    status: { waiting: 0, normal: 0, fault: 3, charging: 1, discharging: 2 },
    defaults: defaults('SPF 5000 ES', 3_000, 1, 1, 5),
    fields: storageFields,
  },
  max: {
    type: 4,
    v4: v4('max'),
    ...calls('max', { batch: SLOW }),
    status: STRING,
    defaults: defaults('MAX 80KTL3 LV', 80_000, 8, 3),
    fields: maxFields,
  },
  sph: {
    type: 5,
    v4: v4('sph'),
    ...calls('mix', { last: FAST, batch: FAST }),
    status: MIX,
    defaults: defaults('SPH 6000', 6_000, 2, 1, 10),
    fields: sphFields,
  },
  spa: {
    type: 6,
    v4: v4('spa'),
    ...calls('spa', { last: FAST, batch: FAST }),
    status: MIX,
    defaults: defaults('SPA 5000', 5_000, 0, 1, 6.5),
    fields: spaFields,
  },
  min: {
    type: 7,
    v4: v4('min'),
    ...calls('tlx', { batch: SLOW, history: FAST }),
    // A MIN says 2 for a fault where the other string inverters say 3.
    status: { waiting: 0, normal: 1, fault: 2 },
    defaults: defaults('MIN 6000TL-X', 6_000, 2, 1),
    fields: minFields,
  },
  pcs: {
    type: 8,
    ...calls('pcs', {}),
    status: ATESS,
    defaults: defaults('PCS100', 60_000, 2, 3, 200),
    fields: pcsFields,
  },
  hps: {
    type: 9,
    ...calls('hps', { last: FAST, history: FAST }),
    status: ATESS,
    defaults: defaults('HPS30', 30_000, 2, 3, 100),
    fields: hpsFields,
  },
  pbd: {
    type: 10,
    ...calls('pbd', { info: FAST }),
    status: STRING,
    defaults: defaults('PBD250', 50_000, 5, 1, 100),
    fields: pbdFields,
  },
  groboost: {
    type: 11,
    ...calls('boost', { info: FAST, last: FAST, batch: FAST, history: FAST }),
    status: STRING,
    defaults: defaults('GroBoost', 3_000, 1, 3),
    fields: groboostFields,
  },
  meter: {
    type: 3,
    snKey: 'datalog_sn',
    status: STRING,
    defaults: defaults('SDM630', 0, 1, 3),
    fields: meterFields,
  },
  env: {
    type: 3,
    snKey: 'datalog_sn',
    status: STRING,
    defaults: defaults('Seven Sensor', 0, 0, 1),
    fields: envFields,
  },
  wit: {
    v4: v4('wit'),
    snKey: 'wit_sn',
    status: MIX,
    defaults: defaults('WIT 50K', 50_000, 8, 3, 60),
    fields: witFields,
  },
  'sph-s': {
    v4: v4('sph-s'),
    snKey: 'sph_s_sn',
    status: MIX,
    defaults: defaults('SPH 10000S', 10_000, 3, 1, 10),
    fields: sphSFields,
  },
  noah: {
    v4: v4('noah', 60_000),
    snKey: 'noah_sn',
    status: { waiting: 6, normal: 1, fault: 4 },
    defaults: defaults('NOAH 2000', 800, 2, 1, 2),
    fields: noahFields,
  },
};

/** The family's status number for a measurement. */
export function statusOf({ status }: CloudFamily, { state, power }: Measurement): number {
  if (state === 'fault') return status.fault;
  if (status.charging !== undefined && power.charge > 1) return status.charging;
  if (status.discharging !== undefined && power.discharge > 1) return status.discharging;
  return status[state];
}

const STATUS_TEXT: Record<DeviceState, string> = { waiting: 'Waiting', normal: 'Normal', fault: 'Fault' };

/** A measurement spelled the family's way, status included. */
export function spell(family: CloudFamily, measurement: Measurement): Fields {
  const status = statusOf(family, measurement);
  return { ...family.fields(measurement), status, statusText: STATUS_TEXT[measurement.state] };
}
