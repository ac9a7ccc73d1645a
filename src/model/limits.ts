/** A bound on what a source may bring: what is beyond it is left out. */
export interface Limit {
  readonly most: number;
  /** What is bounded, after the number. */
  readonly of: string;
  /** What becomes of the rest. */
  readonly beyond: string;
}

/**
 * The bounds on what sources bring, by the value of the label `limit`. Where one cuts, it is logged once and counted in
 * `solar_agent_limit_reached_total`.
 */
export const limits = {
  list_rows: {
    most: 5000,
    of: 'rows of one list of the cloud: plants of an account, devices of a plant',
    beyond: 'later rows are not read',
  },
  devices: {
    most: 5000,
    of: 'devices of one account',
    beyond: 'devices that are found later are not read',
  },
  label_length: {
    most: 200,
    of: 'characters of a name, serial number or other text that a source gives',
    beyond: 'the rest of the text is cut off',
  },
  unknown_statuses: {
    most: 100,
    of: 'unknown status texts and codes of an account that are logged',
    beyond: 'further ones are not logged',
  },
  series: {
    most: 500_000,
    of: 'series of all sources together',
    beyond: 'those of the sources configured last are not exposed',
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;
