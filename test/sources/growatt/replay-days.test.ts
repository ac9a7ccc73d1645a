import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlantSpec } from '../../../src/simulators/growatt/specs.ts';
import { startAudit } from './audit.ts';
import {
  berlinHome,
  DAY,
  HOUR,
  MIDNIGHT,
  MIN,
  MINUTE,
  NOON,
  startWorld,
  type WorldOptions,
} from './world.ts';

const SUMMER_ENDS = Date.parse('2026-10-25T01:00:00Z');
const hybrid = [{ sn: 'SPH1', family: 'sph' as const, dataloggerSn: 'LOGS' }];
const berlin = { plants: [{ id: '1', timezone: 'Europe/Berlin' }] };

const EVENING = NOON + 6 * HOUR;
const nights: [name: string, start: number, hours: number, PlantSpec, WorldOptions['account']][] = [
  ['in June, with the zone of the cloud', EVENING, 13, berlinHome(), {}],
  ['in June, with an IANA zone', EVENING, 13, berlinHome(), berlin],
  ['of a hybrid, which never sleeps', EVENING, 8, berlinHome({ devices: hybrid }), berlin],
  ['with a start after sunset', NOON + 11 * HOUR, 8, berlinHome(), {}],
  ['with a start after midnight', MIDNIGHT + DAY + 2 * HOUR, 5, berlinHome(), {}],
];
for (const [event, start] of [
  ['summer time begins', '2026-03-28T19:00:00Z'],
  ['summer time ends', '2026-10-24T19:00:00Z'],
] as const) {
  const createDate = `${start.slice(0, 8)}10`;
  for (const [kind, hours, devices] of [
    ['an inverter', 11, berlinHome().devices],
    ['a hybrid', 9, hybrid],
  ] as const) {
    for (const [zone, account] of [
      ['an IANA zone', berlin],
      ['GMT+1 only', {}],
    ] as const) {
      const plant = berlinHome({ createDate, devices });
      nights.push([`in which ${event}: ${kind}, ${zone}`, Date.parse(start), hours, plant, account]);
    }
  }
}

for (const [name, start, hours, plant, account = {}] of nights) {
  test(`every sample of every minute is true in a night ${name}`, async (t) => {
    const world = await startWorld(t, { start, plants: [plant], account });
    const audit = startAudit(plant);
    const agent = world.run();
    let checked = 0;
    const end = start + hours * HOUR;
    for (let at = start + MINUTE / 2; at < end; at += MINUTE) {
      await world.until(at);
      // Clocks that go back an hour are believed after three readings, which takes the plant an hour and a half.
      const afterSummer = at > SUMMER_ENDS && at < SUMMER_ENDS + 2.5 * HOUR;
      const held = afterSummer ? { heldSince: SUMMER_ENDS - HOUR / 2 } : {};
      checked += audit.check(agent, at, { ...held, hourLate: !account.plants });
      const value = agent.value('growatt_current_power_watts');
      const settled = [0, 10, 20, 30, 40, 50].every((minutes) => audit.awake(at - minutes * MINUTE));
      if (settled && at > start + 40 * MINUTE)
        assert.ok(value !== undefined, `${new Date(at).toISOString()}: no power`);
    }
    assert.ok(checked > ((end - start) / MINUTE) * 3, `${checked} samples`);
    assert.deepEqual(agent.lines.slice(1), []);
  });
}

test('a night, step by step: asleep after half an hour, 0 kWh at midnight, awake in the morning', async (t) => {
  const world = await startWorld(t);
  const agent = world.run();
  const seen: string[] = [];
  for (let at = NOON + MINUTE; at < NOON + DAY; at += MINUTE) {
    await world.until(at);
    const status = agent.value('growatt_inverter_status', { device_sn: MIN });
    const power = agent.value('growatt_current_power_watts') === undefined ? 'no power' : 'power';
    const today = agent.value('growatt_energy_today_kwh') === 0 ? '0 kWh' : 'energy';
    const line = `status ${status}, ${power}, ${today}`;
    const hour = Math.floor((at + 2 * HOUR - MIDNIGHT - DAY) / HOUR);
    if (line !== seen.at(-1)?.split(' until')[0]) seen.push(`${line} until`);
    assert.ok(hour < 100);
  }
  assert.deepEqual(
    seen.map((line) => line.replace(' until', '')),
    [
      'status 1, power, energy',
      'status 0, no power, energy',
      'status 0, no power, 0 kWh',
      'status 1, power, 0 kWh',
      'status 1, power, energy',
    ],
  );
  assert.equal(agent.value('growatt_up'), 1, 'a night is no failure');
});
