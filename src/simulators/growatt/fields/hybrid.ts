import type { Measurement } from '../measurement.ts';
import { each, type Fields, f1, f2, housekeeping, stringEnergies, tenths, today, total } from './spelling.ts';

/** What SPH and SPA share. */
function mixed(measurement: Measurement): Fields {
  const { spec, power, today: day, total: life, phases, battery } = measurement;
  return {
    ...housekeeping(measurement),
    serialNum: spec.sn,
    pac: tenths(power.ac),
    ...each(3, phases, (n, phase) => ({
      [`pac${n}`]: tenths(phase.power * 1.001),
      [`vac${n}`]: f1(phase.voltage),
    })),
    fac: f2(measurement.frequency),
    temp1: f1(measurement.temperature),
    temp2: f1(measurement.temperature - 1.4),
    temp3: f1(measurement.temperature - 3.1),
    soc: battery.soc,
    socText: `${battery.soc}%`,
    bmsSOC: battery.soc,
    bmsSOH: 100,
    vbat: f1(battery.voltage),
    bmsBatteryVolt: f1(battery.voltage),
    bmsBatteryCurr: f1(battery.current),
    bmsBatteryTemp: f1(battery.temperature),
    pcharge1: tenths(power.charge),
    pdischarge1: tenths(power.discharge),
    echarge1Today: today(day.charge),
    echarge1Total: total(life.charge),
    edischarge1Today: today(day.discharge),
    edischarge1Total: total(life.discharge),
    acChargePower: 0,
    acChargeEnergyToday: 0,
    acChargeEnergyTotal: 0,
    pacToGridTotal: tenths(power.gridExport),
    pacToGridR: tenths(power.gridExport),
    pacToUserTotal: tenths(power.gridImport),
    pacToUserR: tenths(power.gridImport),
    plocalLoadTotal: tenths(power.load),
    plocalLoadR: tenths(power.load),
    etoGridToday: today(day.gridExport),
    etogridTotal: total(life.gridExport),
    etoUserToday: today(day.gridImport),
    etoUserTotal: total(life.gridImport),
    elocalLoadToday: today(day.load),
    elocalLoadTotal: total(life.load),
    eselftoday: today(day.load - day.gridImport),
    esystemtoday: today(day.ac),
    eacToday: today(day.ac),
    eacTotal: total(life.ac),
    uwSysWorkMode: 5,
    upsPF: 1000,
    upsPac1: 0,
    upsPac2: 0,
    upsPac3: 0,
    upsVac1: f1(phases[0]?.voltage ?? 0),
    upsFac: 50,
    upsLoadpercent: 0,
    faultCode: measurement.faultCode,
    faultBitCode: 0,
    warnCode: 0,
    sysFaultWord: 0,
  };
}

/** Type 5, SPH: `epvtoday` and `etogridTotal` with their odd case, no string or phase currents. */
export function sphFields(measurement: Measurement): Fields {
  const strings = each(2, measurement.strings, (n, string) => ({
    [`ppv${n}`]: tenths(string.power),
    [`vpv${n}`]: f1(string.voltage),
  }));
  return {
    ...mixed(measurement),
    ppv: tenths(measurement.power.pv),
    ...strings,
    epvtoday: today(measurement.today.pv),
    ...stringEnergies(2, measurement),
    epvTotal: total(measurement.total.pv),
    errorCode: measurement.faultCode,
  };
}

/** Type 6, SPA: coupled on the AC side, so PV is another inverter's. */
export function spaFields(measurement: Measurement): Fields {
  return {
    ...mixed(measurement),
    pac: tenths(measurement.power.discharge),
    eacToday: today(measurement.today.discharge),
    eacTotal: total(measurement.total.discharge),
    ppvInverter: tenths(measurement.power.pv),
    epvInverterToday: today(measurement.today.pv),
    epvInverterTotal: total(measurement.total.pv),
    errorCode: -1,
    eex1Today: -0.1,
    pex1: -0.1,
  };
}

/** Type 2, SPF: `capacity` is the state of charge, `outPutPower` feeds the load. */
export function storageFields(measurement: Measurement): Fields {
  const { spec, power, today: day, total: life, battery } = measurement;
  const [phase] = measurement.phases;
  const [string] = measurement.strings;
  const voltage = f1(phase?.voltage ?? 0);
  return {
    ...housekeeping(measurement),
    serialNum: spec.sn,
    ppv: tenths(power.pv),
    ppv2: 0,
    vpv: f1(string?.voltage ?? 0),
    vpv2: 0,
    ipv: f1(string?.current ?? 0),
    capacity: battery.soc,
    capacityText: `${battery.soc} %`,
    vBat: f1(battery.voltage),
    pBat: tenths(-battery.power),
    pCharge: tenths(power.charge),
    pCharge2: 0,
    pDischarge: tenths(power.discharge),
    pDischarge2: 0,
    eChargeToday: today(day.charge),
    eChargeTotal: total(life.charge),
    eDischargeToday: today(day.discharge),
    eDischargeTotal: total(life.discharge),
    eBatDisChargeToday: today(day.discharge),
    eBatDisChargeTotal: total(life.discharge),
    epvToday: today(day.pv),
    epvTotal: total(life.pv),
    epvToday2: 0,
    epvTotal2: 0,
    etoday: 0,
    etotal: 0,
    outPutPower: tenths(power.load),
    outPutVolt: voltage,
    outPutCurrent: f1(power.load / (phase?.voltage ?? 230)),
    freqOutPut: 50,
    loadPercent: Math.round((100 * power.load) / spec.peakPowerW),
    vGrid: voltage,
    vac: voltage,
    freqGrid: f2(measurement.frequency),
    pAcInPut: tenths(power.gridImport),
    pAcCharge: 0,
    pacToGrid: 0,
    pacToUser: tenths(power.gridImport),
    iacToGrid: 0,
    iacToUser: f1(power.gridImport / (phase?.voltage ?? 230)),
    eToGridToday: 0,
    eToGridTotal: 0,
    eToUserToday: today(day.gridImport),
    eToUserTotal: total(life.gridImport),
    eacChargeToday: 0,
    eacChargeTotal: 0,
    eopDischrToday: today(day.discharge),
    eopDischrTotal: total(life.discharge),
    temperature: f1(measurement.temperature),
    ipmTemperature: 0,
    batTemp: 0,
    errorCode: 0,
    faultCode: measurement.faultCode,
    warnCode: 0,
    storageBean: null,
  };
}
