import type { StatusTable } from '../../../metrics/growatt/inverter-status.ts';
import type { Endpoint, Params } from '../call.ts';
import type { FieldRow } from '../fields.ts';

/** A call that names devices: one by `param`, or several separated by commas. */
export interface DeviceCall extends Endpoint {
  readonly param: string;
  /** Parameters that are the same for all devices. */
  readonly fixed?: Params;
}

/** How to read one family of devices: where, and what its keys mean. */
export interface Family {
  /** The family's word, as in the label `device_type`. */
  readonly word: string;
  /** Live values of one device. */
  readonly last: DeviceCall;
  /** Live values of up to 100 devices, where the API has such a call. */
  readonly batch?: DeviceCall;
  readonly fields: readonly FieldRow[];
  /** Raw status to `growatt_inverter_status`; anything else is OTHER. */
  readonly status?: StatusTable;
  /** The working mode says more than the text of the status, which follows another key. */
  readonly modeFirst?: boolean;
  /** What the fault codes mean. */
  readonly faults?: Readonly<Record<number, string>>;
  /** Optional features that every device of the family has, even while they read 0. */
  readonly features?: readonly string[];
  /** Rated power of the largest model on the market in W; absent where a value has no such bound. */
  readonly largest?: number;
}

/** A family's usual endpoints: `device/tlx/tlx_last_data` and, in batches, `device/tlx/tlxs_data`. */
export function endpoints(name: string, batch: boolean): Pick<Family, 'last' | 'batch'> {
  const path = `device/${name}/${name}`;
  return {
    last: { method: 'POST', path: `${path}_last_data`, param: `${name}_sn` },
    ...(batch && { batch: batchCall(`${path}s_data`, `${name}s`) }),
  };
}

/** A batch call has pages of 100 devices; only the first is ever needed. */
export function batchCall(path: string, param: string): DeviceCall {
  return { method: 'POST', path, param, fixed: { pageNum: 1 } };
}
