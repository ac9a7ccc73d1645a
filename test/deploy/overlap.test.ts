import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parse } from 'yaml';
import { dashboardQueries } from './dashboards.ts';

/** An aggregation that adds or counts series of devices as they are. */
const ADDS_INSTANCES =
  /\b(?:sum|count|avg)\b[^(]*(?:\([^()]*\))?\s*\((?:\w+_over_time\()?(?:growatt|trucki)_/;

test('no query adds up what two instances of the agent say of one device', async () => {
  assert.match('sum(growatt_current_power_watts{plant_id="a"})', ADDS_INSTANCES);
  assert.match('sum by (stick) (trucki_inverter_ac_power_watts)', ADDS_INSTANCES);
  assert.match('sum(max_over_time(growatt_energy_today_kwh[1d]))', ADDS_INSTANCES);
  const queries = dashboardQueries().map(({ expr }) => expr);
  const { groups } = parse(await readFile('deploy/prometheus/alerts.yaml', 'utf8')) as {
    groups: readonly { readonly rules: readonly { readonly expr: string }[] }[];
  };
  const rules = groups.flatMap((group) => group.rules.map(({ expr }) => expr));
  assert.ok(rules.length > 20);
  for (const query of [...queries, ...rules]) assert.doesNotMatch(query, ADDS_INSTANCES);
  assert.ok(queries.some((query) => query.startsWith('sum(max by (plant_id, device_sn) (')));
});
