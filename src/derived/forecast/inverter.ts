/** Of PVWatts' inverter: at rated power, and that of the one which the curve was measured at. */
const NOMINAL_EFFICIENCY = 0.96;
const REFERENCE_EFFICIENCY = 0.9637;

/**
 * AC power in W of an inverter: the curve of PVWatts (NREL/TP-6A20-62641), cut off at its rated AC power.
 * @param dc power into it, W
 * @param rated AC power, W
 */
export function inverterPower(dc: number, rated: number): number {
  const full = rated / NOMINAL_EFFICIENCY;
  // Far above it the polynomial would be negative.
  const load = Math.min(dc, full) / full;
  if (load <= 0) return 0;
  const efficiency = (NOMINAL_EFFICIENCY / REFERENCE_EFFICIENCY) * (-0.0162 * load - 0.0059 / load + 0.9858);
  return Math.max(0, Math.min(efficiency * load * full, rated));
}
