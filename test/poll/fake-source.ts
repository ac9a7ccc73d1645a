import type { TestContext } from 'node:test';
import { definitionOf } from '../../src/catalogue.ts';
import type { SourceEvent } from '../../src/model/reading.ts';
import type { Source } from '../../src/model/source.ts';
import { createCallPolicy, type RetryOptions } from '../../src/policy/call-policy.ts';
import { Poller } from '../../src/poll/poller.ts';
import { Store } from '../../src/store/store.ts';
import { type VirtualClock, virtualClock } from '../helpers/clock.ts';
import { memoryLog } from '../helpers/log.ts';
import { countingTelemetry } from '../helpers/telemetry.ts';

export const MINUTE = 60_000;

/** A reading of a stick that says no more than a power. */
export const watts = (value: number): SourceEvent => ({
  type: 'reading',
  reading: { entity: 'stick', values: [{ metric: 'trucki_meter_power_watts', value }] },
});

/** A source polled every minute, whose polls do what the test says. */
export function fakeSource(poll: Source['poll'], changes: Partial<Source> = {}): Source {
  return {
    name: 'fake/one',
    configuration: {},
    identity: 'one',
    entities: [{ id: 'stick', labels: { stick: 'one' }, up: 'trucki_up' }],
    circuit: 'closed',
    interval: () => MINUTE,
    discover: async () => [],
    poll,
    ...changes,
  };
}

/** A source whose polls make one call named `live` under a policy, as real clients do. */
export function callingSource(
  call: (signal: AbortSignal) => Promise<unknown>,
  retry: RetryOptions = { timeout: 1000, retries: 0, firstDelay: 0 },
) {
  const clock = virtualClock();
  const telemetry = countingTelemetry();
  const policy = createCallPolicy({ clock, retry, observer: telemetry.callObserver('fake/one') });
  const source: Source = {
    ...fakeSource(async function* ({ signal }) {
      await policy.execute('live', call, signal);
      yield watts(1);
    }),
    get circuit() {
      return policy.circuit;
    },
  };
  return { source, clock, telemetry };
}

/** A poller over that source with everything around it; a run ends with the test. */
export function setUp(
  t: TestContext,
  source: Source,
  options: {
    clock?: VirtualClock;
    telemetry?: ReturnType<typeof countingTelemetry>;
    random?: () => number;
  } = {},
) {
  const { clock = virtualClock(), telemetry = countingTelemetry(), random = () => 0 } = options;
  const store = new Store({ clock, staleAfter: 60 * MINUTE, definitionOf });
  store.apply(source.name, { type: 'entities', entities: source.entities });
  const log = memoryLog();
  const poller = new Poller({ source, store, clock, log, observer: telemetry, random });
  const abort = new AbortController();
  t.after(() => abort.abort());
  return {
    clock,
    store,
    log,
    poller,
    counts: telemetry.counts,
    abort: () => abort.abort(new Error('stop')),
    poll: () => poller.poll(abort.signal),
    run: () => poller.run(abort.signal),
    /** Values of the store by metric. */
    shown: () => Object.fromEntries(store.samples().map(({ metric, value }) => [metric, value])),
  };
}
