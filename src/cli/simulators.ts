import { listenError } from '../export/listen-error.ts';
import type { Part } from '../model/kind.ts';
import type { PastPower } from '../model/overview.ts';
import type { Simulator } from '../model/simulator.ts';
import { RunError } from './program.ts';

export interface SimulatorsOptions {
  readonly parts: Readonly<Record<string, Pick<Part, 'simulator'>>>;
  readonly host: string;
  /** Of the first one; the others take the next ones, in the order of the parts. 0: free ones. */
  readonly port: number;
  readonly demo: boolean;
  readonly plants?: number;
}

/** Starts the simulators of all parts as one. @throws RunError when one of them cannot listen; none then runs */
export async function startSimulators({
  parts,
  host,
  port,
  demo,
  plants = 1,
}: SimulatorsOptions): Promise<Simulator> {
  const running: Simulator[] = [];
  const close = async () => void (await Promise.all(running.map((simulator) => simulator.close())));
  const simulators = Object.values(parts).flatMap(({ simulator }) => simulator ?? []);
  for (const [index, load] of simulators.entries()) {
    const listen = { host, port: port === 0 ? 0 : port + index };
    const start = await load();
    try {
      const inverters = running.flatMap((simulator) => simulator.inverters ?? []);
      const sky = running.find((simulator) => simulator.sky)?.sky;
      const plantIds = running.flatMap((simulator) => simulator.plantIds ?? []);
      const others = { inverters, plantIds, ...(sky && { sky }) };
      running.push(await start({ ...listen, demo, plants, ...others }));
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
