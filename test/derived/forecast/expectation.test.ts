import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ianaZone } from '../../../src/base/calendar.ts';
import { Expectations } from '../../../src/derived/forecast/expectation.ts';
import type { Installation } from '../../../src/derived/forecast/installation.ts';
import { planeOfArray } from '../../../src/derived/forecast/plane-of-array.ts';
import { sunPosition } from '../../../src/derived/forecast/sun-position.ts';
import { MIDNIGHT, MINUTE } from './support.ts';

const SITE = { latitude: 52.52, longitude: 13.405, altitude: 0 };
const PLANE = { ...SITE, tilt: 60, azimuth: 75, rated: 5000, coefficient: 0, losses: 0, acLimit: undefined };
const INSTALLATION: Installation = {
  planes: [PLANE],
  rated: 5000,
  zone: ianaZone('Europe/Berlin'),
  assumed: [],
};

/** What is expected where the weather is the same all day: W/m², or null for unknown. */
function expectedAt(at: number, light: readonly [number | null, number | null, number | null]) {
  const slots = Array.from({ length: 192 }, () => [...light, 20, 1]);
  const record = { fetchedAt: MIDNIGHT, start: MIDNIGHT, slots };
  return new Expectations(undefined).at(INSTALLATION, record, at).expected.now;
}

/** The first quarter of an hour whose middle has the sun where a test wants it. */
function quarterWith(holds: (zenith: number) => boolean): number {
  for (let start = MIDNIGHT; ; start += 15 * MINUTE)
    if (holds(sunPosition(SITE, start + 7.5 * MINUTE).zenith)) return start;
}

test('the light of a quarter of an hour comes from where the sun stands in its middle', () => {
  const start = quarterWith((zenith) => zenith < 75);
  const light = { global: 300, direct: 600, diffuse: 80 };
  const sun = sunPosition(SITE, start + 7.5 * MINUTE);
  const irradiance = planeOfArray(PLANE, sun, light);
  for (const later of [0, 14])
    assert.equal(expectedAt(start + later * MINUTE, [300, 600, 80])?.irradiance, irradiance);
});

test('a sun that is below the horizon in the middle of a quarter sends no light of its own', () => {
  const start = quarterWith((zenith) => zenith > 90.6 && zenith < 92.5);
  assert.equal(
    expectedAt(start, [20, 300, 20])?.irradiance,
    planeOfArray(PLANE, sunPosition(SITE, start), { global: 20, direct: 0, diffuse: 20 }),
  );
});

test('at night nothing is expected, whatever the weather; at a low sun it has to be known', () => {
  assert.deepEqual(expectedAt(MIDNIGHT, [null, null, null]), { irradiance: 0, dc: 0, ac: 0 });
  const low = quarterWith((zenith) => zenith > 82 && zenith < 88);
  assert.equal(expectedAt(low, [null, 5, 5]), undefined);
  assert.equal(expectedAt(low, [5, 5, null]), undefined);
});
