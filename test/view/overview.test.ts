import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OverviewCache } from '../../src/view/overview-cache.ts';
import { device, expectedOf, fleetSamples, moneyOf, NOW, overviewOf, plant, samplesOf } from './support.ts';

const hybrid = {
  inverter_status: 1,
  current_power_watts: 900,
  pv_power_watts: 3000,
  energy_today_kwh: 9,
  pv_energy_today_kwh: 12,
  battery_soc_percent: 64,
  battery_charge_power_watts: 2100,
  battery_discharge_power_watts: 0,
  grid_import_power_watts: 0,
  grid_export_power_watts: 400,
  load_power_watts: 1500,
  last_update_timestamp_seconds: NOW - 90,
};
const string = { inverter_status: 1, current_power_watts: 1000, pv_power_watts: 1030, energy_today_kwh: 4 };

test('the power of a plant is that of the sun: behind a battery the PV inputs, else the AC side', async () => {
  const { plants } = await overviewOf(plant('1', 'Home'), device('1', 'H', hybrid), device('1', 'M', string));
  assert.equal(plants[0]?.values.powerWatts, 4000);
  assert.equal(plants[0]?.values.energyTodayKwh, 16);
  assert.equal(plants[0]?.readAt, NOW - 90);
  assert.deepEqual(
    plants[0]?.devices.map(({ serial, values }) => [serial, values.powerWatts]),
    [
      ['H', 3000],
      ['M', 1000],
    ],
  );
});

test('a battery inverter without PV is no producer, whatever it gives to the house', async () => {
  const spa = { inverter_status: 1, current_power_watts: 800, battery_discharge_power_watts: 800 };
  const { plants, totals } = await overviewOf(plant('1', 'Home'), device('1', 'SPA', spa));
  assert.equal('powerWatts' in plants[0]!.values, false);
  assert.equal(totals.batteryDischargeWatts, 800);
});

test('what nobody gave is absent, never 0', async () => {
  const { plants, totals } = await overviewOf(plant('1', 'Home'), device('1', 'M', { inverter_status: 2 }));
  assert.deepEqual(plants[0]?.values, {});
  assert.deepEqual(totals, {});
});

test('what is expected stands beside what a plant gives, and is added up where it is known of all plants', async () => {
  const one = [plant('1', 'One'), device('1', 'A', string), expectedOf('1', 1200)];
  const { plants, totals } = await overviewOf(...one);
  const expected = { expectedPowerWatts: 1200, expectedTodayKwh: 6, expectedTomorrowKwh: 4.8 };
  assert.deepEqual(plants[0]?.values, {
    powerWatts: 1000,
    energyTodayKwh: 4,
    ...expected,
    performanceRatio: 0.834,
  });
  assert.deepEqual(totals, { powerWatts: 1000, energyTodayKwh: 4, ...expected });
  const two = await overviewOf(...one, plant('2', 'Two'), device('2', 'B', string), expectedOf('2', 800));
  assert.equal(two.totals.expectedPowerWatts, 2000);
  const partly = await overviewOf(...one, plant('2', 'Two'), device('2', 'B', string));
  assert.equal(partly.totals.expectedPowerWatts, undefined);
});

test('what the energy of a plant is worth are savings and revenue, less what export cost', async () => {
  const { plants } = await overviewOf(plant('1', 'One'), moneyOf('1', 'EUR', 100.00004), plant('2', 'Two'));
  assert.deepEqual(plants[0]?.worth, { currency: 'EUR', total: 107.5 });
  assert.equal(plants[1]?.worth, undefined);
});

test('two hybrids behind one meter count the connection once, and off-grid inverters add up', async () => {
  const grid = { grid_import_power_watts: 300, grid_import_energy_today_kwh: 2, load_power_watts: 900 };
  const later = { ...grid, grid_import_power_watts: 310 };
  const two = await overviewOf(plant('1', 'Home'), device('1', 'A', grid), device('1', 'B', later));
  const { gridImportWatts, gridImportTodayKwh, loadWatts } = two.plants[0]!.values;
  assert.deepEqual([gridImportWatts, gridImportTodayKwh, loadWatts], [310, 2, 900]);
  const offGrid = (sn: string) =>
    device('1', sn, grid).map((sample) => ({
      ...sample,
      attributes: { ...sample.attributes, ...(sample.attributes.device_type && { device_type: 'storage' }) },
    }));
  const own = await overviewOf(plant('1', 'Home'), offGrid('A'), offGrid('B'));
  assert.equal(own.plants[0]?.values.gridImportWatts, 600);
});

test('a plant of which only something is expected is not shown: no source reads it', async () => {
  const { plants, totals } = await overviewOf(expectedOf('7', 500), moneyOf('7', 'EUR', 1));
  assert.deepEqual([plants, totals], [[], {}]);
});

test('figures of the whole plant are used only where no device has them', async () => {
  const figures = {
    growatt_plant_power_watts: 700,
    growatt_plant_energy_today_kwh: 3,
    growatt_energy_month_kwh: 90,
  };
  const alone = await overviewOf(plant('1', 'Home', figures));
  assert.deepEqual(alone.plants[0]?.values, { powerWatts: 700, energyTodayKwh: 3, energyMonthKwh: 90 });
  const both = await overviewOf(plant('1', 'Home', figures), device('1', 'M', string));
  assert.equal(both.plants[0]?.values.powerWatts, 1000);
});

test('devices that name the direction come before a meter, which may be wired the other way round', async () => {
  const meter = device('1', 'METER', { meter_power_watts: 350 });
  const both = await overviewOf(plant('1', 'Home'), device('1', 'H', hybrid), meter);
  assert.deepEqual([both.totals.gridImportWatts, both.totals.gridExportWatts], [0, 400]);
  const alone = await overviewOf(plant('1', 'Home'), meter);
  assert.deepEqual([alone.totals.gridImportWatts, alone.totals.gridExportWatts], [350, 0]);
});

const stick = (name: string, values: Readonly<Record<string, number>>) =>
  samplesOf({ stick: name }, { trucki_up: 1, ...values });

test('the house consumes what its inverter states and what the sticks give, which that does not know', async () => {
  const { totals, sticks } = await overviewOf(
    plant('1', 'Home'),
    device('1', 'H', hybrid),
    stick('shed', { trucki_meter_power_watts: -400 }),
    samplesOf({ stick: 'shed', inverter: '1' }, { trucki_inverter_ac_power_watts: 200 }),
    samplesOf({ stick: 'shed', inverter: '2' }, { trucki_inverter_ac_power_watts: 50 }),
  );
  assert.equal(sticks[0]?.values.powerWatts, 250);
  assert.deepEqual([totals.loadWatts, totals.stickWatts, totals.gridExportWatts], [1750, 250, 400]);
});

test('a house with sticks only has its meter once, however many sticks read it, and its load by the balance', async () => {
  const power = {
    trucki_inverter_ac_power_watts: 150,
    trucki_meter_power_watts: 30,
    trucki_inverter_energy_today_kwh: 1,
  };
  const { totals } = await overviewOf(stick('a', power), stick('b', power));
  assert.deepEqual(
    [totals.powerWatts, totals.gridImportWatts, totals.loadWatts, totals.energyTodayKwh],
    [300, 30, 330, 2],
  );
});

test('a charger takes power and gives none', async () => {
  const { totals, sticks } = await overviewOf(
    stick('c', { trucki_inverter_ac_power_watts: 500, trucki_charger_dc_power_watts: 470 }),
  );
  assert.equal('powerWatts' in sticks[0]!.values, false);
  assert.equal(totals.batteryChargeWatts, 470);
});

test('an inverter that sleeps while others work is silent, and asleep when all of them sleep', async () => {
  const asleep = device('1', 'A', { inverter_status: 0 });
  const night = await overviewOf(plant('1', 'Home'), asleep, device('1', 'B', { inverter_status: 0 }));
  assert.deepEqual([night.plants[0]?.condition, night.plants[0]?.words], ['asleep', 'Asleep']);
  const day = await overviewOf(plant('1', 'Home'), asleep, device('1', 'B', string));
  assert.deepEqual(
    day.plants[0]?.devices.map(({ condition }) => condition),
    ['silent', 'ok'],
  );
  assert.match(day.plants[0]?.words ?? '', /^Sends nothing.*\(1 of 2\)$/);
});

test('in a fleet most of which works, a plant that sleeps as a whole is silent', async () => {
  const { plants } = await overviewOf(fleetSamples(5));
  assert.deepEqual(
    plants.map(({ condition }) => condition),
    ['fault', 'silent', 'ok', 'ok', 'ok'],
  );
});

test('a fault is shown with its code and the meaning of that', async () => {
  const faulty = device('1', 'A', { inverter_status: 3, fault_code: 302 });
  const code = await overviewOf(plant('1', 'Home'), faulty);
  assert.equal(code.plants[0]?.words, 'Fault 302');
  const info = samplesOf(
    { plant_id: '1', device_sn: 'A', code: '302', text: 'No AC connection' },
    { growatt_fault_info: 1 },
  );
  assert.equal(
    (await overviewOf(plant('1', 'Home'), faulty, info)).plants[0]?.words,
    'Fault 302: No AC connection',
  );
});

test('a device without a status, such as a meter, is silent half an hour after its last reading', async () => {
  const at = async (age: number) => {
    const samples = device('1', 'M', { meter_power_watts: 1, last_update_timestamp_seconds: NOW - age });
    return (await overviewOf(plant('1', 'Home'), samples)).plants[0]?.condition;
  };
  assert.deepEqual([await at(1700), await at(1900)], ['ok', 'silent']);
});

test('a stick that does not answer, or whose inverter does not, says so', async () => {
  const conditionOf = async (values: Readonly<Record<string, number>>) =>
    (await overviewOf(samplesOf({ stick: 's' }, values))).sticks[0]?.words;
  assert.equal(await conditionOf({ trucki_up: 0 }), 'Does not answer');
  assert.match(
    (await conditionOf({ trucki_up: 1, trucki_inverter_reachable: 0 })) ?? '',
    /does not reach its inverter/,
  );
  assert.equal(await conditionOf({ trucki_up: 1, trucki_battery_low: 1 }), 'Battery too low for output');
  assert.equal(await conditionOf({ trucki_up: 1 }), 'Normal');
});

test('the median of the yields is that of a fleet, not of two plants', async () => {
  const few = await overviewOf(fleetSamples(2));
  assert.equal('medianYieldKwhPerKwp' in few, false);
  assert.equal((await overviewOf(fleetSamples(4))).medianYieldKwhPerKwp, 2.002);
});

test('a fleet of a thousand plants does not hold the event loop', async () => {
  const samples = fleetSamples(1000).flatMap((sample) => [
    sample,
    ...Array.from({ length: 8 }, () => ({ ...sample, metric: 'other' })),
  ]);
  let turns = 0;
  let isDone = false;
  const count = async () => {
    while (!isDone) {
      await new Promise(setImmediate);
      turns++;
    }
  };
  const counting = count();
  const { plants } = await overviewOf(samples);
  isDone = true;
  await counting;
  assert.equal(plants.length, 1000);
  assert.ok(turns >= 2, `${turns} turns`);
});

test('the overview is made once for all who ask, and anew when the store has changed', async () => {
  let [version, now, made] = [0, 0, 0];
  const empty = await overviewOf();
  const make = async () => {
    made++;
    now += 5;
    return empty;
  };
  const cache = new OverviewCache({ make, version: () => version, now: () => now });
  await Promise.all([cache.get(), cache.get()]);
  now += 9000;
  await cache.get();
  assert.equal(made, 1);
  version++;
  await cache.get();
  assert.equal(made, 2);
  version++;
  await cache.get();
  assert.equal(made, 2, 'what takes 5 ms is not made again within 100 ms');
  now += 100;
  await cache.get();
  assert.equal(made, 3);
  now += 10_000;
  await cache.get();
  assert.equal(made, 4, 'values expire without a new version');
});
