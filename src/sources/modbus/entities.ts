import type { Zone } from '../../base/calendar.ts';
import type { Entity, LocalPlant, Reading, Shared } from '../../model/reading.ts';
import type { Inverter } from './inverter.ts';

/** An inverter of the configuration, as far as labels go. */
export interface TargetLabels {
  /** Value of the label `target`. */
  readonly name: string;
  readonly plantId: string;
  /** It is configured, and not only the name of the target. */
  readonly plantIsGiven: boolean;
  /** So is the time zone. */
  readonly zoneIsGiven: boolean;
  /** Milliseconds after a poll in which its values count as new. */
  readonly freshFor: number;
  readonly plantName: string;
  /** True when no other target says the name of the same plant. */
  readonly describesPlant: boolean;
  readonly plant: LocalPlant;
}

export const TARGET = 'target';
const PLANT = 'plant';
/** The totals of another inverter are none of this one's. */
export const deviceEntity = ({ serial }: Inverter) => `device/${serial}`;
const infoEntity = (inverter: Inverter) => `${deviceEntity(inverter)}/info`;

/**
 * What is rated is the AC side: PV modules, and a battery that they charge, may have more power. Its own power is held
 * against the rating itself; see unknown.ts.
 */
const PV_PER_RATING = 5 / 3;

/** An inverter without a serial number has its target's name for one. */
export const serialOf = ({ serial }: Inverter, { name }: TargetLabels) => serial || name;

/** The target and, once it is known, the inverter that it is. */
export function entitiesOf(target: TargetLabels, inverter: Inverter | undefined, zone: Zone): Entity[] {
  const plant = { plant_id: target.plantId };
  const entities: Entity[] = [{ id: TARGET, labels: { target: target.name }, up: 'growatt_modbus_up' }];
  if (target.describesPlant) {
    const shared: Shared = { what: 'plant', id: target.plantId, local: target.plant };
    entities.push({ id: PLANT, labels: plant, shared });
  }
  if (!inverter) return entities;
  const labels = { ...plant, device_sn: serialOf(inverter, target) };
  const ratedPower = inverter.ratedPower && inverter.ratedPower * PV_PER_RATING;
  const device = { id: deviceEntity(inverter), labels, zone, ...(ratedPower && { ratedPower }) };
  const info = { id: infoEntity(inverter), labels };
  const { serial } = inverter;
  // Without a serial number it cannot be compared with devices of other sources.
  if (serial === '') return [...entities, device, info];
  const { freshFor, plantIsGiven, zoneIsGiven } = target;
  const local = { freshFor, plantIsGiven, zoneIsGiven };
  return [
    ...entities,
    { ...device, shared: { what: 'device', id: serial, local } },
    { ...info, shared: { what: 'device-info', id: serial, local } },
  ];
}

/** Names and models, which change only with the inverter. */
export function informationOf(target: TargetLabels, inverter: Inverter): Reading[] {
  const { family, model } = inverter;
  const device = { device_type: family.deviceType, model };
  const plant = { plant_name: target.plantName, location: '', peak_power_kw: '' };
  return [
    { entity: infoEntity(inverter), values: [{ metric: 'growatt_device_info', value: 1, labels: device }] },
    ...(target.describesPlant
      ? [{ entity: PLANT, values: [{ metric: 'growatt_plant_info', value: 1, labels: plant }] }]
      : []),
  ];
}
