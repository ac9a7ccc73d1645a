import type { Field } from '../fields.ts';

/** Values of `growatt_inverter_status`. */
export const OFFLINE = 0;
export const NORMAL = 1;
export const WAITING = 2;
export const FAULT = 3;
export const OTHER = 4;

export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`. */
  readonly path: string;
}

/** How to read one family of devices: where, and what its keys mean. */
export interface Family {
  /** The family's word, as in the label `device_type`. */
  readonly word: string;
  /** `type` in `device/list`. */
  readonly type: number;
  /** Live values of one device. */
  readonly last: Endpoint & { readonly param: string };
  /** Live values of up to 100 devices, where the API has such a call. */
  readonly batch?: Endpoint & { readonly param: string };
  readonly fields: readonly Field[];
  /** Raw status to `growatt_inverter_status`; anything else is OTHER. */
  readonly status?: Readonly<Record<number, number>>;
  /** Optional parts that every device of the family has, even while they read 0. */
  readonly parts?: readonly string[];
}

/** A family's usual endpoints: `device/tlx/tlx_last_data` and, in batches, `device/tlx/tlxs_data`. */
export function endpoints(name: string, batch: boolean): Pick<Family, 'last' | 'batch'> {
  return {
    last: { method: 'POST', path: `device/${name}/${name}_last_data`, param: `${name}_sn` },
    ...(batch && { batch: { method: 'POST', path: `device/${name}/${name}s_data`, param: `${name}s` } }),
  };
}
