import { readFile } from 'node:fs/promises';

/** One query of a Grafana dashboard. */
export interface DashboardQuery {
  readonly panel: string;
  readonly expr: string;
  /** Grafana's pattern for the name of a series, such as `{{device_sn}}`. */
  readonly legend: string;
}

interface Dashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string | { query: string } }[];
  };
}

export const DASHBOARD = 'deploy/grafana/dashboards/solar.json';

/** The dashboard's queries, with its variables set to everything. */
export async function dashboardQueries(): Promise<readonly DashboardQuery[]> {
  const { panels } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as Dashboard;
  return panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat }) => ({
      panel: title,
      expr: expr.replaceAll(/\$(plant|device|stick)\b/g, '.*'),
      legend: legendFormat,
    })),
  );
}

/** The queries that fill the dashboard's variables, such as `label_values(metric, label)`. */
export async function variableQueries(): Promise<readonly string[]> {
  const { templating } = JSON.parse(await readFile(DASHBOARD, 'utf8')) as Dashboard;
  return templating.list.flatMap(({ query }) => (typeof query === 'string' ? [] : [query.query]));
}
