import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { catalogue } from '../../src/catalogue.ts';
import { ownCatalogue } from '../../src/telemetry/own-catalogue.ts';
import { dashboardQueries, queryVariables } from './dashboards.ts';

/** Labels that Prometheus gives to what it scrapes, and what Prometheus itself counts. */
const FROM_PROMETHEUS = ['job', 'instance', '__name__'];
const LABELS = new Map<string, Set<string>>([['up', new Set()]]);
const own = Object.entries(ownCatalogue).map(([name, { labels }]) => ({ name, labels }));
for (const { name, labels } of [...catalogue, ...own]) {
  LABELS.set(name, new Set([...(LABELS.get(name) ?? []), ...labels]));
}

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert?: string;
      readonly record?: string;
      readonly expr: string;
      readonly annotations?: Readonly<Record<string, string>>;
    }[];
  }[];
}

describe('Dashboard and alerts', () => {
  it('use metrics and labels that the agent has', async () => {
    const queries = dashboardQueries();
    assert.ok(queries.length > 100);
    for (const { panel, expr, legend } of queries) {
      const labels = labelsKnownTo(expr, panel);
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g)) {
        assert.ok(labels.has(label), `${panel}: no metric of this panel has the label ${label}`);
      }
    }
    for (const { name, query } of queryVariables()) labelsKnownTo(query, name);

    const { groups } = parse(await readFile('deploy/prometheus/alerts.yaml', 'utf8')) as Rules;
    const rules = groups.flatMap((group) => group.rules);
    const recorded = new Map(rules.map(({ record = '', expr }) => [record, expr]));
    const inFull = (expr: string): string =>
      expr.replaceAll(/\b\w+:\w+:\w+/g, (name) => {
        const definition = recorded.get(name);
        assert.ok(definition, `there is no rule ${name}`);
        return `(${inFull(definition)})`;
      });
    for (const { alert, record, expr, annotations = {} } of rules) {
      const labels = labelsKnownTo(inFull(expr), `${alert ?? record}`);
      for (const [, label = ''] of Object.values(annotations)
        .join()
        .matchAll(/\$labels\.(\w+)/g)) {
        assert.ok(labels.has(label), `${alert}: there is no label ${label}`);
      }
    }
  });

  it('a metric or label that the agent does not have is found', () => {
    assert.throws(() => labelsKnownTo('sum(growatt_power_watts)', 'a panel'));
    assert.throws(() => labelsKnownTo('trucki_up{plant_id="1"}', 'a panel'));
    assert.throws(() => labelsKnownTo('sum by (stick) (growatt_up)', 'a panel'));
    assert.throws(() => labelsKnownTo('{__name__=~"growatt_pw[0-9]"}', 'a panel'));
  });
});

/** The labels of the metrics in a query. @throws AssertionError for an unknown metric or label */
function labelsKnownTo(query: string, where: string): ReadonlySet<string> {
  const bare = query.replaceAll(/"[^"]*"/g, '""');
  const patterns = [...query.matchAll(/__name__=~"([^"]*)"/g)].map(
    ([, pattern]) => new RegExp(`^(?:${pattern})$`),
  );
  const matched = patterns.flatMap((pattern) => [...LABELS.keys()].filter((name) => pattern.test(name)));
  assert.ok(matched.length >= patterns.length, `${where}: a pattern matches no metric: ${query}`);
  const named = [...bare.matchAll(/\b(?:(?:growatt|trucki|solar|process|nodejs)_\w+|up\b)/g)].map(([name]) =>
    name.replace(/(?<=_seconds)_(?:bucket|sum|count)$/, ''),
  );
  const labels = new Set(FROM_PROMETHEUS);
  for (const name of [...named, ...matched]) {
    const known = LABELS.get(name);
    assert.ok(known, `${where}: there is no metric ${name}`);
    for (const label of known) labels.add(label);
  }
  if (/_bucket\b/.test(bare)) labels.add('le');
  // What label_replace and label_join make, after what they are made from.
  for (const [, label = ''] of query.matchAll(/, "(\w+)", "[^"]*"/g)) labels.add(label);
  for (const label of labelsIn(bare)) {
    assert.ok(labels.has(label), `${where}: no metric of ${query} has the label ${label}`);
  }
  return labels;
}

function labelsIn(query: string): string[] {
  const selectors = [...query.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*""/g)].map(([, label = '']) => label);
  const groupings = [...query.matchAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g)];
  const variables = [...query.matchAll(/label_values\(.*, *(\w+)\)/g)].map(([, label = '']) => label);
  const grouped = groupings.flatMap(([, list = '']) => list.split(',').map((label) => label.trim()));
  return [...selectors, ...grouped, ...variables].filter(Boolean);
}
