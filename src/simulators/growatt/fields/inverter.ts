import type { Measurement } from '../measurement.ts';
import { each, type Fields, f1, f2, housekeeping, stringEnergies, tenths, today, total } from './spelling.ts';

const LETTERS = ['r', 's', 't'] as const;

function threePhase({ phases }: Measurement): Fields {
  const line = (index: number) => f1((phases[index]?.voltage ?? 0) * Math.sqrt(3));
  return {
    ...each(3, phases, (n, phase) => ({
      [`pac${LETTERS[n - 1]}`]: tenths(phase.power),
      [`vac${LETTERS[n - 1]}`]: f1(phase.voltage),
      [`iac${LETTERS[n - 1]}`]: f1(phase.current),
    })),
    vacRs: line(0),
    vacSt: line(1),
    vacTr: line(2),
  };
}

function stringInverter(measurement: Measurement, inputs: number, monitors: number): Fields {
  const { power, today: day, total: life } = measurement;
  return {
    ...housekeeping(measurement),
    pac: tenths(power.ac),
    ...threePhase(measurement),
    fac: f2(measurement.frequency),
    pf: 1,
    ppv: tenths(power.pv),
    ...each(inputs, measurement.strings, (n, string) => ({
      [`ppv${n}`]: tenths(string.power),
      [`vpv${n}`]: f1(string.voltage),
      [`ipv${n}`]: f1(string.current),
    })),
    ...each(monitors, measurement.strings, (n, string) => ({
      [`vString${n}`]: f1(string.voltage),
      [`currentString${n}`]: f1(string.current / 2),
    })),
    temperature: f1(measurement.temperature),
    temperature2: 0,
    temperature3: 0,
    temperature4: 0,
    temperature5: 0,
    ipmTemperature: f1(measurement.temperature - 1.2),
    powerToday: today(day.ac),
    powerTotal: total(life.ac),
    ...stringEnergies(inputs, measurement),
    epvTotal: total(life.pv),
    eRacToday: 0,
    eRacTotal: 0,
    rac: 0,
    faultType: measurement.faultCode,
    faultCode1: 0,
    faultCode2: 0,
    warnCode: 0,
    pvIso: 2500,
    gfci: 12,
    pBusVoltage: f1(332),
    deratingMode: 0,
    realOPPercent: Math.round((100 * power.ac) / measurement.spec.peakPowerW),
    timeTotal: 10568.9,
  };
}

/** Type 1: energies are called powers, phases R, S and T. */
export function inverterFields(measurement: Measurement): Fields {
  return { ...stringInverter(measurement, 10, 16), inverterId: measurement.spec.sn, id: 0, warningValue1: 0 };
}

/** Type 1 history has names of its own, and text in place of numbers. */
export function inverterHistoryFields({
  power,
  phases,
  today: day,
  total: life,
  ...measurement
}: Measurement): Fields {
  return {
    device_sn: measurement.spec.sn,
    time: measurement.time,
    power: tenths(power.ac).toFixed(1),
    power_factor: '1',
    ...each(3, phases, (n, phase) => ({
      [`vac${n}`]: phase.voltage.toFixed(1),
      [`iac${n}`]: phase.current.toFixed(1),
    })),
    today_energy: total(day.ac).toFixed(1),
    total_energy: total(life.ac).toFixed(1),
    temperature: measurement.temperature.toFixed(1),
  };
}

/** Type 4, MAX: both spellings of the energies. */
export function maxFields(measurement: Measurement): Fields {
  return {
    ...stringInverter(measurement, 16, 32),
    serialNum: measurement.spec.sn,
    eacToday: today(measurement.today.ac),
    eacTotal: total(measurement.total.ac),
    apfStatusText: 'None',
    afciStatus: -1,
    reactPower: 0,
    maxBean: null,
  };
}

/** Type 11, Groboost: a three-channel heater that takes up surplus; its lifetime energy is spelled `totalEneny`. */
export function groboostFields(measurement: Measurement): Fields {
  const { power, total: life } = measurement;
  const channels = Object.fromEntries(
    ['a', 'b', 'c'].flatMap((letter) => [
      [`${letter}ppv`, tenths(power.ac / 3)],
      [`${letter}totalEnergy`, total(life.ac / 3)],
    ]),
  );
  return {
    ...housekeeping(measurement),
    serialNum: measurement.spec.sn,
    power: tenths(power.ac),
    ...channels,
    totalEneny: total(life.ac),
    temp: f1(measurement.temperature),
    maxTemp: f1(75),
    timeText: measurement.time,
  };
}
