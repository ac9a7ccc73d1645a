import type { Entity, Reading } from '../../model/reading.ts';
import type { DiscoveryEntry } from '../../model/source.ts';
import type { Device } from './device.ts';
import type { Plant } from './inventory.ts';
import type { ListedPlant } from './listings.ts';

export const plantEntity = (id: string) => `plant/${id}`;
export const dataEntity = (id: string) => `plant/${id}/data`;
export const deviceEntity = (sn: string) => `device/${sn}`;
const infoEntity = (entity: string) => `${entity}/info`;

/** The account and all its plants and devices, for the store. */
export function entitiesOf(account: string, plants: readonly Plant[], devices: readonly Device[]): Entity[] {
  const zones = new Map(plants.map(({ id, zone }) => [id, zone]));
  const placed = (id: string) => {
    const zone = zones.get(id);
    return zone ? { zone } : {};
  };
  return [
    { id: 'account', labels: { account }, up: 'growatt_account_up', ownUp: true },
    ...plants.flatMap(({ id }): Entity[] => {
      const labels = { plant_id: id };
      return [
        { id: plantEntity(id), labels, up: 'growatt_up' },
        { id: infoEntity(plantEntity(id)), labels },
        { id: dataEntity(id), labels, parent: plantEntity(id), ...placed(id) },
      ];
    }),
    ...devices.flatMap(({ sn, plantId }): Entity[] => {
      const labels = { plant_id: plantId, device_sn: sn };
      const parent = plantEntity(plantId);
      return [
        {
          id: deviceEntity(sn),
          labels,
          parent,
          lastUpdate: 'growatt_last_update_timestamp_seconds',
          ...placed(plantId),
        },
        { id: infoEntity(deviceEntity(sn)), labels },
      ];
    }),
  ];
}

/** Names and models, which change only with a listing. */
export function informationOf(plants: readonly Plant[], devices: readonly Device[]): Reading[] {
  return [
    ...plants.flatMap(({ id, listed }) => (listed ? [plantReading(id, listed)] : [])),
    ...devices.map(({ sn, family, listed: { model } }): Reading => {
      const labels = { device_type: family?.word ?? 'unknown', model };
      const values = [{ metric: 'growatt_device_info', value: 1, labels }];
      return { entity: infoEntity(deviceEntity(sn)), values };
    }),
  ];
}

/** Plants and devices for people; a plant without devices is a line of its own. */
export function discoveryEntriesOf(plants: readonly Plant[], devices: readonly Device[]): DiscoveryEntry[] {
  const nameOf = (id: string) =>
    [id, plants.find((plant) => plant.id === id)?.listed?.name].filter(Boolean).join(' ');
  const empty = plants.filter(({ id }) => devices.every(({ plantId }) => plantId !== id));
  return [
    ...devices.map(({ sn, plantId, family, listed }) => ({
      plant: nameOf(plantId),
      device: sn,
      family: family?.word ?? `type ${listed.type}`,
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

function plantReading(id: string, { name, location, peakPowerKw, status }: ListedPlant): Reading {
  const labels = { plant_name: name, location, peak_power_kw: peakPowerKw };
  return {
    entity: infoEntity(plantEntity(id)),
    values: [
      { metric: 'growatt_plant_info', value: 1, labels },
      ...(status === undefined ? [] : [{ metric: 'growatt_plant_status', value: status }]),
    ],
  };
}
