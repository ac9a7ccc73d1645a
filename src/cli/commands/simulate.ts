import { once } from 'node:events';
import { parseListenAddress } from '../../config/addresses.ts';
import type { Flags } from '../../config/load.ts';
import { listenError } from '../../export/listen-error.ts';
import { startGrowattCloud } from '../../simulators/growatt/cloud.ts';
import { demoPlants } from '../../simulators/growatt/plants.ts';
import { startTruckiStick } from '../../simulators/trucki/stick.ts';
import { DONE, type Program, RunError } from '../program.ts';

const TOKEN = 'simulated-token';
const DEFAULT_LISTEN = { host: '127.0.0.1', port: 9121 };

/** Only the simulators, on one port and the next, for building dashboards and testing other clients. */
export async function simulate({ flags }: { readonly flags: Flags }, program: Program): Promise<number> {
  const { host = '::', port } = parseListenAddress(flags['-p'] ?? '') ?? DEFAULT_LISTEN;
  const at = (offset: number) => ({ host, port: port === 0 ? 0 : port + offset });
  const plants = demoPlants(Date.now());
  const cloud = await startGrowattCloud({ ...at(0), token: TOKEN, plants }).catch(refuse(at(0)));
  try {
    const stick = await startTruckiStick({ ...at(1), firmware: 'jsonlive', remotes: 2, meter: true }).catch(
      refuse(at(1)),
    );
    try {
      await program.out(
        `Growatt cloud: GROWATT_BASE_URL=${reachable(cloud.url)} GROWATT_TOKEN=${TOKEN}\n` +
          `Trucki stick:  TRUCKI_TARGETS=${reachable(stick.address)}\n` +
          'Both are simulated; Ctrl-C stops them.\n',
      );
      if (!program.signal.aborted) await once(program.signal, 'abort');
    } finally {
      await stick.close();
    }
  } finally {
    await cloud.close();
  }
  return DONE;
}

/** All interfaces are no address to connect to. */
const reachable = (address: string) => address.replace('[::]', 'localhost');

function refuse(listen: { host: string; port: number }): (cause: Error) => never {
  return (cause) => {
    throw new RunError(listenError(listen, cause, '-p').message, { cause });
  };
}
