import type { Measurement } from '../measurement.ts';
import { cycles, each, type Fields, f1, f2, housekeeping, tenths, today, total } from './spelling.ts';

/** What SPH-S and WIT share. */
function hybrid(measurement: Measurement, strings: number, acPhases: number): Fields {
  const { spec, power, today: day, total: life, battery } = measurement;
  return {
    ...housekeeping(measurement),
    serialNum: spec.sn,
    pac: tenths(power.ac),
    ppv: tenths(power.pv),
    ...each(strings, measurement.strings, (n, string) => ({
      [`ppv${n}`]: tenths(string.power),
      [`vpv${n}`]: f1(string.voltage),
      [`ipv${n}`]: f1(string.current),
    })),
    ...each(acPhases, measurement.phases, (n, phase) => ({
      [`vac${n}`]: f1(phase.voltage),
      [`iac${n}`]: f1(phase.current),
    })),
    soc: battery.soc,
    vbat: f1(battery.voltage),
    batPower: tenths(battery.power),
    echarge1Today: today(day.charge),
    echarge1Total: total(life.charge),
    edischarge1Today: today(day.discharge),
    edischarge1Total: total(life.discharge),
    eacToday: today(day.ac),
    eacTotal: total(life.ac),
    epvToday: today(day.pv),
    epvTotal: total(life.pv),
    etoGridToday: today(day.gridExport),
    etoGridTotal: total(life.gridExport),
    etoUserToday: today(day.gridImport),
    etoUserTotal: total(life.gridImport),
    pacToGridTotal: tenths(power.gridExport),
    pacToUserTotal: tenths(power.gridImport),
    plocalLoadTotal: tenths(power.load),
  };
}

/** SPH-S: a single-phase hybrid. */
export function sphSFields(measurement: Measurement): Fields {
  return {
    ...hybrid(measurement, 3, 2),
    pcharge1: tenths(measurement.power.charge),
    pdischarge1: tenths(measurement.power.discharge),
    genPower: 0,
  };
}

/** WIT: a three-phase hybrid. */
export function witFields(measurement: Measurement): Fields {
  return {
    ...hybrid(measurement, 10, 3),
    ...each(3, measurement.phases, (n, phase) => ({ [`pac${n}`]: tenths(phase.power) })),
    fac: f2(measurement.frequency),
    soc2: 0,
    soc3: 0,
    bSoc: -1,
    vbat2: 0,
    vbat3: 0,
    batPower2: 0,
    batPower3: 0,
    elocalLoadToday: today(measurement.today.load),
    elocalLoadTotal: total(measurement.total.load),
    temp1: f1(measurement.temperature),
    temp2: f1(measurement.temperature - 2),
    temp3: f1(measurement.temperature - 4),
    uwAmbientFirst: -0.1,
    faultCode: measurement.faultCode,
    warnCode: 0,
  };
}

/** NOAH: a balcony battery. `time` is its wall clock taken for that of China, in epoch ms. */
export function noahFields(measurement: Measurement): Fields {
  const { spec, power, today: day, total: life, battery } = measurement;
  return {
    deviceSn: spec.sn,
    datalogSn: spec.dataloggerSn,
    pac: tenths(power.ac),
    ppv: tenths(power.pv),
    ...each(4, measurement.strings, (n, string) => ({
      [`pv${n}Voltage`]: f1(string.voltage / 8),
      [`pv${n}Current`]: f1(string.current * 8),
      [`pv${n}Temp`]: string.power > 0 ? f1(measurement.temperature) : 0,
    })),
    eacToday: today(day.ac),
    eacTotal: total(life.ac),
    totalBatteryPackSoc: battery.soc,
    totalBatteryPackChargingPower: tenths(battery.power),
    totalBatteryPackChargingStatus: Math.sign(Math.round(battery.power)),
    batteryPackageQuantity: 1,
    battery1SerialNum: `${spec.sn}B1`,
    battery1Soc: battery.soc,
    battery1Temp: f1(battery.temperature),
    battery2SerialNum: '',
    battery2Soc: 0,
    battery2Temp: 0,
    batterySoh: 100,
    batteryCycles: cycles(measurement),
    maxCellVoltage: 3311,
    minCellVoltage: 3308,
    ctSelfPower: tenths(power.gridImport - power.gridExport),
    householdLoadApartFromGroplug: tenths(power.load),
    totalHouseholdLoad: tenths(power.load),
    onGridPower: tenths(power.ac),
    offGridPower: 0,
    systemTemp: f1(measurement.temperature),
    workMode: 0,
    faultStatus: measurement.faultCode,
    time: Date.parse(`${measurement.time.replace(' ', 'T')}+08:00`),
    timeStr: measurement.time,
  };
}
