import { PanelBuilder as BarChart } from '@grafana/grafana-foundation-sdk/barchart';
import type { Dataquery as AnyQuery, Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as Gauge } from '@grafana/grafana-foundation-sdk/gauge';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';

export const SOURCE = { type: 'prometheus', uid: '$' + '{datasource}' };

/** A query and the name of its series, in Grafana's form: `{{label}}`. */
export type Query = readonly [expr: string, legend: string];

/** Where a scale changes its colour; the first colour holds below the first value. */
export type Steps = readonly [first: string, ...rest: (readonly [value: number, color: string])[]];

export interface PanelOptions {
  readonly title: string;
  /** What it shows and when it is empty, where the title does not say it. */
  readonly description?: string;
  /** Columns of 24. */
  readonly width: number;
  /** Rows of 30 pixels. */
  readonly height?: number;
  /** A unit of Grafana, such as `watt`. */
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly steps?: Steps;
  /** What values mean: text and colour. */
  readonly words?: Readonly<Record<string, readonly [text: string, color: string]>>;
}

/** What all kinds of panels have in common. */
interface AnyPanel extends Builder<Panel> {
  title(title: string): unknown;
  description(description: string): unknown;
  datasource(datasource: typeof SOURCE): unknown;
  span(columns: number): unknown;
  height(rows: number): unknown;
  unit(unit: string): unknown;
  decimals(decimals: number): unknown;
  min(min: number): unknown;
  max(max: number): unknown;
  thresholds(thresholds: ThresholdsConfigBuilder): unknown;
  colorScheme(color: FieldColorBuilder): unknown;
  mappings(mappings: ValueMapping[]): unknown;
  targets(targets: Builder<AnyQuery>[]): unknown;
}

/** Fills in what is the same for each kind of panel. */
function fill<P extends AnyPanel>(panel: P, options: PanelOptions, targets: readonly Builder<AnyQuery>[]): P {
  const { title, description, width, height = 8, unit, decimals, min, max, steps, words } = options;
  panel.title(title);
  panel.datasource(SOURCE);
  panel.span(width);
  panel.height(height);
  panel.targets([...targets]);
  if (description !== undefined) panel.description(description);
  if (unit !== undefined) panel.unit(unit);
  if (decimals !== undefined) panel.decimals(decimals);
  if (min !== undefined) panel.min(min);
  if (max !== undefined) panel.max(max);
  if (words) panel.mappings([mapping(words)]);
  if (steps) {
    panel.thresholds(thresholds(steps));
    panel.colorScheme(color(FieldColorModeId.Thresholds));
  }
  return panel;
}

const color = (mode: FieldColorModeId) => new FieldColorBuilder().mode(mode);

function thresholds([first, ...rest]: Steps): ThresholdsConfigBuilder {
  const above = rest.map(([value, color]) => ({ value, color }));
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: first }, ...above]);
}

function mapping(words: NonNullable<PanelOptions['words']>): ValueMapping {
  const options = Object.entries(words).map(([value, [text, color]], index) => [
    value,
    { text, color, index },
  ]);
  return { type: MappingType.ValueToText, options: Object.fromEntries(options) };
}

/** `A`, `B`, … as Grafana names queries. */
const refId = (index: number) => String.fromCharCode('A'.charCodeAt(0) + index);

const query = ([expr, legend]: Query, index: number) =>
  new DataqueryBuilder().refId(refId(index)).datasource(SOURCE).expr(expr).legendFormat(legend);
const overTime = (queries: readonly Query[]) => queries.map((each, index) => query(each, index).range());
const now = (queries: readonly Query[]) =>
  queries.map((each, index) => query(each, index).instant().format(PromQueryFormat.TimeSeries));
const rows = (queries: readonly Query[]) =>
  queries.map((each, index) => query(each, index).instant().format(PromQueryFormat.Table));

/** Single values; over time, with a line of the past behind them. */
export function stat(
  options: PanelOptions & { readonly past?: boolean },
  ...queries: readonly Query[]
): Stat {
  const { past = false, words } = options;
  const panel = fill(
    new Stat(),
    { steps: ['green'], height: 4, ...options },
    past ? overTime(queries) : now(queries),
  );
  return panel
    .graphMode(past ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .colorMode(words ? BigValueColorMode.Background : BigValueColorMode.Value)
    .textMode(BigValueTextMode.Auto);
}

/** A dial for each series. */
export function gauge(options: PanelOptions, ...queries: readonly Query[]): Gauge {
  return fill(new Gauge(), options, now(queries)).showThresholdMarkers(true);
}

/** Lines over time; a series whose legend begins with `limit` is a dashed red line. */
export function lines(options: PanelOptions, ...queries: readonly Query[]): TimeSeries {
  const panel = fill(new TimeSeries(), options, overTime(queries)).fillOpacity(8).lineWidth(1);
  panel.showPoints(VisibilityMode.Never).legend(legend()).tooltip(tooltip());
  if (options.steps) panel.thresholdsStyle({ build: () => ({ mode: GraphThresholdsStyleMode.Dashed }) });
  if (queries.some(([, name]) => name.startsWith('limit'))) panel.overrideByRegexp('limit.*', LIMIT_LINE);
  // A threshold colours the area, not the lines: they are told apart by their own colours.
  return panel.colorScheme(color(FieldColorModeId.PaletteClassic));
}

const LIMIT_LINE: DynamicConfigValue[] = [
  { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
  { id: 'custom.fillOpacity', value: 0 },
];

const legend = () =>
  new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true);
const tooltip = () =>
  new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);

/** States over time, in words. */
export function states(options: PanelOptions, ...queries: readonly Query[]): StateTimeline {
  return fill(new StateTimeline(), { steps: ['text'], ...options }, overTime(queries))
    .showValue(VisibilityMode.Never)
    .mergeValues(true)
    .legend(legend())
    .tooltip(tooltip());
}

/** How a table is made of the answers to instant queries. */
export interface TableOptions extends PanelOptions {
  /** The label by which the answers are joined; undefined: there is one answer. */
  readonly join?: string;
  /** Columns in their order: what Grafana calls them, and what they are called here. */
  readonly columns: Readonly<Record<string, string>>;
  /** Units of columns, by their name here. */
  readonly units?: Readonly<Record<string, string>>;
  /** The column to sort by, by its name here, the highest first; with `-` before it the lowest. */
  readonly sort?: string;
}

/** A table with one row for each series. */
export function table(options: TableOptions, ...queries: readonly Query[]): Table {
  const { join, columns, units = {}, sort } = options;
  const panel = fill(new Table(), options, rows(queries));
  if (join !== undefined)
    panel.withTransformation({ id: 'joinByField', options: { byField: join, mode: 'outer' } });
  // Only the named columns are kept, in the order in which they stand.
  panel.withTransformation({
    id: 'filterFieldsByName',
    options: { include: { names: Object.keys(columns) } },
  });
  const indexByName = Object.fromEntries(Object.keys(columns).map((name, index) => [name, index]));
  panel.withTransformation({ id: 'organize', options: { indexByName, renameByName: columns } });
  for (const [name, unit] of Object.entries(units)) panel.overrideByName(name, [{ id: 'unit', value: unit }]);
  if (sort !== undefined) {
    const state = { displayName: sort.replace(/^-/, ''), desc: !sort.startsWith('-') };
    panel.sortBy([{ build: () => state }]);
  }
  return panel;
}

/** What one value of a matrix belongs to: the labels whose values name its rows and its columns. */
interface Matrix {
  readonly row: string;
  readonly column: string;
}

/** Bars: a group for each value of the label `row`, in it a bar for each value of the label `column`. */
export function bars(options: PanelOptions & Matrix, query: Query): BarChart {
  const panel = fill(new BarChart(), options, rows([query]));
  return matrix(panel, options)
    .xField(fieldOf(options))
    .legend(legend())
    .tooltip(tooltip())
    .colorScheme(color(FieldColorModeId.PaletteClassic));
}

/** A table whose cells are coloured by their value: rows and columns are the values of two labels. */
export function heat(options: PanelOptions & Matrix, query: Query): Table {
  const panel = fill(new Table(), options, rows([query]));
  const cells = [{ id: 'custom.cellOptions', value: { type: 'color-background' } }];
  return matrix(panel, options)
    .colorScheme(color(FieldColorModeId.ContinuousBlYlRd))
    .overrideByRegexp(`^(?!${options.row}).*`, cells);
}

/** As Grafana names the first field of a matrix. */
const fieldOf = ({ row, column }: Matrix) => `${row}\\${column}`;

/** One value for each row and column, both in alphabetical order. */
function matrix<P extends BarChart | Table>(panel: P, of: Matrix): P {
  const { row: rowField, column: columnField } = of;
  const sortBy = (field: string) => ({ id: 'sortBy', options: { sort: [{ field }] } });
  panel.withTransformation(sortBy(columnField));
  panel.withTransformation({
    id: 'groupingToMatrix',
    options: { rowField, columnField, valueField: 'Value', emptyValue: 'null' },
  });
  panel.withTransformation(sortBy(fieldOf(of)));
  return panel;
}
