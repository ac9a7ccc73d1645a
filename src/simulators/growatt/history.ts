import { localDay } from '../../base/calendar.ts';
import {
  type Flows,
  type Installation,
  noFlows,
  plus,
  type SimulatedDay,
  SLOT_MS,
  type Slot,
  simulateDay,
} from './day.ts';

const DAYS_KEPT = 3;

/** A device's past and present: a pure function of time, since every day follows from the days before it. */
export interface EnergyHistory {
  /** Powers (W), energies (kWh) and battery contents (kWh) at a moment. */
  at(at: number): { power: Flows; today: Flows; total: Flows; heldKwh: number };
  /** Energy from one moment to another, kWh. */
  between(from: number, to: number): Flows;
}

/** History of an installation since a moment; `lifetimeKwh` is what it had already made by then. */
export function createHistory(site: Installation, created: number, lifetimeKwh: number): EnergyHistory {
  const firstDay = localDay(site.zone, created);
  const base: Flows = { ...noFlows(), pv: lifetimeKwh * 1.03, ac: lifetimeKwh };
  const days = new Map<number, SimulatedDay>();
  const starts = [{ total: base, heldKwh: site.batteryKwh * 0.4 }];

  function dayOf(day: number): SimulatedDay {
    const kept = days.get(day);
    if (kept) return kept;
    const simulated = simulateDay(site, day, startOf(day).heldKwh);
    days.set(day, simulated);
    if (days.size > DAYS_KEPT) days.delete(days.keys().next().value!);
    return simulated;
  }

  function startOf(day: number) {
    while (starts.length <= day - firstDay) {
      const { total, heldKwh } = starts.at(-1)!;
      const simulated = simulateDay(site, firstDay + starts.length - 1, heldKwh);
      starts.push({ total: plus(total, simulated.energy), heldKwh: simulated.heldKwh });
    }
    return starts[day - firstDay] ?? starts[0]!;
  }

  function at(moment: number) {
    const number = localDay(site.zone, moment);
    const day = dayOf(number);
    const index = Math.min(day.slots.length - 1, Math.floor((moment - day.start) / SLOT_MS));
    const slot: Slot = day.slots[index]!;
    const hours = (moment - day.start - index * SLOT_MS) / 3_600_000;
    const today = plus(slot.before, slot.power, hours / 1_000);
    return {
      power: slot.power,
      today,
      total: plus(startOf(number).total, today),
      heldKwh: slot.heldKwh + ((slot.power.charge - slot.power.discharge) * hours) / 1_000,
    };
  }

  return { at, between: (from, to) => plus(at(to).total, at(from).total, -1) };
}
