/** Values of `growatt_inverter_status`; the same for every family and every way of reading it. */
export const OFFLINE = 0;
export const NORMAL = 1;
export const WAITING = 2;
export const FAULT = 3;
export const OTHER = 4;

/** What the status numbers of a device mean. */
export type StatusTable = Readonly<Record<number, number>>;

/** Working mode of hybrid inverters but for 0: 5 to 8 are the working modes, 9 passes the grid on to the backup output. */
export const WORKING_MODES: StatusTable = {
  1: OTHER,
  3: FAULT,
  4: OTHER,
  5: NORMAL,
  6: NORMAL,
  7: NORMAL,
  8: NORMAL,
  9: NORMAL,
};
