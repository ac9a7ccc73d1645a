import { javaDate, MINUTE, wallClock } from '../calendar.ts';
import { hash01 } from '../noise.ts';
import { type ApiCall, ApiError, type Endpoints, paginate } from './api.ts';
import { statusOf } from './families.ts';
import type { FamilyName } from './specs.ts';
import type { SimulatedDevice, SimulatedPlant, World } from './world.ts';

const EVERY = 5 * MINUTE;

/** device/list words its two refusals the other way round than the plant calls. */
function plantOf({ param, world }: ApiCall): SimulatedPlant {
  const id = param('plant_id');
  if (id === '') throw new ApiError(10002, 'error_Plant ID is empty');
  const plant = world.plants.get(Number(id));
  if (!plant) throw new ApiError(10003, 'error_Plant does not exist');
  return plant;
}

/** What the cloud writes instead of a serial number. */
const LISTED_AS: Partial<Record<FamilyName, string>> = { meter: 'AMMETER', env: 'ENV_DEVICE' };

function listEntries(world: World, device: SimulatedDevice): object[] {
  const { spec, family, plant, seed } = device;
  if (family.type === undefined) return [];
  const { measurement, lost } = world.view(device);
  const number = Math.floor(hash01(seed, 3) * 90_000) + 10_000;
  const entry = {
    device_sn: LISTED_AS[spec.family] ?? spec.sn,
    last_update_time: wallClock(plant.zone, measurement.at),
    model: spec.model,
    manufacturer: spec.family === 'meter' ? 'Eastron' : '   PV Inverter  ',
    // Hybrids come without a device_id.
    device_id: spec.batteryKwh > 0 ? '' : number,
    datalogger_sn: spec.dataloggerSn,
    type: family.type,
  };
  if (family.type === 3) return [entry];
  const full = { ...entry, lost, status: lost ? 0 : statusOf(family, measurement) };
  return spec.listedTwice ? [{ ...full, type: 1 }, full] : [full];
}

function list(call: ApiCall): object {
  const all = plantOf(call).devices.flatMap((device) => listEntries(call.world, device));
  const { count, rows } = paginate(call, all);
  return { data: { count, devices: rows } };
}

function dataloggers(call: ApiCall): object {
  const plant = plantOf(call);
  const newest = new Map<string, { at: number; lost: boolean }>();
  for (const device of plant.devices) {
    const { measurement, lost } = call.world.view(device);
    const known = newest.get(device.spec.dataloggerSn);
    if (!known || measurement.at > known.at)
      newest.set(device.spec.dataloggerSn, { at: measurement.at, lost });
  }
  const rows = [...newest].map(([sn, { at, lost }]) => ({
    sn,
    model: 'ShineWiFi-X',
    manufacturer: 'Growatt',
    type: 0,
    lost,
    netmode: 1,
    last_update_time: javaDate(at),
  }));
  return {
    data: { count: rows.length, dataloggers: rows, peak_power_actual: { plantName: plant.spec.name } },
  };
}

interface Refusals {
  logger: number;
  unknownLogger: number;
  address?: number;
}

/** The devices of one family behind the datalogger that a call names. */
function behindLogger({ param, world }: ApiCall, family: FamilyName, codes: Refusals): SimulatedDevice[] {
  const logger = param('datalog_sn');
  if (logger === '') throw new ApiError(codes.logger, 'error_datalogger SN is empty');
  const devices = world.devices().filter(({ spec }) => spec.dataloggerSn === logger);
  if (devices.length === 0) throw new ApiError(codes.unknownLogger, 'error_datalogger does not exist');
  return devices.filter(({ spec }) => spec.family === family);
}

function addressed(call: ApiCall, family: FamilyName): SimulatedDevice {
  const devices = behindLogger(call, family, { logger: 10002, unknownLogger: 10004 });
  const address = call.param('address');
  const device = devices.find(({ spec }) => String(spec.address) === address);
  if (!device) throw new ApiError(10003, 'error_address is empty');
  return device;
}

/** List and last data of what is on the bus of a datalogger. */
function busEndpoints(family: FamilyName, path: string, word: string, deviceType: string): Endpoints {
  const list = (call: ApiCall) => {
    const all = behindLogger(call, family, { logger: 10002, unknownLogger: 10003 }).map((device) => {
      const { measurement, lost } = call.world.view(device);
      return {
        device_name: family === 'meter' ? 'SDM_THREE' : device.spec.model,
        device_type: deviceType,
        address: String(device.spec.address),
        datalog_sn: device.spec.dataloggerSn,
        lost: lost ? '1' : '0',
        lastUpdateTime: measurement.time,
      };
    });
    const { count, rows } = paginate(call, all);
    return { data: { count, [`${word}s`]: rows } };
  };
  const last = (call: ApiCall) => {
    const device = addressed(call, family);
    return {
      datalog_sn: device.spec.dataloggerSn,
      data: device.family.fields(call.world.view(device).measurement),
    };
  };
  return {
    [`${path}/${word}_list`]: { method: 'GET', every: EVERY, answer: list },
    [`${path}/${word}_last_data`]: { method: 'GET', every: EVERY, answer: last },
  };
}

/** Discovery, meters and weather stations. */
export const deviceEndpoints: Endpoints = {
  'device/list': { method: 'GET', every: EVERY, answer: list },
  'device/datalogger/list': { method: 'GET', every: EVERY, answer: dataloggers },
  ...busEndpoints('meter', 'device/ammeter', 'meter', '134'),
  ...busEndpoints('env', 'device/env', 'env', '101'),
};
