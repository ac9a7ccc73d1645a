import { localDay } from '../../base/calendar.ts';
import { dateText, MINUTE } from '../calendar.ts';
import { type ApiCall, ApiError, type Endpoints, positive } from './api.ts';
import { type CloudFamily, FAMILIES, spell } from './families.ts';
import type { SimulatedDevice } from './world.ts';

const PAGE_SIZE = 100;

function deviceList({ world, param }: ApiCall): object {
  const all = world.devices().filter(({ family }) => family.v4);
  const page = positive(param('page'), 0);
  if (page === 0) throw new ApiError(10, 'PAGE_IS_EMPTY');
  const pages = Math.ceil(all.length / PAGE_SIZE);
  const data = all.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map((device) => ({
    deviceSn: device.spec.sn,
    deviceType: device.family.v4?.type,
    datalogSn: device.spec.dataloggerSn,
    createDate: `${dateText(localDay(device.plant.zone, device.plant.created))} 08:00:00`,
  }));
  return { data: { count: all.length, data, pages, pageSize: PAGE_SIZE, lastPager: page >= pages } };
}

function familyParam({ param }: ApiCall): CloudFamily | undefined {
  const type = param('deviceType');
  return Object.values(FAMILIES).find(({ v4 }) => v4?.type === type);
}

/** Devices of one type; those without permission are silently left out. */
function lastData(call: ApiCall): object {
  const family = familyParam(call);
  if (!family) throw new ApiError(7, 'DEVICE_TYPE_ERROR');
  const names = call.param('deviceSn').split(',').filter(Boolean);
  if (names.length === 0) throw new ApiError(8, 'DEVICE_SN_IS_EMPTY');
  if (names.length > PAGE_SIZE) throw new ApiError(11, 'TOO_MANY_DEVICE_SN');
  const entries = names.flatMap((sn) => {
    const device = call.world.device(sn);
    return device?.family === family ? [entry(call, device)] : [];
  });
  return { data: { [call.param('deviceType')]: entries } };
}

/** As in v1, but for dates that are epoch ms. */
function entry({ world }: ApiCall, device: SimulatedDevice): object {
  const { measurement } = world.view(device);
  const dates = { calendar: measurement.at, lastUpdateTime: measurement.at };
  return { ...spell(device.family, measurement), ...dates, dataloggerSn: device.spec.dataloggerSn };
}

/** The v4 "new-api". */
export const v4Endpoints: Endpoints = {
  'new-api/queryDeviceList': { method: 'POST', every: 5_000, answer: deviceList },
  'new-api/queryLastData': {
    method: 'POST',
    every: (call) => familyParam(call)?.v4?.every ?? 5 * MINUTE,
    answer: lastData,
  },
};
