import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { catalogue } from '../../src/catalogue.ts';
import { parseFlags } from '../../src/cli/flags.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Labels, Value } from '../../src/model/reading.ts';
import { families } from '../../src/sources/modbus/families.ts';
import { targetsOf } from '../../src/sources/modbus/quantities.ts';
import type { RegisterMap } from '../../src/sources/modbus/register-map.ts';
import { legacyMetrics } from '../../src/sources/trucki/metrics.ts';
import { readAnswer } from '../../src/sources/trucki/readings.ts';
import { blocksOf, rowsOf } from '../helpers/page-sections.ts';

const page = readFileSync('docs/migration.md', 'utf8');

/** An answer of a stick with two linked sticks and a meter, each number another one. */
const ANSWER = {
  VGRID: 231.2,
  VBAT: 52.4,
  SETACPOWER: 351,
  TEMP: 41,
  POWERLIMIT: 900,
  SUN2ROUNDTRIP: '12 ms',
  SUN2SETPOINT: 152,
  SUN2POWERLIMIT: 802,
  SUN3ROUNDTRIP: '13 ms',
  SUN3SETPOINT: 153,
  SUN3POWERLIMIT: 803,
  METERREADOUT: 118,
  DAYENERGY: 1.75,
  TOTALENERGY: 312.4,
  METERDAYENERGY: 1.35,
  ACPOWER: '349.00 W',
  ACPOWERSUN2: '148.00 W',
  ACPOWERSUN3: '147.00 W',
  ZEPCPOWER: '697.00 W',
  METERPOWER: '15.00 W',
  WIFI: 'CONNECTED',
  RSSI: 'Fairly good',
};

/** `metric{label="value"} * factor`, as far as the page writes PromQL. */
function parts(query: string) {
  const [, metric = '', labels = '', factor = '1'] =
    /^([a-z_0-9]+)(?:\{([^}]*)\})?(?: \* (\d+))?$/.exec(query) ?? assert.fail(`not understood: ${query}`);
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]);
  return { metric, labels: Object.fromEntries(pairs) as Labels, factor: Number(factor) };
}

const code = (cell = '') => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
const hasLabels = (labels: Labels | undefined, wanted: Labels) =>
  Object.entries(wanted).every(([name, value]) => labels?.[name] === value);

describe('The page on migration, from trucki2prometheus', () => {
  const rows = rowsOf(page, 'Names').map(([old = '', key = '', query = '']) => ({
    old: code(old)[0] ?? '',
    key,
    query: code(query)[0] ?? '',
  }));

  it('has all of its names, in the same order as the catalogue', () => {
    const known = legacyMetrics.definitions.map(({ name }) => name);
    // That of the Wi-Fi is in the catalogue once, with those of the new names.
    assert.deepEqual(
      rows.map(({ old }) => old).filter((name) => name !== 'trucki_wifi_state'),
      known,
    );
    assert.equal(rows.length, 22);
  });

  it('has a query for each that gives the old value', () => {
    const { values } = readAnswer('stick', ANSWER, true);
    assert.deepEqual(
      rows.map(({ key }) => key),
      Object.keys(ANSWER),
    );
    for (const { old, query } of rows) {
      const { metric, labels, factor } = parts(query);
      const legacy = values.find((value: Value) => value.metric === old && value.labels === undefined);
      const now = values.find((value: Value) => value.metric === metric && hasLabels(value.labels, labels));
      assert.ok(legacy && now, old);
      assert.equal(now.value * factor, legacy.value, old);
    }
  });

  it('has a command that takes its flags', () => {
    const [command = ''] = blocksOf(page, 'Flags and environment');
    const [, args = ''] = /solar-otel-agent (.*)$/m.exec(command) ?? [];
    const invocation = parseFlags(args.split(' '));
    assert.equal(invocation.command, 'run');
    const { flags } = invocation as Extract<typeof invocation, { command: 'run' }>;
    const config = loadConfig({ env: { TRUCKI_LEGACY_NAMES: 'true' }, flags, isTerminal: false });
    assert.equal(config.exporter.listenAddr.port, 8080);
    assert.equal(config.sources.trucki.interval, 5000);
    assert.equal(config.sources.trucki.legacyNames, true);
  });
});

/** What the maps have converted first, and what becomes of it. */
const CONVERTED: Readonly<Record<string, readonly string[]>> = {
  status: ['growatt_inverter_status_code', 'growatt_inverter_status'],
  offgrid_status: ['growatt_inverter_status_code', 'growatt_inverter_status'],
  battery_output: ['growatt_battery_charge_power_watts', 'growatt_battery_discharge_power_watts'],
};

const exporters: Readonly<Record<string, readonly RegisterMap[]>> = {
  growatt_exporter: families.spf.maps,
  OpenInverterGateway: families.sph.maps,
};

const names: ReadonlySet<string> = new Set(catalogue.map(({ name }) => name));

for (const [exporter, maps] of Object.entries(exporters)) {
  describe(`The page on migration, from ${exporter}`, () => {
    const rows = rowsOf(page, exporter).filter(([, register = '']) => /^\d+$/.test(register));
    const mapRows = maps.flatMap((map) => map.rows);

    it('has names that the agent reads from the same registers', () => {
      assert.ok(rows.length >= 19, String(rows.length));
      for (const [old = '', register = '', here = ''] of rows) {
        const used = [...here.matchAll(/(growatt_[a-z0-9_]+)(\{[^}]*\})?/g)];
        assert.ok(used.length > 0, old);
        const quantities = mapRows.filter((row) => row.register === Number(register));
        for (const [, metric = '', labels = ''] of used) {
          assert.ok(names.has(metric), `${old}: ${metric}`);
          const wanted = parts(`${metric}${labels}`).labels;
          const isRead = quantities.some(
            ({ quantity }) =>
              CONVERTED[quantity]?.includes(metric) ||
              targetsOf.get(quantity)?.some((to) => to.metric === metric && hasLabels(to.labels, wanted)),
          );
          assert.ok(isRead, `${old}: register ${register} is not read as ${metric}${labels}`);
        }
      }
    });

    it('names no old metric and no register twice', () => {
      for (const column of [0, 1]) {
        const cells = rows.map((row) => row[column]);
        assert.equal(new Set(cells).size, cells.length);
      }
    });
  });
}
