import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Account,
  accountJson,
  accountState,
  settle,
  type Terms,
} from '../../../src/derived/tariff/ledger.ts';
import { fixedPrices, listedPrices } from '../../../src/derived/tariff/prices.ts';
import { devicesIn } from '../../../src/derived/tariff/quantities.ts';
import type { ShownSample } from '../../../src/model/overview.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-06-12T10:00:00Z');

type Shown = Readonly<Record<string, Readonly<Record<string, number>>>>;

const NAMES: Readonly<Record<string, string>> = {
  import: 'growatt_grid_import_energy_total_kwh',
  export: 'growatt_grid_export_energy_total_kwh',
  meterImport: 'growatt_meter_import_energy_total_kwh',
  ac: 'growatt_energy_total_kwh',
  pv: 'growatt_pv_energy_total_kwh',
  charge: 'growatt_battery_charge_energy_total_kwh',
  discharge: 'growatt_battery_discharge_energy_total_kwh',
  acCharge: 'growatt_battery_ac_charge_energy_total_kwh',
};

function samplesOf(shown: Shown, families: Readonly<Record<string, string>> = {}): ShownSample[] {
  return Object.entries(shown).flatMap(([device_sn, totals]) => [
    ...Object.entries(totals).map(([name, value]) => ({
      metric: NAMES[name] ?? name,
      attributes: { plant_id: '1', device_sn },
      value,
    })),
    {
      metric: 'growatt_device_info',
      attributes: { plant_id: '1', device_sn, device_type: families[device_sn] ?? 'min' },
      value: 1,
    },
  ]);
}

/** The account of one plant, of which each step shows what its devices say then. */
function accountOf(terms: Partial<Terms> = {}, families: Readonly<Record<string, string>> = {}) {
  let account: Account | undefined;
  let now = START;
  const long: string[] = [];
  const defaults: Terms = {
    direction: 'import',
    currency: 'EUR',
    prices: fixedPrices({ price: 0.5, zones: [] }, undefined),
  };
  return {
    long,
    /** @param hours since the last look, in which all devices were read anew unless that says otherwise */
    look(shown: Shown, hours = 1, changed: Partial<Terms> = {}, isRead = true) {
      now += hours * HOUR;
      const devices = devicesIn(samplesOf(shown, families));
      const readAt = new Map(isRead ? devices.map(({ serial }) => [serial, now]) : []);
      const settled = settle(account, { devices, readAt, now }, { ...defaults, ...terms, ...changed });
      // Across a restart it is the same.
      account = accountState().parse(JSON.parse(JSON.stringify(accountJson(settled.account))));
      assert.deepEqual(account, settled.account);
      long.push(...settled.long.map(({ what }) => what));
      const { positive = 0n, negative = 0n, saved = 0n } = account.money[changed.currency ?? 'EUR'] ?? {};
      return {
        cost: Number(positive) / 1e6,
        credit: Number(negative) / 1e6,
        saved: Number(saved) / 1e6,
        unpriced: account.unpriced / 1e6,
      };
    },
  };
}

test('what is there when counting begins costs nothing, what comes then does', () => {
  const { look } = accountOf();
  assert.equal(look({ A: { import: 5000 } }).cost, 0);
  assert.equal(look({ A: { import: 5000 } }).cost, 0);
  assert.equal(look({ A: { import: 5000.3 } }).cost, 0.15);
  assert.equal(look({ A: { import: 5002.3 } }).cost, 1.15);
});

test('differences of a total do not add up rounding errors', () => {
  const { look } = accountOf();
  look({ A: { import: 0.1 } });
  let cost = 0;
  for (let step = 2; step <= 1000; step++) cost = look({ A: { import: step / 10 } }).cost;
  assert.equal(cost, 49.95);
});

test('negative prices are a credit of import and a charge of export, and no counter falls', () => {
  for (const direction of ['import', 'export'] as const) {
    const prices = listedPrices([{ from: START, to: START + 90 * HOUR, price: -0.2 }]);
    const { look } = accountOf({ direction, prices });
    look({ A: { [direction]: 10 } });
    assert.deepEqual(look({ A: { [direction]: 15 } }), { cost: 0, credit: 1, saved: 0, unpriced: 0 });
  }
});

test('energy of a time without a price is counted as such, and stays so when the price comes later', () => {
  const unknown = listedPrices([]);
  const { look } = accountOf();
  look({ A: { import: 10 } });
  assert.deepEqual(look({ A: { import: 12 } }, 1, { prices: unknown }), {
    cost: 0,
    credit: 0,
    saved: 0,
    unpriced: 2,
  });
  assert.deepEqual(look({ A: { import: 13 } }), { cost: 0.5, credit: 0, saved: 0, unpriced: 2 });
});

test('what flowed before a reading has the prices of the time since the last one', () => {
  const prices = listedPrices([
    { from: START, to: START + 3 * HOUR, price: 0.2 },
    { from: START + 3 * HOUR, to: START + 9 * HOUR, price: 0.4 },
  ]);
  const { look } = accountOf({ prices });
  look({ A: { import: 10 } }, 2);
  look({ A: { import: 10 } }, 2, {}, false);
  assert.equal(look({ A: { import: 12 } }, 0).cost, 0.6);
  // One without a change is a reading as well.
  look({ A: { import: 12 } }, 1);
  const all = listedPrices([{ from: START + 5 * HOUR, to: START + 6 * HOUR, price: 3 }]);
  assert.equal(look({ A: { import: 13 } }, 1, { prices: all }).cost, 3.6);
});

test('a reset is a new beginning, and a total that returns to where it was did not flow again', () => {
  const { look } = accountOf();
  look({ A: { import: 5000 } });
  assert.equal(look({ A: { import: 3 } }).cost, 0);
  assert.equal(look({ A: { import: 4 } }).cost, 0.5);
  assert.equal(look({ A: { import: 5001 } }).cost, 1, 'the old counter is back, and is 1 kWh further');
});

test('what two devices behind one meter both report counts once, whichever of them is late or silent', () => {
  const { look } = accountOf();
  look({ A: { import: 100 }, B: { import: 40 } });
  assert.equal(look({ A: { import: 101 }, B: { import: 40 } }).cost, 0.5);
  assert.equal(look({ A: { import: 101 }, B: { import: 41 } }).cost, 0.5);
  assert.equal(look({ B: { import: 43 } }).cost, 1.5, 'A is silent');
  assert.equal(look({ A: { import: 103 }, B: { import: 43 } }).cost, 1.5, 'A is back');
  assert.equal(look({ A: { import: 104 } }).cost, 2);
});

test('off-grid inverters count what each of them draws, and that adds up', () => {
  const { look } = accountOf({}, { A: 'storage', B: 'storage', C: 'storage' });
  look({ A: { import: 100 }, B: { import: 40 } });
  assert.equal(look({ A: { import: 101 }, B: { import: 42 } }).cost, 1.5);
  assert.equal(look({ A: { import: 101 }, B: { import: 42 }, C: { import: 7 } }).cost, 1.5);
  assert.equal(look({ A: { import: 102 }, B: { import: 43 }, C: { import: 8 } }).cost, 3);
});

test('a device that is exchanged or comes later goes on from there', () => {
  const { look } = accountOf();
  look({ A: { import: 100 } });
  look({ A: { import: 110 } });
  assert.equal(look({ B: { import: 7 } }).cost, 5);
  assert.equal(look({ B: { import: 8 } }).cost, 5.5);
});

test('a smart meter counts only where no device names the direction', () => {
  const { look } = accountOf();
  look({ A: { import: 100 }, M: { meterImport: 10 } });
  assert.equal(look({ A: { import: 101 }, M: { meterImport: 15 } }).cost, 0.5);
  const alone = accountOf();
  alone.look({ M: { meterImport: 10 } });
  assert.equal(alone.look({ M: { meterImport: 15 } }).cost, 2.5);
});

test('another currency is another series, and the old one goes on when it comes back', () => {
  const { look } = accountOf();
  look({ A: { import: 100 } });
  look({ A: { import: 102 } });
  assert.equal(look({ A: { import: 103 } }, 1, { currency: 'GBP' }).cost, 0.5);
  assert.equal(look({ A: { import: 105 } }).cost, 2);
});

test('after more than two days without a reading that is noted', () => {
  const { look, long } = accountOf();
  look({ A: { import: 100 } });
  look({ A: { import: 101 } }, 48);
  look({ A: { import: 101 } }, 49);
  assert.deepEqual(long, []);
  look({ A: { import: 102 } }, 49);
  assert.deepEqual(long, ['import']);
});

test('what is produced and not exported is saved at the price of import', () => {
  const { look } = accountOf();
  look({ A: { ac: 1000, export: 400, import: 1 } });
  assert.deepEqual(look({ A: { ac: 1005, export: 403, import: 1 } }), {
    cost: 0,
    credit: 0,
    saved: 1,
    unpriced: 0,
  });
  const negative = listedPrices([{ from: 0, to: Number.MAX_SAFE_INTEGER, price: -1 }]);
  const later = look({ A: { ac: 1010, export: 403, import: 1 } }, 1, { prices: negative });
  assert.equal(later.saved, 1, 'at a negative price nothing is saved');
});

test('an export that is reported before its production is not saved later', () => {
  const { look } = accountOf();
  look({ A: { ac: 100 }, B: { ac: 100, export: 50 } });
  look({ A: { ac: 100 }, B: { ac: 100, export: 52 } });
  assert.equal(look({ A: { ac: 103 }, B: { ac: 100, export: 52 } }).saved, 0.5);
});

test('without the totals of export or of production nothing is known to be saved', () => {
  const { look } = accountOf();
  look({ A: { ac: 100, import: 1 } });
  assert.equal(look({ A: { ac: 200, import: 1 } }).saved, 0);
  look({ A: { import: 1, export: 1 } });
  assert.equal(look({ A: { import: 1, export: 2 } }).saved, 0);
});

test('a battery saves when it gives, not when it takes; what it took from the grid was paid for', () => {
  const { look } = accountOf({}, { H: 'sph' });
  const start = { pv: 100, charge: 50, discharge: 40, acCharge: 10, export: 20, import: 5 };
  look({ H: start });
  // 6 kWh of the sun: 4 into the battery, 1 into the house, 1 into the grid.
  assert.equal(look({ H: { ...start, pv: 106, charge: 54, export: 21 } }).saved, 0.5);
  // The battery gives 3.
  const given = { ...start, pv: 106, charge: 54, export: 21, discharge: 43 };
  assert.equal(look({ H: given }).saved, 2);
  // 2 from the grid into the battery.
  const charged = { ...given, charge: 56, acCharge: 12, import: 7 };
  assert.deepEqual(look({ H: charged }), { cost: 1, credit: 0, saved: 2, unpriced: 0 });
});

test('an inverter beside a hybrid adds its AC energy, and a coupled battery repeats no PV energy', () => {
  const hybrid = accountOf({}, { H: 'sph' });
  hybrid.look({ A: { ac: 10 }, H: { ac: 999, pv: 10, charge: 1, export: 0.1 } });
  assert.equal(hybrid.look({ A: { ac: 12 }, H: { ac: 1999, pv: 13, charge: 2, export: 0.1 } }).saved, 2);
  const coupled = accountOf({}, { S: 'spa' });
  coupled.look({ A: { ac: 10 }, S: { pv: 10, charge: 1, discharge: 1, acCharge: 1, export: 0.1 } });
  const shown = { A: { ac: 15 }, S: { pv: 15, charge: 3, discharge: 2, acCharge: 3, export: 0.1 } };
  assert.equal(coupled.look(shown).saved, 2, '5 − 2 into the battery + 1 out of it');
  const alone = accountOf({}, { S: 'spa' });
  alone.look({ S: { pv: 10, charge: 1, discharge: 1, export: 0.1 } });
  assert.equal(alone.look({ S: { pv: 15, charge: 1, discharge: 1, export: 0.1 } }).saved, 2.5);
});

test('of a battery whose PV energy is not known nothing is known to be saved', () => {
  const { look } = accountOf();
  look({ H: { charge: 10, discharge: 10, export: 1 } });
  assert.equal(look({ H: { charge: 10, discharge: 20, export: 1 } }).saved, 0);
});

test('a battery that shows later changes what counts, and nothing jumps', () => {
  const { look } = accountOf();
  look({ A: { ac: 1000, pv: 1100, export: 10 } });
  look({ A: { ac: 1001, pv: 1101, export: 10 } });
  assert.equal(look({ A: { ac: 1002, pv: 1102, charge: 300, export: 10 } }).saved, 0.5);
  assert.equal(look({ A: { ac: 1003, pv: 1103, charge: 300, export: 10 } }).saved, 1);
  assert.equal(look({ A: { ac: 1004, pv: 1104, export: 10 } }).saved, 1, 'from there on again');
});
