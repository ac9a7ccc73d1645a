import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clearSky } from '../../../src/derived/forecast/clear-sky.ts';
import { inverterPower } from '../../../src/derived/forecast/inverter.ts';
import { cellTemperature, dcPower, ORDINARY_AIR } from '../../../src/derived/forecast/modules.ts';
import { planeOfArray } from '../../../src/derived/forecast/plane-of-array.ts';
import { sunPosition } from '../../../src/derived/forecast/sun-position.ts';
import { ORACLE } from './oracle.ts';

/** A value as exact as the table gives it: half a unit of its last digit, and a tenth because the table is rounded. */
function assertLastDigit(actual: number, expected: string, what: string): void {
  const digits = expected.split('.')[1]?.length ?? 0;
  const unit = 10 ** -digits;
  const off = Math.abs(actual - Number(expected));
  assert.ok(off <= unit * 0.6, `${what}: ${actual} is not ${expected}`);
}

for (const [time, row] of Object.entries(ORACLE.rows)) {
  test(`sun, irradiance and power are those of pvlib at ${time}`, () => {
    const { site, plane, rated, coefficient } = ORACLE;
    const at = Date.parse(time);
    const sun = sunPosition(site, at);
    const light = clearSky(site, sun, at, ORACLE.turbidity);
    const irradiance = planeOfArray(plane, sun, light);
    const cell = cellTemperature(irradiance, ORDINARY_AIR);
    const dc = dcPower(irradiance, cell, rated, coefficient);
    const values = { ...sun, ...light, irradiance, cell, dc };
    for (const [i, column] of ORACLE.columns.entries()) assertLastDigit(values[column], row[i]!, column);
  });
}

test('the inverter gives what the curve of PVWatts says, and never more than its rated power', () => {
  for (const [dc, ac] of ORACLE.inverter) assertLastDigit(inverterPower(dc, 5000), ac, `${dc} W`);
});

test('an inverter gives nothing where the curve would be below zero', () => {
  assert.equal(inverterPower(0, 5000), 0);
  assert.equal(inverterPower(20, 5000), 0);
});
