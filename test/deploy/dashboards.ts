import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = 'deploy/grafana/dashboards';

/** A dashboard as it is committed, as far as the tests look at it. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: unknown;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: unknown;
  }[];
  readonly options: { readonly graphMode?: string; readonly xField?: string };
  readonly transformations?: readonly { readonly id: string }[];
  readonly fieldConfig: {
    readonly overrides: readonly { readonly properties: readonly { readonly id: string }[] }[];
    readonly defaults: {
      readonly custom?: object;
      readonly mappings?: readonly unknown[];
      readonly thresholds?: { readonly steps: readonly unknown[] };
    };
  };
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string | { readonly query: string };
  readonly regex?: string;
}

/** One query of a dashboard. */
export interface DashboardQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly expr: string;
  /** Grafana's pattern for the name of a series, such as `{{device_sn}}`. */
  readonly legend: string;
}

export const dashboardNames: readonly string[] = readdirSync(FOLDER).map((file) => file.replace('.json', ''));

export const dashboardNamed = (name: string): Dashboard =>
  JSON.parse(readFileSync(`${FOLDER}/${name}.json`, 'utf8'));

/** What Grafana puts in place of variables while everything is chosen, and the grid of a European home. */
const CHOSEN: Readonly<Record<string, string>> = {
  plant: '.*',
  device: '.*',
  stick: '.*',
  grid_volts: '230',
  grid_hertz: '50',
};
const choose = (query: string) => query.replaceAll(/\$([a-z_]+)/g, (whole, name) => CHOSEN[name] ?? whole);

/** All queries of all panels, with their variables set to everything. */
export const dashboardQueries = (): readonly DashboardQuery[] =>
  dashboardNames.flatMap((dashboard) =>
    dashboardNamed(dashboard).panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat }) => ({
        dashboard,
        panel: title,
        expr: choose(expr),
        legend: legendFormat,
      })),
    ),
  );

/** The variables that queries fill, such as by `label_values(metric, label)` or `query_result(query)`. */
export const queryVariables = () =>
  dashboardNames.flatMap((dashboard) =>
    dashboardNamed(dashboard)
      .templating.list.filter(({ type }) => type === 'query')
      .map(({ name, query, regex }) => ({
        name: `${dashboard}: ${name}`,
        query: choose(typeof query === 'string' ? query : query.query),
        regex,
      })),
  );
