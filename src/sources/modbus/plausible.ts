import { SourceError } from '../../base/errors.ts';

/** Numbers of one block by quantity. */
export type Quantities = Map<string, number>;

/** A well-formed answer whose numbers cannot be true: those of other registers, or of another time. */
export class ImplausibleAnswer extends SourceError {
  constructor(message: string) {
    super('malformed', message);
  }
}

/** No inverter of this vendor is near it, in W. */
const LARGEST_POWER = 2_000_000;
/** Grids of 50 and 60 Hz, and islands that control their power by the frequency. */
const [LEAST_HZ, MOST_HZ] = [45, 65];

/** Whether a grid, or the inverter's own output, can have this frequency. */
export function isFrequency(hertz: number): boolean {
  return hertz >= LEAST_HZ && hertz <= MOST_HZ;
}

/**
 * Checks what an answer cannot say. Known gateways answer a request with the answer to an earlier one, and some
 * inverters answer for blocks that they do not have; the frequency shows it best.
 * @param what the registers, for the message
 * @throws ImplausibleAnswer
 */
export function checkQuantities(quantities: Quantities, what: string): void {
  const frequency = quantities.get('ac_frequency');
  if (frequency !== undefined && frequency !== 0 && !isFrequency(frequency))
    throw new ImplausibleAnswer(`${what}: a frequency of ${frequency} Hz is not plausible`);
  for (const quantity of ['ac_power', 'pv_power', 'load_power']) {
    const power = quantities.get(quantity) ?? 0;
    if (Math.abs(power) > LARGEST_POWER)
      throw new ImplausibleAnswer(`${what}: a power of ${power} W is not plausible`);
  }
  if (frequency === 0 && (quantities.get('ac_power') ?? 0) > 0)
    throw new ImplausibleAnswer(`${what}: AC power without a frequency is not plausible`);
  const charge = quantities.get('battery_soc') ?? 0;
  if (charge > 100) throw new ImplausibleAnswer(`${what}: a state of charge of ${charge} % is not plausible`);
}
