import { listenError } from '../export/listen-error.ts';
import type { SourceKind } from '../model/kind.ts';
import type { PastPower } from '../model/overview.ts';
import type { Simulator } from '../model/simulator.ts';
import { RunError } from './program.ts';

export interface SimulatorsOptions {
  readonly kinds: Readonly<Record<string, Pick<SourceKind, 'simulator'>>>;
  readonly host: string;
  /** Of the first kind; the others take the next ones, in the order of the kinds. 0: free ones. */
  readonly port: number;
  readonly demo: boolean;
  readonly plants?: number;
}

/** Starts the simulators of all kinds as one. @throws RunError when one of them cannot listen; none then runs */
export async function startSimulators({
  kinds,
  host,
  port,
  demo,
  plants = 1,
}: SimulatorsOptions): Promise<Simulator> {
  const running: Simulator[] = [];
  const close = async () => void (await Promise.all(running.map((simulator) => simulator.close())));
  for (const [index, { simulator }] of Object.values(kinds).entries()) {
    const listen = { host, port: port === 0 ? 0 : port + index };
    const start = await simulator();
    try {
      const inverters = running.flatMap((simulator) => simulator.inverters ?? []);
      running.push(await start({ ...listen, demo, plants, inverters }));
    } catch (cause) {
      await close();
      throw new RunError(listenError(listen, cause, '-p').message, { cause });
    }
  }
  return {
    env: Object.assign({}, ...running.map(({ env }) => env)),
    lines: running.flatMap(({ lines }) => lines),
    past: pastOf(running),
    close,
  };
}

function* pastOf(running: readonly Simulator[]): Iterable<PastPower> {
  for (const { past = [] } of running) yield* past;
}
