import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { SOURCE } from './panels.ts';
import { MODELS, PLANT, PLANT_NAMES } from './queries.ts';

/** A row of a dashboard: its heading and its panels, from left to right; the widths of a line add up to 24. */
export type Row = readonly [title: string, ...panels: readonly Builder<Panel>[]];

export interface DashboardOptions {
  /** Also the name of its file and the end of its address. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly variables: readonly Builder<VariableModel>[];
  readonly rows: readonly Row[];
}

/** A dashboard of this project; all of them have the tag `solar`, by which they link to each other. */
export function dashboard({ name, title, description, from, variables, rows }: DashboardOptions): Dashboard {
  const builder = new DashboardBuilder(`Solar: ${title}`)
    .uid(`solar-${name}`)
    .description(description)
    .tags(['solar'])
    .time({ from, to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .link(
      new DashboardLinkBuilder('Solar')
        .type(DashboardLinkType.Dashboards)
        .tags(['solar'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    )
    .variables([
      new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
      ...variables,
    ]);
  let id = 0;
  for (const [heading, ...panels] of rows) {
    builder.withRow(new RowBuilder(heading).id(++id));
    for (const panel of panels) {
      const number = ++id;
      builder.withPanel({ build: () => ({ ...panel.build(), id: number }) });
    }
  }
  return builder.build();
}

/** A variable that a query fills, with all of its values chosen at first. */
function choice(name: string, label: string, query: string, regex = ''): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(SOURCE)
    .query({ query, refId: name })
    .definition(query)
    .regex(regex)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalCaseInsensitiveAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
}

/** Plants by their names; the value is the plant_id. */
export const plantVariable = () =>
  choice(
    'plant',
    'Plant',
    `query_result(${PLANT_NAMES})`,
    '/plant_id="(?<value>[^"]*)",plant_name="(?<text>[^"]*)"/',
  );

/** Devices of the chosen plants by model and serial number; the value is the device_sn. */
export const deviceVariable = () =>
  choice(
    'device',
    'Device',
    `query_result(label_join(${MODELS.replace('growatt_device_info', `growatt_device_info{${PLANT}}`)}, "name", " ", "model", "device_sn"))`,
    '/device_sn="(?<value>[^"]*)".*,name="(?<text>[^"]*)"/',
  );

export const stickVariable = () => choice('stick', 'Stick', 'label_values(trucki_up, stick)');

/** One of several numbers, the first at first. */
export const numberVariable = (name: string, label: string, values: readonly number[]) =>
  new CustomVariableBuilder(name)
    .label(label)
    .values(values.join(','))
    .current({ text: `${values[0]}`, value: `${values[0]}` })
    .options(values.map((value, index) => ({ text: `${value}`, value: `${value}`, selected: index === 0 })));
