import assert from 'node:assert/strict';
import { Body } from '../../src/export/body.ts';
import type { Surface } from '../../src/export/routes.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/export/server.ts';
import type { ExpositionFormat } from '../../src/export/text-format.ts';
import type { Status } from '../../src/model/status.ts';
import type { Overview } from '../../src/view/overview.ts';
import type { StatusView } from '../../src/view/status-api.ts';
import { statusViewOf } from '../../src/view/status-view.ts';
import { memoryLog } from '../helpers/log.ts';

export const someStatus: Status = {
  version: '1.2.3',
  startTime: 1_700_000_000,
  simulated: false,
  ready: true,
  sources: [{ name: 'growatt/default', state: 'ok', circuit: 'closed', intervalSeconds: 300 }],
};

/** What the page shows of a status, a day after the start. */
export function viewOf(status: Status, overview: Partial<Overview> = {}): StatusView {
  return statusViewOf({
    status,
    overview: { totals: {}, plants: [], sticks: [], ...overview },
    titleOf: (source) => `Source ${source}`,
    curveOf: () => undefined,
    worthOf: () => undefined,
    now: status.startTime + 86_400,
  });
}

/** Long enough to be worth compressing. */
export const someText = Array.from({ length: 50 }, (_, n) => `some_metric{n="${n}"} ${n}\n`).join('');

/** What a test has to say of a surface. */
export interface SurfaceScript {
  readonly metrics?: (format: ExpositionFormat) => Promise<string>;
  readonly status?: () => Status;
}

/** A surface that does what the test says. */
export function surfaceOf({
  metrics = async () => someText,
  status = () => someStatus,
}: SurfaceScript = {}): Surface {
  return {
    metrics: async (format) => new Body(await metrics(format)),
    status,
    view: async () => viewOf(status()),
    curveOf: () => undefined,
  };
}

/** Runs `use` against a server on a free loopback port and closes it afterwards. */
export async function withServer(
  { surface, ...options }: Partial<Omit<ServerOptions, 'surface'>> & { readonly surface?: SurfaceScript },
  use: (server: RunningServer) => Promise<void>,
): Promise<void> {
  const silent = memoryLog();
  const server = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    log: silent,
    ...options,
    surface: surfaceOf(surface),
  });
  try {
    await use(server);
  } finally {
    await server.close(0);
  }
  assert.deepEqual(silent.lines, []);
}
