import { localDay } from '../../base/calendar.ts';
import type { PastPower } from '../../model/overview.ts';
import type { StartSimulator } from '../../model/simulator.ts';
import { dayStart, MINUTE, openZone } from '../calendar.ts';
import { createStickModel } from './model.ts';
import { startTruckiStick } from './stick.ts';

const NAME = 'shed';
const SEED = 1;
const REMOTES = 2;
/** Between two moments of the curve: each of its steps is a mean. */
const STEP_MS = MINUTE;

/** A stick with two linked sticks and a house meter. */
export const startSimulator: StartSimulator = async ({ host, port, demo }) => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const { address, close } = await startTruckiStick({
    host,
    port,
    firmware: 'jsonlive',
    remotes: REMOTES,
    meter: true,
    zone,
    seed: SEED,
  });
  return {
    env: demo ? { TRUCKI_TARGETS: `${NAME}=${address}`, TRUCKI_INTERVAL: '2s' } : { TRUCKI_TARGETS: address },
    lines: [`Trucki stick:  TRUCKI_TARGETS=${address}`],
    ...(demo && { past: pastPower(zone) }),
    close,
  };
};

/** Power of all inverters of the stick since yesterday's midnight. */
function* pastPower(zone: string): Iterable<PastPower> {
  const now = Date.now();
  const opened = openZone(zone);
  let at = dayStart(opened, localDay(opened, now) - 1);
  const model = createStickModel({ now: () => at, zone, seed: SEED, remotes: REMOTES, charger: false });
  for (; at < now; at += STEP_MS) {
    const watts = model().inverters.reduce((sum, { power }) => sum + power, 0);
    yield { stick: NAME, at, watts };
  }
}
