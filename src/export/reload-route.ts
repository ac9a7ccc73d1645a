import type { IncomingMessage } from 'node:http';
import { type Answer, plainText } from './response.ts';

/** Reads the configuration anew when a client asks for it. */
export interface Reloading {
  /** Whether clients may ask. */
  readonly isEnabled: boolean;
  /** @returns why the new configuration is refused, without a secret; undefined when it is in use */
  reload(): Promise<string | undefined>;
}

export const RELOAD_PATH = '/-/reload';

const METHODS = ['POST', 'PUT'];
const DISABLED = plainText(403, 'Reloading is not enabled: start the agent with --web.enable-lifecycle.\n');

/** Answers as Prometheus does on the same path. */
export async function reloadRoute(
  reloading: Reloading | undefined,
  { method = '' }: IncomingMessage,
): Promise<Answer> {
  if (!METHODS.includes(method))
    return plainText(405, 'Method not allowed. Use POST or PUT.\n', { Allow: METHODS.join(', ') });
  if (!reloading?.isEnabled) return DISABLED;
  const refused = await reloading.reload();
  return refused === undefined
    ? plainText(200, 'Configuration reloaded.\n')
    : plainText(500, `The new configuration is refused, the previous one stays in use: ${refused}\n`);
}
