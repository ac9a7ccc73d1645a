import type { Reading } from '../reading.ts';
import { each, type Fields, f1, f2, housekeeping, tenths, today, total } from './spelling.ts';

function common(reading: Reading): Fields {
  return {
    ...housekeeping(reading),
    serialNum: reading.spec.sn,
    ppv: tenths(reading.power.pv),
    capacity: reading.battery.soc,
    vbat: f1(reading.battery.voltage),
    eChargeToday: today(reading.today.charge),
    eDischargeToday: today(reading.today.discharge),
  };
}

function temperatures(reading: Reading): Fields {
  const probes = Array.from({ length: 6 }, (_, i) => [`temp${i + 1}`, f1(reading.temperature - i * 1.5)]);
  return Object.fromEntries(probes);
}

/** Type 8, PCS: "gird" is the cloud's spelling. */
export function pcsFields(reading: Reading): Fields {
  const { power, today: day, total: life, phases } = reading;
  return {
    ...common(reading),
    ...temperatures(reading),
    pcsActivePower: tenths(power.ac),
    loadActivePower: tenths(power.load),
    pacToBattery: tenths(power.charge),
    pacToGrid: tenths(power.gridExport),
    powerGird: tenths(power.gridImport),
    toPowerGird: tenths(power.gridExport),
    vacu: f1(phases[0]?.voltage ?? 0),
    vacv: f1(phases[1]?.voltage ?? 0),
    vacw: f1(phases[2]?.voltage ?? 0),
    vacFrequency: f2(reading.frequency),
    gridFreq: f2(reading.frequency),
    eChargeTotal: total(life.charge),
    eDischargeTotal: total(life.discharge),
    gridToday: today(day.gridImport),
    gridTotal: total(life.gridImport),
    toGridToday: today(day.gridExport),
    toGridTotal: total(life.gridExport),
    loadToday: today(day.load),
    loadTotal: total(life.load),
    alarmCode1: reading.faultCode,
    alarmCode2: 0,
    sysFaultWord1: 0,
  };
}

/** Type 9, HPS: today's and lifetime battery energies differ in spelling. */
export function hpsFields(reading: Reading): Fields {
  const { power, today: day, total: life, strings } = reading;
  return {
    ...common(reading),
    ...temperatures(reading),
    pac: tenths(power.ac),
    ppv1: tenths(strings[0]?.power ?? 0),
    ppv2: tenths(strings[1]?.power ?? 0),
    vpv: f1(strings[0]?.voltage ?? 0),
    vpv2: f1(strings[1]?.voltage ?? 0),
    ipv: f1(strings[0]?.current ?? 0),
    ipv2: f1(strings[1]?.current ?? 0),
    ibat: f1(reading.battery.current),
    loadActivePower: tenths(power.load),
    fac: f2(reading.frequency),
    gridFreq: f2(reading.frequency),
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
    sysFaultWord1: reading.faultCode,
  };
}

/** Type 10, PBD: a DC converter; `pbdOutPowe` is the cloud's spelling. */
export function pbdFields(reading: Reading): Fields {
  const { power, today: day, total: life } = reading;
  return {
    ...common(reading),
    ...each(5, reading.strings, (n, string) => ({
      [`ppv${n}`]: tenths(string.power),
      [`vpv${n}`]: f1(string.voltage),
      [`ipv${n}`]: f1(string.current),
    })),
    pbdBatPower: tenths(reading.battery.power),
    pbdOutPowe: tenths(power.ac),
    bvout: f1(reading.battery.voltage + 2),
    epvToday: today(day.pv),
    epvTotal: total(life.pv),
    eChargeTotal: total(life.charge),
    eDischargeTotal: total(life.discharge),
    eOutToday: today(day.ac),
    eOutTotal: total(life.ac),
    temp: f1(reading.temperature),
  };
}
