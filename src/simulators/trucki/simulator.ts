import type { StartSimulator } from '../../model/simulator.ts';
import { startTruckiStick } from './stick.ts';

/** A stick with two linked sticks and a house meter. */
export const startSimulator: StartSimulator = async ({ host, port, demo }) => {
  const { address, close } = await startTruckiStick({
    host,
    port,
    firmware: 'jsonlive',
    remotes: 2,
    meter: true,
  });
  return {
    env: demo ? { TRUCKI_TARGETS: `demo=${address}`, TRUCKI_INTERVAL: '2s' } : { TRUCKI_TARGETS: address },
    lines: [`Trucki stick:  TRUCKI_TARGETS=${address}`],
    close,
  };
};
