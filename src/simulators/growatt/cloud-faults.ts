import { page, type Responder, type TransportFault, transportFaults } from '../faults.ts';
import type { Reply } from '../server.ts';
import { json, type RefusalKind, refuse } from './api.ts';

/** What can go wrong with the Growatt cloud. */
export type GrowattFault =
  | TransportFault
  | 'http-405-html'
  | 'login-page'
  | 'rate-limited'
  | 'permission'
  | 'system-error'
  | 'empty-devices'
  | 'strings';

const refusal =
  (kind: RefusalKind): Responder =>
  ({ request }) =>
    refuse(request.url ?? '', kind);

/** The page that anyone without a session is sent to. */
export function loginPage(): Reply {
  return page(200, 'Growatt', '<form data-name="login"><a id="login" href="/login">Login</a></form>');
}

/** Numbers become text, as some answers have them. */
function inText(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

export const growattFaults: Record<GrowattFault, Responder> = {
  ...transportFaults,
  'http-405-html': () => page(405, '405 Not Allowed', '<p>Your request was blocked by the firewall.</p>'),
  'login-page': loginPage,
  'rate-limited': refusal('frequent'),
  permission: refusal('denied'),
  'system-error': refusal('system'),
  'empty-devices': () => json({ data: { count: 1, devices: [] }, error_code: 0, error_msg: '' }),
  strings: ({ answer }) => {
    const reply = answer();
    return { ...reply, body: JSON.stringify(JSON.parse(reply.body.toString()), inText) };
  },
};
