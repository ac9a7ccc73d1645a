import * as z from 'zod';
import { addDays, dateOf, wallTimeAt, type Zone } from '../base/calendar.ts';
import type { LocalPlant as Plant } from '../model/reading.ts';
import { AttributeSets } from './attribute-sets.ts';
import { DeviceEnergy, deviceEnergyState } from './device-energy.ts';
import type { EntityState, Sample } from './entity-state.ts';
import { localDayAt } from './local-day.ts';
import { PlantPower, plantPowerState } from './plant-power.ts';

/** What is kept of a plant whose devices are read locally; plain JSON. */
export const localPlantState = z.object({
  /** By serial number. */
  energies: z.record(z.string(), deviceEnergyState),
  power: plantPowerState,
});

export type LocalPlantState = z.infer<typeof localPlantState>;

/** What a device last gave. */
interface Device {
  readonly energy: DeviceEnergy;
  /** kWh since its installation. */
  total?: number | undefined;
  /** W */
  power?: number | undefined;
  /** Until when that is of the present, milliseconds since the epoch. */
  until: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const HOUR = 60 * 60_000;

/** Day, month and year of a plant that no account lists, from the accepted readings of its devices. */
export class LocalPlant {
  readonly #plant: Plant;
  readonly #attributes: AttributeSets;
  readonly #devices = new Map<string, Device>();
  readonly #power: PlantPower;
  #zone: Zone | undefined;

  constructor(id: string, plant: Plant, state?: LocalPlantState) {
    this.#plant = plant;
    this.#attributes = new AttributeSets({ plant_id: id });
    this.#power = new PlantPower(plant.historyDays, state?.power);
    for (const [serial, energy] of Object.entries(state?.energies ?? {}))
      this.#devices.set(serial, { energy: new DeviceEnergy(plant.historyDays, energy), until: 0 });
  }

  get state(): LocalPlantState {
    const energies = [...this.#devices].map(([serial, { energy }]) => [serial, energy.state] as const);
    return { energies: Object.fromEntries(energies), power: this.#power.state };
  }

  /** Takes what was accepted of a reading of one of its devices; `until`: how long its power is of the present. */
  read(serial: string, state: EntityState, now: number, until: number): void {
    const { zone } = state.entity;
    const { today, total, power } = this.#plant.figures.device;
    if (!zone) return;
    this.#zone = zone;
    const device = this.#deviceOf(serial);
    const energy = state.valueOf(today);
    device.total = state.valueOf(total) ?? device.total;
    if (energy !== undefined)
      device.energy.read({ date: dateOf(wallTimeAt(zone, now)), today: energy, total: device.total });
    this.#setPower(device, state.valueOf(power), now, until);
  }

  /** One of its devices was asked, and sleeps. */
  sleep(serial: string, now: number, until: number): void {
    const device = this.#devices.get(serial);
    device?.energy.sleep();
    if (device) this.#setPower(device, 0, now, until);
  }

  /** @returns until when it stays so, unless something happens; milliseconds since the epoch */
  collect(samples: Sample[], now: number): number {
    if (!this.#zone) return NEVER;
    const { date, until } = localDayAt(this.#zone, now);
    const { plant } = this.#plant.figures;
    const add = (metric: string, value: number | undefined, labels?: Readonly<Record<string, string>>) => {
      if (value !== undefined) samples.push({ metric, attributes: this.#attributes.with(labels), value });
    };
    add(
      plant.today,
      this.#sum(({ energy }) => energy.ofToday(date)),
    );
    add(
      plant.month,
      this.#sum(({ energy }) => energy.ofMonth(date)),
    );
    add(
      plant.year,
      this.#sum(({ energy }) => energy.ofYear(date)),
    );
    add(
      plant.total,
      this.#sum(({ total }) => total),
    );
    add(plant.power, this.#powerAt(now));
    this.#addHistory(add, date);
    const ends = [...this.#known()].map((device) => (device.until > now ? device.until : NEVER));
    return Math.min(until, ...ends);
  }

  #addHistory(
    add: (metric: string, value: number | undefined, labels: Readonly<Record<string, string>>) => void,
    today: string,
  ): void {
    const { historyDays, figures } = this.#plant;
    if (historyDays === 0) return;
    for (let ago = historyDays; ago >= 1; ago--) {
      const date = addDays(today, -ago);
      const energy = this.#sum((device) => device.energy.ofDay(date));
      add(figures.plant.dailyEnergy, energy, { date });
      add(figures.plant.dailyPeak, this.#power.peakOf(date), { date });
    }
    for (const [hour, watts] of this.#power.hoursBefore(today).entries())
      add(figures.plant.hourlyPower, watts, { hour: String(hour).padStart(2, '0') });
  }

  /** The devices that are known, if these are all. */
  #known(): readonly Device[] {
    const { serials, size } = this.#plant;
    const known = serials().flatMap((serial) => this.#devices.get(serial) ?? []);
    return known.length === size ? known : [];
  }

  /** Of all devices together; undefined where one of them is unknown. */
  #sum(of: (device: Device) => number | undefined): number | undefined {
    const values = this.#known().map(of);
    if (values.length === 0) return undefined;
    let sum = 0;
    for (const value of values) {
      if (value === undefined) return undefined;
      sum += value;
    }
    return Number(sum.toFixed(3));
  }

  #powerAt(now: number): number | undefined {
    return this.#sum(({ power, until }) => (now < until ? power : undefined));
  }

  #setPower(device: Device, power: number | undefined, now: number, until: number): void {
    // A hybrid that charges from the grid makes nothing.
    Object.assign(device, { power: power === undefined ? undefined : Math.max(0, power), until });
    const watts = this.#powerAt(now);
    if (watts === undefined || !this.#zone) return;
    const wall = wallTimeAt(this.#zone, now);
    this.#power.read(dateOf(wall), Math.floor(wall / HOUR) % 24, watts);
  }

  #deviceOf(serial: string): Device {
    const known = this.#devices.get(serial);
    const device = known ?? { energy: new DeviceEnergy(this.#plant.historyDays), until: 0 };
    this.#devices.set(serial, device);
    return device;
  }
}
