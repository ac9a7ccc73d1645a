/** An alert, as it goes into the rules and into docs/alerts.md. */
export interface Alert {
  readonly name: `Solar${string}`;
  readonly severity: 'critical' | 'warning';
  /** How long the expression has to hold. */
  readonly for: string;
  readonly expr: string;
  /** One sentence with names and the value, as a template of Prometheus. */
  readonly summary: string;
  /** What has happened, without names. */
  readonly description: string;
  /** What to do about it. */
  readonly action: string;
}

/** Once for each device, also while an agent overlaps with its successor. */
export const byDevice = (metric: string, ...labels: readonly string[]): string =>
  `max by (${['plant_id', 'device_sn', ...labels].join(', ')}) (${metric})`;

/** The name of the plant, else its number, in an annotation. */
export const PLANT =
  '{{ with printf "growatt_plant_info{plant_id=%q}" $labels.plant_id | query }}{{ first . | label "plant_name" }}' +
  '{{ else }}{{ $labels.plant_id }}{{ end }}';

/** A device and its plant, in an annotation. */
export const DEVICE = `{{ $labels.device_sn }} of ${PLANT}`;

/** A device with its plant, or a stick: what an expression about both found. */
export const DEVICE_OR_STICK = `{{ if $labels.stick }}stick {{ $labels.stick }}{{ else }}${DEVICE}{{ end }}`;
