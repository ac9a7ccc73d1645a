import type { TestContext } from 'node:test';
import { Poller } from '../../src/poll/poller.ts';
import type { Source, Step } from '../../src/sources/source.ts';
import { Store } from '../../src/store/store.ts';
import { type VirtualClock, virtualClock } from '../helpers/clock.ts';
import { memoryLog } from '../helpers/log.ts';
import { countingTelemetry } from '../helpers/telemetry.ts';

export const MINUTE = 60_000;

/** A reading of a stick that says no more than a power. */
export const watts = (value: number): Step => ({
  reading: { entity: 'stick', values: [{ metric: 'trucki_meter_power_watts', value }] },
});

/** A source polled every minute, whose polls do what the test says. */
export function fakeSource(read: Source['read'], changes: Partial<Source> = {}): Source {
  return {
    name: 'fake/one',
    patience: { timeout: 1000, retries: 0, firstDelay: 10 },
    entities: [{ id: 'stick', labels: { stick: 'one' }, up: 'trucki_up' }],
    interval: () => MINUTE,
    survey: async () => [],
    read,
    ...changes,
  };
}

/** A poller over that source with everything around it; a run ends with the test. */
export function setUp(
  t: TestContext,
  source: Source,
  options: { clock?: VirtualClock; random?: () => number } = {},
) {
  const { clock = virtualClock(), random = () => 0 } = options;
  const store = new Store({ clock, staleAfter: 60 * MINUTE });
  store.apply(source.name, { entities: source.entities });
  const log = memoryLog();
  const telemetry = countingTelemetry();
  const poller = new Poller({ source, store, clock, log, telemetry, random });
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
