import type { Reading } from '../reading.ts';
import { each, type Fields, f1, f2, tenths, today, total } from './spelling.ts';

/** A smart meter at the grid connection; forward is import here, as on most installations. */
export function meterFields(reading: Reading): Fields {
  const { spec, power, today: day, total: life, phases } = reading;
  const net = power.gridImport - power.gridExport;
  return {
    addr: spec.address,
    dataLogSn: spec.dataloggerSn,
    activePower: tenths(net),
    posiActivePower: tenths(power.gridImport),
    reverActivePower: tenths(power.gridExport),
    activeEnergy: total(life.gridImport + life.gridExport),
    positiveActiveTodayEnergy: today(day.gridImport),
    positiveActiveTotalEnergy: total(life.gridImport),
    reverseActiveTodayEnergy: today(day.gridExport),
    reverseActiveTotalEnergy: total(life.gridExport),
    gridEnergy: total(life.gridExport),
    userEnergy: total(life.gridImport),
    ...each(3, phases, (n, phase) => ({
      [`voltageL${n}`]: f1(phase.voltage),
      [`currentL${n}`]: f1(Math.abs(net) / phases.length / (phase.voltage || 230)),
    })),
    frequency: f2(reading.frequency),
    powerFactor: 0.98,
    lost: '0',
    timeText: reading.time,
  };
}

/** A weather station on the roof. */
export function envFields(reading: Reading): Fields {
  return {
    addr: reading.spec.address,
    dataLogSn: reading.spec.dataloggerSn,
    envTemp: f1(reading.airTemperature),
    panelTemp: f1(reading.airTemperature + reading.irradiance * 0.025),
    radiant: tenths(reading.irradiance),
    windSpeed: f1(1.5 + (reading.frequency - 49.96) * 40),
    windAngle: 225,
    envHumidity: f1(65 - reading.irradiance / 40),
    timeText: reading.time,
  };
}
