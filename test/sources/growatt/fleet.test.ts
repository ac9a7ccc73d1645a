import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR, MINUTE, NOON, startWorld } from './world.ts';

const PLANTS = 500;

interface RecordedCall {
  /** Minutes since noon. */
  readonly at: number;
  readonly name: string;
  readonly params: URLSearchParams;
}

const snsOf = (plant: number) => [`P${plant}A`, `P${plant}B`];

/** A cloud in memory with two inverters in each plant; real servers would take most of this test's time. */
function fleetCloud(now: () => number) {
  const calls: RecordedCall[] = [];
  const reading = (sn: string) => {
    const time = new Date(now() + HOUR).toISOString().slice(0, 19).replace('T', ' ');
    return { serialNum: sn, time, status: 1, pac: 1500, ppv: 1600, eacTotal: 1000 };
  };
  const plantsOn = (page: number) =>
    Array.from({ length: 100 }, (_, i) => ({ plant_id: (page - 1) * 100 + i + 1 })).slice(0, PLANTS);
  const answers: Record<string, (params: URLSearchParams) => object> = {
    'plant/list': (params) => ({ count: PLANTS, plants: plantsOn(Number(params.get('page'))) }),
    'device/list': (params) => ({
      count: 2,
      devices: snsOf(Number(params.get('plant_id'))).map((device_sn) => ({ device_sn, type: 7 })),
    }),
    'tlx/tlxs_data': (params) =>
      Object.fromEntries((params.get('tlxs') ?? '').split(',').map((sn) => [sn, { [sn]: reading(sn) }])),
    'plant/data': () => ({ timezone: 'GMT+1', monthly_energy: '100', yearly_energy: '1000' }),
  };
  const answer: typeof fetch = async (input, init) => {
    const { pathname, searchParams } = new URL(String(input));
    const name = pathname.split('/').slice(-2).join('/');
    const params = init?.body ? new URLSearchParams(String(init.body)) : searchParams;
    calls.push({ at: (now() - NOON) / MINUTE, name, params });
    return new Response(JSON.stringify({ error_code: 0, error_msg: '', data: answers[name]?.(params) }));
  };
  return {
    calls,
    fetch: answer,
    counts(from = 0, to = Number.POSITIVE_INFINITY) {
      const counts: Record<string, number> = {};
      for (const { at, name } of calls) if (at >= from && at < to) counts[name] = (counts[name] ?? 0) + 1;
      return counts;
    },
  };
}

test('500 plants: values within a minute, all found in 35 minutes, none is left out, 10 calls a cycle', async (t) => {
  let now = () => NOON;
  const cloud = fleetCloud(() => now());
  const world = await startWorld(t, { fetch: cloud.fetch });
  now = world.clock.now;
  const agent = world.run();
  const known = async (minutes: number) => {
    await world.until(NOON + minutes * MINUTE);
    return agent.store.samples().filter(({ metric }) => metric === 'growatt_current_power_watts').length;
  };
  assert.equal(await known(1), 20);
  assert.deepEqual(cloud.counts(), { 'plant/list': 5, 'device/list': 15, 'tlx/tlxs_data': 1 });
  assert.ok((await known(15)) > 450);
  assert.equal(await known(35), 1000);
  assert.equal(cloud.counts()['device/list'], PLANTS);
  await world.until(NOON + 43 * MINUTE);

  const reads = new Map<string, number[]>();
  for (const { at, params } of cloud.calls)
    for (const sn of params.get('tlxs')?.split(',') ?? []) reads.set(sn, [...(reads.get(sn) ?? []), at]);
  assert.equal(reads.size, 1000);
  for (const { at: listed, name, params } of cloud.calls) {
    if (name !== 'device/list') continue;
    for (const sn of snsOf(Number(params.get('plant_id')))) {
      const times = reads.get(sn) ?? [];
      assert.ok(times[0]! - listed < 1.5, `${sn} is listed at ${listed} and read at ${times[0]}`);
      for (const [i, time] of times.entries()) {
        const gap = time - (times[i - 1] ?? time);
        assert.ok(gap < 6.5, `${sn} is not read for ${gap} minutes`);
      }
    }
  }
  const polls = cloud.counts(32.5, 42.5);
  assert.deepEqual(polls['tlx/tlxs_data'], 20, 'ten calls for a thousand inverters, twice in ten minutes');
  assert.ok((polls['plant/data'] ?? 0) > 100, 'the rest of the gap is for months and years');
  assert.equal(agent.lines.length, 1, agent.lines.join('\n'));
  assertNoneTooEarly(cloud.calls);
});

/** Growatt refuses equal calls within five minutes, and any two closer than the spacing. */
function assertNoneTooEarly(calls: readonly RecordedCall[]): void {
  const last = new Map<string, number>();
  for (const [i, { at, name, params }] of calls.entries()) {
    const since = at - (calls[i - 1]?.at ?? Number.NEGATIVE_INFINITY);
    assert.ok(since * MINUTE >= 2999, `${name} comes ${since} minutes after the last call`);
    const key = `${name} ${params}`;
    const gap = at - (last.get(key) ?? Number.NEGATIVE_INFINITY);
    assert.ok(gap >= 5, `${key} comes again after ${gap} minutes`);
    last.set(key, at);
  }
}
