import type { Log } from '../../src/base/log.ts';
import type { Surface } from '../../src/export/routes.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/export/server.ts';
import type { Status } from '../../src/model/status.ts';

export const someStatus: Status = {
  version: '1.2.3',
  startTime: 1_700_000_000,
  simulated: false,
  ready: true,
  sources: [{ name: 'growatt/default', state: 'ok', circuit: 'closed', intervalSeconds: 300 }],
};

/** Long enough to be worth compressing. */
export const someText = Array.from({ length: 50 }, (_, n) => `some_metric{n="${n}"} ${n}\n`).join('');

/** A log that keeps `level: message` lines. */
export function memoryLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const write = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  return { lines, debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}

/** Runs `use` against a server on a free loopback port and closes it afterwards. */
export async function withServer(
  options: Partial<Omit<ServerOptions, 'surface'>> & { readonly surface?: Partial<Surface> },
  use: (server: RunningServer) => Promise<void>,
): Promise<void> {
  const server = await startServer({
    listen: { host: '127.0.0.1', port: 0 },
    log: memoryLog(),
    ...options,
    surface: { metrics: async () => someText, status: () => someStatus, ...options.surface },
  });
  try {
    await use(server);
  } finally {
    await server.close(0);
  }
}
