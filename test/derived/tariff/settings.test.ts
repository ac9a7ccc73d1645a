import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { describeConfig } from '../../../src/config/config.ts';
import { load, messageOf } from '../../config/support.ts';

const tariffOf = (yaml: string, env: Readonly<Record<string, string>> = {}) =>
  load(`tariff:\n${yaml.replaceAll(/^/gm, '  ')}`, { TRUCKI_TARGETS: '192.0.2.1', ...env }).derived.tariff;

const refused = (yaml: string, env?: Readonly<Record<string, string>>) =>
  messageOf(() => tariffOf(yaml, env));

test('nothing is configured unless a price or a source is given', () => {
  assert.deepEqual(load(undefined, { TRUCKI_TARGETS: '192.0.2.1' }).derived.tariff.directions, {});
});

test('a price is a number, also in the place of a section, or comes with zones', () => {
  const { currency, directions } = tariffOf(
    'currency: eur\nimport: {price: 0.31, zones: [{hours: "22-6", price: .24}, {days: "Sat,Sun", price: -0.27}]}\nexport: 0.0786',
  );
  assert.equal(currency, 'EUR');
  assert.deepEqual(directions.export, { kind: 'fixed', price: 0.0786, zones: [] });
  assert.ok(directions.import?.kind === 'fixed');
  assert.equal(directions.import.price, 0.31);
  assert.deepEqual(
    directions.import.zones.map(({ price, hours, days }) => [price, hours, days]),
    [
      [0.24, '22-6', undefined],
      [-0.27, undefined, 'Sat,Sun'],
    ],
  );
});

test('variables give what has one value, and beat the file', () => {
  const env = { TARIFF_CURRENCY: 'CHF', TARIFF_IMPORT_PRICE: '0.2', TARIFF_TIMEZONE: 'Europe/Zurich' };
  const { currency, timezone, directions } = tariffOf('currency: EUR\nimport: 0.31', env);
  assert.deepEqual([currency, timezone], ['CHF', 'Europe/Zurich']);
  assert.deepEqual(directions, { import: { kind: 'fixed', price: 0.2, zones: [] } });
});

test('the currency of a source is the default, and any other is an error', () => {
  const market = 'source: energy-charts, zone: de-lu';
  assert.equal(tariffOf(`import: {${market}}\nexport: 0.08`).currency, 'EUR');
  const octopus = 'source: octopus, product: AGILE-24-10-01, region: c';
  assert.equal(tariffOf(`import: {${octopus}}`).currency, 'GBP');
  assert.equal(
    refused(`currency: GBP\nimport: {${market}}`),
    'tariff.currency: must be EUR: tariff.import takes its prices from energy-charts, which states them in EUR',
  );
  assert.match(refused(`currency: EUR\nexport: {${octopus}}`), /must be GBP: tariff\.export/);
  assert.match(refused(`import: {${octopus}}\nexport: {${market}}`), /must be EUR: tariff\.export/);
  assert.match(refused('import: 0.3'), /^tariff\.currency: is missing; it must be an ISO 4217/);
  assert.match(refused('currency: EURO\nimport: 0.3'), /ISO 4217.*not "EURO"/);
});

test('a bidding zone is spelled as the market spells it', () => {
  const zoneOf = (zone: string) => {
    const market = tariffOf(`import: {source: energy-charts, zone: ${zone}}`).directions.import;
    return market?.kind === 'market' && market.zone;
  };
  assert.deepEqual(['it-north', 'IT-NORTH', 'no2nsl', 'de-lu'].map(zoneOf), [
    'IT-North',
    'IT-North',
    'NO2NSL',
    'DE-LU',
  ]);
});

test('a source has what it needs, and nothing that it does not use', () => {
  const market = tariffOf('import: {source: awattar, zone: AT, charges: 0.1, tax: 0.2}').directions.import;
  assert.deepEqual(market, {
    kind: 'market',
    market: 'awattar',
    zone: 'AT',
    product: undefined,
    region: undefined,
    charges: 0.1,
    tax: 0.2,
    baseUrl: undefined,
  });
  const messages: Readonly<Record<string, RegExp>> = {
    'import: {source: energy-charts}': /^tariff\.import\.zone: is missing; energy-charts needs it$/,
    'import: {source: awattar, zone: DE-LU}': /^tariff\.import\.zone: must be one of DE, AT with awattar$/,
    'import: {source: energy-charts, zone: DE}': /zone: must be one of AT, BE, BG, /,
    'import: {source: energy-charts, zone: XX}': /zone: must be a bidding zone such as DE-LU, not "XX"/,
    'import: {source: octopus, region: C}': /^tariff\.import\.product: is missing/,
    'import: {source: octopus, product: AGILE-24-10-01}': /^tariff\.import\.region: is missing/,
    'import: {source: octopus, product: AGILE-24-10-01, region: C, zone: DE}':
      /zone: has no effect with octopus/,
    'import: {source: octopus, product: ../../etc, region: C}': /product: must be a product code/,
    'import: {source: awattar, zone: AT, price: 0.3}':
      /price: cannot be used together with tariff\.import\.source/,
    'import: {source: awattar, zone: AT, zones: [{price: 1}]}': /zones: cannot be used together/,
    'currency: EUR\nimport: {price: 0.3, tax: 0.19}': /tax: has no effect without tariff\.import\.source/,
    'import: {source: awattar, zone: AT, tax: 19}': /tax: must be a fraction from 0 to 1, such as 0\.19/,
    'import: {source: tibber}': /source: must be energy-charts, awattar or octopus/,
    'currency: EUR\nimport: {zones: [{hours: 22-6, price: 0.2}]}': /price: is missing/,
    'currency: EUR\nimport: {price: 0.3, zones: [{hours: 22-6}]}': /zones\[0\]\.price: is missing/,
    'currency: EUR\nimport: {price: 0.3, zones: [{hours: 22-30, price: 1}]}':
      /hours: must be hours such as 22-6/,
    'currency: EUR\nimport: {price: 0.3, zones: [{days: Weekend, price: 1}]}': /days: must be days such as/,
    'currency: EUR\nimport: 0,31':
      /^tariff\.import\.price: must be a price per kWh such as 0\.31, not "0,31"$/,
    'currency: EUR\nstanding_charge_per_day: 0.3': /unknown setting/,
  };
  for (const [yaml, message] of Object.entries(messages)) assert.match(refused(yaml), message, yaml);
});

test('what check shows is a configuration that means the same', () => {
  const yaml = `currency: EUR
timezone: Europe/Berlin
import: {price: 0.31, zones: [{hours: "22-6", price: 0.24}]}
export: {source: energy-charts, zone: DE-LU, charges: -0.01, tax: 0, base_url: "http://127.0.0.1:1/"}`;
  const env = { TRUCKI_TARGETS: '192.0.2.1' };
  const config = load(`tariff:\n${yaml.replaceAll(/^/gm, '  ')}`, env);
  const shown = describeConfig(config);
  assert.deepEqual(load(shown, {}).derived, config.derived);
  assert.equal(
    (parse(shown) as { tariff: { export: { base_url: string } } }).tariff.export.base_url,
    'http://127.0.0.1:1',
  );
});
