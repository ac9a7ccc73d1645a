import type { Measurement } from '../measurement.ts';
import { each, type Fields, f1, f2, housekeeping, tenths, today, total } from './spelling.ts';

function common(measurement: Measurement): Fields {
  return {
    ...housekeeping(measurement),
    serialNum: measurement.spec.sn,
    ppv: tenths(measurement.power.pv),
    capacity: measurement.battery.soc,
    vbat: f1(measurement.battery.voltage),
    eChargeToday: today(measurement.today.charge),
    eDischargeToday: today(measurement.today.discharge),
  };
}

function temperatures(measurement: Measurement): Fields {
  const probes = Array.from({ length: 6 }, (_, i) => [`temp${i + 1}`, f1(measurement.temperature - i * 1.5)]);
  return Object.fromEntries(probes);
}

/** Type 8, PCS: "gird" is the cloud's spelling. */
export function pcsFields(measurement: Measurement): Fields {
  const { power, today: day, total: life, phases } = measurement;
  return {
    ...common(measurement),
    ...temperatures(measurement),
    pcsActivePower: tenths(power.ac),
    loadActivePower: tenths(power.load),
    pacToBattery: tenths(power.charge),
    pacToGrid: tenths(power.gridExport),
    powerGird: tenths(power.gridImport),
    toPowerGird: tenths(power.gridExport),
    vacu: f1(phases[0]?.voltage ?? 0),
    vacv: f1(phases[1]?.voltage ?? 0),
    vacw: f1(phases[2]?.voltage ?? 0),
    vacFrequency: f2(measurement.frequency),
    gridFreq: f2(measurement.frequency),
    eChargeTotal: total(life.charge),
    eDischargeTotal: total(life.discharge),
    gridToday: today(day.gridImport),
    gridTotal: total(life.gridImport),
    toGridToday: today(day.gridExport),
    toGridTotal: total(life.gridExport),
    loadToday: today(day.load),
    loadTotal: total(life.load),
    alarmCode1: measurement.faultCode,
    alarmCode2: 0,
    sysFaultWord1: 0,
  };
}

/** Type 9, HPS: today's and lifetime battery energies differ in spelling. */
export function hpsFields(measurement: Measurement): Fields {
  const { power, today: day, total: life, strings } = measurement;
  return {
    ...common(measurement),
    ...temperatures(measurement),
    pac: tenths(power.ac),
    ppv1: tenths(strings[0]?.power ?? 0),
    ppv2: tenths(strings[1]?.power ?? 0),
    vpv: f1(strings[0]?.voltage ?? 0),
    vpv2: f1(strings[1]?.voltage ?? 0),
    ipv: f1(strings[0]?.current ?? 0),
    ipv2: f1(strings[1]?.current ?? 0),
    ibat: f1(measurement.battery.current),
    loadActivePower: tenths(power.load),
    fac: f2(measurement.frequency),
    gridFreq: f2(measurement.frequency),
    epvToday: today(day.pv),
    epvTotal: total(life.pv),
    eBatChargeTotal: total(life.charge),
    eBatDischargeTotal: total(life.discharge),
    eGridToday: today(day.gridImport),
    eGridTotal: total(life.gridImport),
    eToGridToday: today(day.gridExport),
    eToGridTotal: total(life.gridExport),
    eLoadToday: today(day.load),
    eLoadTotal: total(life.load),
    sysFaultWord1: measurement.faultCode,
  };
}

/** Type 10, PBD: a DC converter; `pbdOutPowe` is the cloud's spelling. */
export function pbdFields(measurement: Measurement): Fields {
  const { power, today: day, total: life } = measurement;
  return {
    ...common(measurement),
    ...each(5, measurement.strings, (n, string) => ({
      [`ppv${n}`]: tenths(string.power),
      [`vpv${n}`]: f1(string.voltage),
      [`ipv${n}`]: f1(string.current),
    })),
    pbdBatPower: tenths(measurement.battery.power),
    pbdOutPowe: tenths(power.ac),
    bvout: f1(measurement.battery.voltage + 2),
    epvToday: today(day.pv),
    epvTotal: total(life.pv),
    eChargeTotal: total(life.charge),
    eDischargeTotal: total(life.discharge),
    eOutToday: today(day.ac),
    eOutTotal: total(life.ac),
    temp: f1(measurement.temperature),
  };
}
