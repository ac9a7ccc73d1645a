import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ianaZone, instantOf } from '../../src/base/calendar.ts';
import { definitionOf } from '../../src/catalogue.ts';
import type { Entity, Shared } from '../../src/model/reading.ts';
import { plantFigures } from '../../src/sources/modbus/metrics.ts';
import { Store } from '../../src/store/store.ts';
import { virtualClock } from '../helpers/clock.ts';

const zone = ianaZone('Europe/Berlin');
/** Milliseconds since the epoch of `MM-DD HH:MM` in 2026 in Berlin. */
const at = (text: string) => instantOf(zone, Date.parse(`2026-${text.replace(' ', 'T')}:00Z`));
const way = { freshFor: 90_000, plantIsGiven: true, zoneIsGiven: true };

/** A plant of inverters that are read locally, as its store shows it. */
function setUp(start: string, { serials = ['A'], historyDays = 7, saved = undefined as unknown } = {}) {
  const clock = virtualClock(at(start));
  const store = new Store({ clock, staleAfter: 3_600_000, definitionOf });
  const local = { plantIsGiven: true, serials: () => serials, size: serials.length, historyDays };
  const shared: Shared = { what: 'plant', id: '7', local: { ...local, figures: plantFigures } };
  const entities: Entity[] = [
    { id: 'plant', labels: { plant_id: '7' }, shared },
    ...serials.map((serial): Entity => {
      const labels = { plant_id: '7', device_sn: serial };
      return { id: serial, labels, zone, shared: { what: 'device', id: serial, local: way } };
    }),
  ];
  store.apply('local', { type: 'entities', entities });
  if (saved) store.restore('local', JSON.parse(JSON.stringify(saved)));
  const until = (text: string) => clock.pass(at(text) - clock.now());
  return {
    store,
    /** Energy since midnight and in total, kWh, and power, W. */
    async read(when: string, today: number, total: number, power = 0, serial = 'A') {
      await until(when);
      const values = Object.entries({
        energy_today_kwh: today,
        energy_total_kwh: total,
        current_power_watts: power,
      });
      store.apply('local', {
        type: 'reading',
        reading: {
          entity: serial,
          values: values.map(([name, value]) => ({ metric: `growatt_${name}`, value })),
        },
      });
      store.polled('local', true);
    },
    async sleep(when: string, serial = 'A') {
      await until(when);
      store.apply('local', { type: 'attempt', entity: serial, ok: true, asleep: true });
      store.polled('local', true);
    },
    until,
    /** What is shown of the plant; daily values by date, hourly ones by hour. */
    plant: () => {
      const own = store.samples().filter(({ attributes }) => attributes.device_sn === undefined);
      return Object.fromEntries(
        own.map(({ metric, attributes: { plant_id: _, ...more }, value }) => [
          [metric.replace('growatt_', ''), ...Object.values(more)].join(' '),
          value,
        ]),
      );
    },
  };
}

test('the energy of a day is that of its inverter; what began before the agent did is not known', async () => {
  const { read, plant } = setUp('06-12 09:00');
  await read('06-12 10:00', 3.2, 503.2, 1500);
  assert.deepEqual(plant(), {
    plant_energy_today_kwh: 3.2,
    plant_energy_total_kwh: 503.2,
    plant_power_watts: 1500,
  });
});

test('the month and the year are known from their first day on', async () => {
  const { read, sleep, plant, until } = setUp('12-31 20:00');
  await read('12-31 20:00', 3, 1000);
  await sleep('12-31 21:00');
  await until('12-31 23:59');
  assert.equal(plant().energy_month_kwh, undefined);
  const next = setUp('01-01 08:00', { saved: undefined });
  await next.read('01-01 08:00', 0.4, 1000.4);
  assert.deepEqual([next.plant().energy_month_kwh, next.plant().energy_year_kwh], [0.4, 0.4]);
  await next.sleep('01-01 20:00');
  await next.read('01-03 08:00', 0.3, 1010.7);
  assert.deepEqual([next.plant().energy_month_kwh, next.plant().energy_year_kwh], [10.7, 10.7]);
  await next.sleep('01-31 18:00');
  await next.read('02-01 08:00', 0.1, 1200.1);
  assert.deepEqual([next.plant().energy_month_kwh, next.plant().energy_year_kwh], [0.1, 200.1]);
});

test('a month whose first days were missed is known if the last day before it was not', async () => {
  const { read, sleep, plant } = setUp('06-30 10:00');
  await read('06-30 20:00', 20, 520);
  await sleep('06-30 22:00');
  await read('07-02 10:00', 5, 550);
  assert.equal(plant().energy_month_kwh, 30);
});

test('a month that begins between two readings far apart is not known', async () => {
  const { read, sleep, plant } = setUp('06-28 10:00');
  await read('06-28 20:00', 20, 520);
  await sleep('06-28 22:00');
  await read('07-02 10:00', 5, 600);
  assert.equal(plant().energy_month_kwh, undefined);
});

test('before the first light of a month its energy is 0', async () => {
  const { read, sleep, plant, until } = setUp('06-30 10:00');
  await read('06-30 20:00', 20, 520);
  await sleep('06-30 22:00');
  await until('07-01 02:00');
  assert.deepEqual([plant().plant_energy_today_kwh, plant().energy_month_kwh], [0, 0]);
});

test('completed days are shown with energy and peak, and the hours of the newest one', async () => {
  const { read, sleep, plant, until } = setUp('06-11 10:00');
  await read('06-11 10:00', 2, 502, 1000);
  await read('06-11 10:30', 3, 503, 2000);
  await read('06-11 12:00', 5, 505, 4000);
  await sleep('06-11 21:30');
  assert.equal(plant()['daily_energy_kwh 2026-06-11'], undefined);
  await until('06-12 00:01');
  const shown = plant();
  assert.deepEqual(
    [shown['daily_energy_kwh 2026-06-11'], shown['daily_peak_power_watts 2026-06-11']],
    [5, 4000],
  );
  const hours = ['hourly_avg_power_watts 10', 'hourly_avg_power_watts 12', 'hourly_avg_power_watts 21'];
  assert.deepEqual(
    hours.map((hour) => shown[hour]),
    [1500, 4000, 0],
  );
  assert.equal(shown['hourly_avg_power_watts 11'], undefined);
});

test('a day of which the agent missed the evening is completed by the total of the next one', async () => {
  const { read, plant } = setUp('06-11 10:00');
  await read('06-11 12:00', 5, 505);
  await read('06-12 09:00', 1, 518);
  assert.equal(plant()['daily_energy_kwh 2026-06-11'], 17);
  await read('06-14 09:00', 1, 560);
  assert.equal(plant()['daily_energy_kwh 2026-06-12'], undefined);
});

test('a clock that is late does not count a day twice', async () => {
  const { read, plant } = setUp('06-30 10:00');
  await read('06-30 23:59', 12, 512);
  // Past midnight here, the battery goes on, and the day of the inverter ends three minutes later.
  await read('07-01 00:01', 12.1, 512.1);
  for (const minute of [4, 5, 6, 7]) await read(`07-01 00:0${minute}`, 0.1, 512.2);
  assert.equal(plant()['daily_energy_kwh 2026-06-30'], 12.1);
  assert.equal(plant().energy_month_kwh, 0.1);
  assert.equal(plant().plant_energy_today_kwh, 0.1);
});

test('a plant of two inverters has no figures while one of them is unknown', async () => {
  const { read, plant } = setUp('06-11 10:00', { serials: ['A', 'B'] });
  await read('06-11 10:00', 2, 502, 1000, 'A');
  assert.deepEqual(plant(), {});
  await read('06-11 10:01', 3, 803, 500, 'B');
  assert.deepEqual(plant(), {
    plant_energy_today_kwh: 5,
    plant_energy_total_kwh: 1305,
    plant_power_watts: 1500,
  });
});

test('power ends when a reading is no longer of the present, energy does not', async () => {
  const { read, plant, until } = setUp('06-11 10:00');
  await read('06-11 10:00', 2, 502, 1000);
  await until('06-11 10:03');
  assert.deepEqual(plant(), { plant_energy_today_kwh: 2, plant_energy_total_kwh: 502 });
});

test('what was known survives a restart', async () => {
  const first = setUp('07-01 08:00');
  await first.read('07-01 08:00', 1, 501, 700);
  await first.sleep('07-01 21:00');
  const { read, plant } = setUp('07-02 08:00', { saved: first.store.snapshot('local') });
  await read('07-02 08:00', 0.5, 515);
  assert.deepEqual([plant()['daily_energy_kwh 2026-07-01'], plant().energy_month_kwh], [1, 15]);
});

test('without daily history the figures of the present are shown all the same', async () => {
  const { read, sleep, plant, until } = setUp('06-11 10:00', { historyDays: 0 });
  await read('06-11 10:00', 2, 502, 1000);
  await sleep('06-11 21:30');
  await until('06-12 00:01');
  assert.deepEqual(Object.keys(plant()).toSorted(), ['plant_energy_today_kwh', 'plant_energy_total_kwh']);
});
