import { chinaClock, DAY, dayStart, javaDate, parseDate } from '../calendar.ts';
import { type ApiCall, ApiError, type Endpoint, type Endpoints, paginate } from './api.ts';
import { type Call, type CloudFamily, FAMILIES, spell, statusOf } from './families.ts';
import { measure } from './measurement.ts';
import type { SimulatedDevice } from './world.ts';

const BATCH_LIMIT = 100;

function endpoint({ method, every }: Call, answer: (call: ApiCall) => object): Endpoint {
  return { method, every, answer };
}

/** A device of the family by the SN that a call names; the two codes are for none and for an unknown one. */
function named(
  call: ApiCall,
  family: CloudFamily,
  param: string,
  empty: number,
  missing: number,
): SimulatedDevice {
  const sn = call.param(param);
  if (sn === '') throw new ApiError(empty, 'error_device SN is wrong');
  const device = call.world.device(sn);
  if (!device || !belongs(device, family)) throw new ApiError(missing, 'error_device does not exist');
  return device;
}

/** A MAX listed twice answers as type 1 as well. */
function belongs(device: SimulatedDevice, family: CloudFamily): boolean {
  return device.family === family || (device.spec.listedTwice && family === FAMILIES.inverter);
}

/** Identity and settings; its legacy energies are 0 for ever. */
function info(family: CloudFamily, { param }: Call) {
  return (call: ApiCall) => {
    const device = named(call, family, param, 10003, 10002);
    const { measurement, lost } = call.world.view(device);
    const { spec } = device;
    const data = {
      serialNum: spec.sn,
      status: lost ? 0 : statusOf(family, measurement),
      lost,
      power: 0,
      eToday: 0,
      eTotal: 0,
      pmax: spec.peakPowerW,
      model: spec.model,
      fwVersion: 'AL1.0',
      bdc1Version: '\0\0-0',
      location: '',
      addr: 1,
      timezone: device.site.zone.offsetAt(measurement.at) / 60,
      lastUpdateTime: javaDate(measurement.at),
      lastUpdateTimeText: chinaClock(measurement.at),
    };
    return { device_sn: spec.sn, dataloggerSn: spec.dataloggerSn, data };
  };
}

function last(family: CloudFamily, { param }: Call) {
  return (call: ApiCall) => {
    const device = named(call, family, param, 10003, 10002);
    const data = spell(family, call.world.view(device).measurement);
    return { dataloggerSn: device.spec.dataloggerSn, [family.snKey]: device.spec.sn, data };
  };
}

/** Up to 100 devices; the SN is a key twice, and foreign ones are silently left out. */
function batch(family: CloudFamily, { param }: Call) {
  return (call: ApiCall) => {
    const names = call.param(param).split(',').filter(Boolean);
    if (names.length === 0 || names.length > BATCH_LIMIT)
      throw new ApiError(10003, 'error_device SN is wrong');
    const known = [...new Set(names)].flatMap((sn) => {
      const device = call.world.device(sn);
      return device && belongs(device, family) ? [device] : [];
    });
    const entries = known.map((device) => {
      const { sn, dataloggerSn } = device.spec;
      return [sn, { dataloggerSn, [sn]: spell(family, call.world.view(device).measurement) }];
    });
    const pageNum = Number(call.param('pageNum')) || 1;
    return { [param]: known.map(({ spec }) => spec.sn), data: Object.fromEntries(entries), pageNum };
  };
}

/** Rows of up to 7 days, the newest first. */
function history(family: CloudFamily, { param }: Call) {
  return (call: ApiCall) => {
    const device = named(call, family, param, 10002, 10005);
    const first = parseDate(call.param('start_date'));
    const end = parseDate(call.param('end_date'));
    if (first === undefined || end === undefined || end < first) throw new ApiError(10003, 'error_date');
    if (end - first > 7) throw new ApiError(10004, 'error_date interval exceeds 7 days');
    const { zone } = device.site;
    const { measurement } = call.world.view(device);
    const until = Math.min(dayStart(zone, end + 1), measurement.at + 1);
    const { count, rows } = paginate(call, call.world.uploads(device, dayStart(zone, first), until));
    const row = (at: number) => {
      const measured = measure(device, at);
      return family.historyFields?.(measured) ?? spell(family, measured);
    };
    const { sn, dataloggerSn } = device.spec;
    const datas = rows.map(row);
    const next_page_start_id = Math.floor((rows.at(-1) ?? 0) / DAY);
    return { data: { count, next_page_start_id, datalogger_sn: dataloggerSn, [family.snKey]: sn, datas } };
  };
}

const KINDS = { info, last, batch, history } as const;

/** Info, last data, batch and history of every family that has them. */
export const familyEndpoints: Endpoints = Object.fromEntries(
  Object.values(FAMILIES).flatMap((family) =>
    (Object.keys(KINDS) as (keyof typeof KINDS)[]).flatMap((kind) => {
      const call = family[kind];
      return call ? [[call.path, endpoint(call, KINDS[kind](family, call))] as const] : [];
    }),
  ),
);
