import {
  FAULT,
  NORMAL,
  OTHER,
  type StatusTable,
  WAITING,
  WORKING_MODES,
} from '../../metrics/growatt/inverter-status.ts';
import type { Quantities } from './plausible.ts';

/** Registers 0 and 2000; 5 is standby on WIT. */
const plain: StatusTable = { 0: WAITING, 1: NORMAL, 3: FAULT, 5: WAITING };

/** Register 3000: standby, on-grid, off-grid, fault, firmware update. */
const grid: StatusTable = { 0: WAITING, 1: NORMAL, 2: NORMAL, 3: FAULT, 4: OTHER };

/** Registers 1000 and 31000: waiting, self-test, fault, firmware update; from 5 on the ways of working. */
const work: StatusTable = { ...WORKING_MODES, 0: WAITING };

/** Register 0 of off-grid inverters: every other code up to 23 is a way of working. */
const offGrid = (code: number) => ({ 0: WAITING, 3: FAULT, 4: OTHER })[code] ?? (code <= 23 ? NORMAL : OTHER);

/** How an inverter is doing: `growatt_inverter_status`, and the number that says so. */
export interface Status {
  readonly status: number;
  readonly code: number;
}

/** The status from what the family's maps have of it; undefined where they have none. */
export function statusOf(quantities: Quantities): Status | undefined {
  const code = (quantity: string) => quantities.get(quantity);
  const of = (table: StatusTable, number: number) => ({ status: table[number] ?? OTHER, code: number });
  const gridStatus = code('grid_status');
  // Some firmware has the way of working in the high byte.
  if (gridStatus !== undefined) return of(grid, gridStatus & 0xff);
  const offGridStatus = code('offgrid_status');
  if (offGridStatus !== undefined) return { status: offGrid(offGridStatus), code: offGridStatus };
  const [status, mode] = [code('status'), code('work_mode')];
  // Hybrids number their status in register 0 like one or like the other; the way of working is beyond doubt.
  if (mode !== undefined && (mode >= 3 || status === undefined)) return of(work, mode);
  if (status === undefined) return undefined;
  return of(status > (mode === undefined ? 5 : 3) ? work : plain, status);
}
