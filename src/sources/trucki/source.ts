import { SourceError } from '../../base/errors.ts';
import type { Fetch } from '../../http/fetch.ts';
import type { Source } from '../../model/source.ts';
import { type CallPolicyOptions, createCallPolicy } from '../../policy/call-policy.ts';
import { TruckiClient } from './client.ts';
import { isOfStick, readAnswer } from './readings.ts';
import type { TruckiStick } from './settings.ts';

export interface TruckiOptions extends Pick<CallPolicyOptions, 'clock' | 'observer'> {
  readonly stick: TruckiStick;
  /** Milliseconds between polls. */
  readonly interval: number;
  readonly legacyNames: boolean;
  readonly fetch: Fetch;
}

const ENTITY = 'stick';

/** One Trucki stick, which answers live and has nothing to discover but itself. */
export function createTruckiSource(options: TruckiOptions): Source {
  const { stick, interval, legacyNames, fetch, ...rest } = options;
  // A stick answers within a fraction of a second or not at all, and the next poll is never far.
  const retry = { timeout: 3000, retries: 2, firstDelay: Math.min(500, interval / 10) };
  const policy = createCallPolicy({ ...rest, retry });
  const client = new TruckiClient({ ...stick, fetch, policy });
  /** @throws SourceError, also where something else answers at the address */
  const live = async (signal: AbortSignal) => {
    const body = await client.live(signal);
    if (isOfStick(body)) return body;
    const problem = `${stick.address} answers with JSON that has no key of a Trucki stick: check the address`;
    throw new SourceError('refused', problem);
  };
  const discover: Source['discover'] = async ({ signal }) => {
    await live(signal);
    const model = client.isOldFirmware ? 'firmware 1.08 to 1.12' : '';
    const lastUpdate = 'now';
    return [{ plant: '', device: stick.address, family: 'trucki', model, lastUpdate, supported: true }];
  };
  return {
    name: `trucki/${stick.name}`,
    configuration: { stick, interval, legacyNames },
    identity: stick.address,
    entities: [{ id: ENTITY, labels: { stick: stick.name }, up: 'trucki_up' }],
    get circuit() {
      return policy.circuit;
    },
    interval: () => interval,
    async *poll({ signal }) {
      yield { type: 'reading', reading: readAnswer(ENTITY, await live(signal), legacyNames) };
    },
    discover,
    // It is its only device.
    capture: (context) => discover(context),
  };
}
