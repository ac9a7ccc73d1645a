import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { dashboardFiles } from '../../deploy/grafana/dashboards.ts';
import { dashboardNamed, dashboardNames, type Panel } from './dashboards.ts';

const COLUMNS = 24;

/** A module of the SDK about one kind of panel. */
interface Kind {
  readonly PanelBuilder: new () => { build(): { readonly type: string; readonly options?: object } };
}

/** Settings that the SDK's methods call otherwise. */
const NAMES_OF_SDK: Readonly<Record<string, string>> = { color: 'colorScheme' };

describe('The dashboards', () => {
  it('are committed as their sources make them', () => {
    assert.deepEqual([...dashboardNames].sort(), ['agent', 'fleet', 'home', 'trucki']);
    for (const [path, text] of Object.entries(dashboardFiles))
      assert.equal(readFileSync(path, 'utf8'), text, `${path}: run npm run monitoring`);
    for (const name of dashboardNames)
      assert.deepEqual(
        JSON.parse(readFileSync(`deploy/kubernetes/monitoring/dashboards/${name}.json`, 'utf8')),
        dashboardNamed(name),
      );
  });

  for (const name of dashboardNames) {
    const { panels, templating, uid } = dashboardNamed(name);
    const shown = panels.filter(({ type }) => type !== 'row');

    it(`${name}: panels have ids and titles of their own and do not cover each other`, () => {
      assert.equal(uid, `solar-${name}`);
      assert.ok(shown.length > 10);
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
      assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length);
      const taken = new Map<string, string>();
      for (const { title, gridPos } of panels) {
        const { x, y, w, h } = gridPos;
        assert.ok(w > 0 && h > 0 && x >= 0 && x + w <= COLUMNS, title);
        for (let column = x; column < x + w; column++) {
          for (let row = y; row < y + h; row++) {
            const other = taken.get(`${column},${row}`);
            assert.equal(other, undefined, `${title} covers ${other}`);
            taken.set(`${column},${row}`, title);
          }
        }
      }
    });

    it(`${name}: every panel asks the chosen data source, and every query has a name`, () => {
      const source = { type: 'prometheus', uid: `\${${templating.list[0]?.name}}` };
      assert.equal(templating.list[0]?.type, 'datasource');
      for (const { title, type, datasource, targets = [], transformations = [] } of shown) {
        assert.deepEqual(datasource, source, title);
        assert.ok(targets.length > 0, title);
        assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
        for (const target of targets) {
          assert.deepEqual(target.datasource, source, title);
          // Tables and bars name their fields by columns.
          assert.ok(target.legendFormat !== '' || transformations.length > 0, `${title} (${type})`);
        }
      }
    });

    it(`${name}: Grafana's SDK knows every kind of panel, every option and every field setting`, async () => {
      for (const { title, type, options, fieldConfig } of shown) {
        const kind = (await import(`@grafana/grafana-foundation-sdk/${type.replace('-', '')}`)) as Kind;
        const panel = new kind.PanelBuilder();
        assert.equal(panel.build().type, type);
        // The SDK has a method for each setting of a kind of panel.
        for (const key of [...Object.keys(options), ...Object.keys(fieldConfig.defaults.custom ?? {})])
          assert.ok(key in panel || key in (panel.build().options ?? {}), `${title}: ${type} has no ${key}`);
        for (const key of Object.keys(fieldConfig.defaults))
          assert.ok(key === 'custom' || (NAMES_OF_SDK[key] ?? key) in panel, `${title}: ${key}`);
        for (const { id } of fieldConfig.overrides.flatMap(({ properties }) => properties)) {
          const key = id.replace(/^custom\./, '');
          assert.ok((NAMES_OF_SDK[key] ?? key) in panel, `${title}: ${id}`);
        }
      }
    });

    it(`${name}: its queries use the variables that it has, and it has those that they use`, () => {
      const names = templating.list.map((variable) => variable.name).filter((each) => each !== 'datasource');
      const texts = JSON.stringify([shown.map(({ targets }) => targets), templating.list]);
      const used = new Set([...texts.matchAll(/\$([a-z_]+)/g)].map(([, each = '']) => each));
      used.delete('__all');
      assert.deepEqual([...used].sort(), names.sort());
    });
  }

  const home = (title: string): Panel => {
    const panel = dashboardNamed('home').panels.find((each) => each.title === title);
    return panel ?? assert.fail(`home has no panel ${title}`);
  };

  it('show at home what a plant owner looks for', () => {
    const power = home('Current power');
    assert.deepEqual([power.type, power.options.graphMode], ['stat', 'area']);
    for (const [title, axis] of [
      ['Daily energy, 30 days', 'date'],
      ['Months compared', 'month'],
    ] as const) {
      assert.equal(home(title).type, 'barchart');
      assert.equal(home(title).options.xField, `${axis}\\plant_name`);
    }
    assert.equal(home('Status').fieldConfig.defaults.mappings?.length, 1);
    const temperature = home('Temperature');
    assert.equal(temperature.type, 'gauge');
    assert.equal(temperature.fieldConfig.defaults.thresholds?.steps.length, 3);
    const inputs = home('PV1 and PV2, power').targets?.map(({ expr }) => /growatt_pv\d/.exec(expr)?.[0]);
    assert.deepEqual(inputs, ['growatt_pv1', 'growatt_pv2']);
    for (const title of ['AC voltage', 'AC frequency']) {
      const limits = home(title).targets?.filter(({ legendFormat }) => legendFormat.startsWith('limit'));
      assert.equal(limits?.length, 2, title);
    }
    const heat = home('Power by hour and weekday, 8 weeks');
    assert.ok(heat.transformations?.some(({ id }) => id === 'groupingToMatrix'));
    for (const title of ['Flow', 'Battery', 'Self-consumption today', 'Autarky today', 'kWh per kWp today'])
      home(title);
  });
});
