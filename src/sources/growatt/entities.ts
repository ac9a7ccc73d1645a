import type { Zone } from '../../base/calendar.ts';
import type { Entity, Reading } from '../../model/reading.ts';
import type { DiscoveryEntry } from '../../model/source.ts';
import type { Device } from './device.ts';
import type { ListedPlant } from './listings.ts';
import type { Plant } from './plant.ts';

export const ACCOUNT_ENTITY_ID = 'account';
export const plantEntityId = (id: string) => `plant/${id}`;
/** The figures of a plant as a whole, which have a clock of their own. */
export const dataEntityId = (id: string) => `plant/${id}/data`;
export const deviceEntityId = (sn: string) => `device/${sn}`;
const infoEntityId = (entity: string) => `${entity}/info`;

export function accountEntity(account: string): Entity {
  return { id: ACCOUNT_ENTITY_ID, labels: { account }, up: 'growatt_account_up', ownUp: true };
}

export function plantEntities({ id, zone, listed }: Plant): Entity[] {
  const labels = { plant_id: id };
  const parent = plantEntityId(id);
  const place = listed?.place;
  return [
    { id: parent, labels, up: 'growatt_up' },
    { id: infoEntityId(parent), labels, shared: { what: 'plant', id }, ...(place && { place }) },
    { id: dataEntityId(id), labels, parent, ...(zone && { zone }) },
  ];
}

/** @param zone that of its plant, once known */
export function deviceEntities(
  { sn, plantId, family, ratedPower }: Device,
  zone: Zone | undefined,
): Entity[] {
  const labels = { plant_id: plantId, device_sn: sn };
  const id = deviceEntityId(sn);
  const rated = ratedPower ?? family?.largest;
  return [
    {
      id,
      labels,
      parent: plantEntityId(plantId),
      lastUpdate: 'growatt_last_update_timestamp_seconds',
      shared: { what: 'device', id: sn },
      ...(rated !== undefined && { ratedPower: rated }),
      ...(zone && { zone }),
    },
    { id: infoEntityId(id), labels, shared: { what: 'device-info', id: sn } },
  ];
}

/** Name, place and rated power of a plant, which change only with a listing. */
export function plantInformation(id: string, listed: ListedPlant): Reading {
  const { name, location, peakPowerKw, status } = listed;
  const labels = { plant_name: name, location, peak_power_kw: peakPowerKw };
  const peakPower = Math.round(Number(peakPowerKw) * 1000);
  return {
    entity: infoEntityId(plantEntityId(id)),
    values: [
      { metric: 'growatt_plant_info', value: 1, labels },
      // An owner who states none leaves 0.
      ...(peakPower > 0 ? [{ metric: 'growatt_plant_peak_power_watts', value: peakPower }] : []),
      ...(status === undefined ? [] : [{ metric: 'growatt_plant_status', value: status }]),
    ],
  };
}

/** Family and model of a device, which change only with a listing. */
export function deviceInformation({ sn, family, listed: { model } }: Device): Reading {
  const labels = { device_type: family?.word ?? 'unknown', model };
  return {
    entity: infoEntityId(deviceEntityId(sn)),
    values: [{ metric: 'growatt_device_info', value: 1, labels }],
  };
}

/** Plants and devices for people; a plant without devices is a line of its own. */
export function discoveryEntriesOf(plants: readonly Plant[], devices: readonly Device[]): DiscoveryEntry[] {
  const names = new Map(plants.map(({ id, listed }) => [id, [id, listed?.name].filter(Boolean).join(' ')]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const withDevices = new Set(devices.map(({ plantId }) => plantId));
  const empty = plants.filter(({ id }) => !withDevices.has(id));
  return [
    ...devices.map(({ sn, plantId, family, listed }) => ({
      plant: nameOf(plantId),
      device: sn,
      family: family?.word ?? (listed.type === undefined ? 'unknown' : `type ${listed.type}`),
      model: listed.model,
      lastUpdate: listed.lastUpdate,
      supported: family !== undefined,
    })),
    ...empty.map(({ id }) => ({
      plant: nameOf(id),
      device: '',
      family: '',
      model: '',
      lastUpdate: '',
      supported: true,
    })),
  ];
}
