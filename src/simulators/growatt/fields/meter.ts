import type { Measurement } from '../measurement.ts';
import { each, type Fields, f1, f2, tenths, today, total } from './spelling.ts';

/** A smart meter at the grid connection; forward is import here, as on most installations. */
export function meterFields(measurement: Measurement): Fields {
  const { spec, power, today: day, total: life, phases } = measurement;
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
    frequency: f2(measurement.frequency),
    powerFactor: 0.98,
    lost: '0',
    timeText: measurement.time,
  };
}

/** A weather station on the roof. */
export function envFields(measurement: Measurement): Fields {
  return {
    addr: measurement.spec.address,
    dataLogSn: measurement.spec.dataloggerSn,
    envTemp: f1(measurement.airTemperature),
    panelTemp: f1(measurement.airTemperature + measurement.irradiance * 0.025),
    radiant: tenths(measurement.irradiance),
    windSpeed: f1(1.5 + (measurement.frequency - 49.96) * 40),
    windAngle: 225,
    envHumidity: f1(65 - measurement.irradiance / 40),
    timeText: measurement.time,
  };
}
