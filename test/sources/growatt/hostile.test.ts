import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SourceError } from '../../../src/base/errors.ts';
import { definitionOf } from '../../../src/catalogue.ts';
import { RateLimiter } from '../../../src/policy/rate-limiter.ts';
import { startGrowattCloud } from '../../../src/simulators/growatt/cloud.ts';
import { everyFamily } from '../../../src/simulators/growatt/plants.ts';
import { hash01 } from '../../../src/simulators/noise.ts';
import { GrowattSource } from '../../../src/sources/growatt/source.ts';
import { Store } from '../../../src/store/store.ts';
import { instantClock } from '../../helpers/clock.ts';
import { plainContext } from '../../helpers/context.ts';
import { berlinHome, DAY, DEFAULT_INTERVALS, HOUR, MINUTE, NOON, TOKEN } from './world.ts';

const settings = { ...DEFAULT_INTERVALS, callSpacing: 0 };

/** A whole account without a server, whose every answer is given by a function of the path. */
function accountWith(answer: (path: string, params: string) => string) {
  const clock = instantClock(NOON);
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { pathname, search } = new URL(String(input));
    return new Response(answer(pathname, `${search}${init?.body ?? ''}`));
  };
  const source = new GrowattSource({
    account: {
      name: 'default',
      token: TOKEN,
      baseUrl: 'http://cloud.invalid',
      region: 'eu',
      official: false,
      plants: [],
      deviceSns: [],
      v4: true,
    },
    settings,
    history: { enabled: true, days: 2, schedule: '5 0 * * *' },
    rateLimiter: new RateLimiter(clock, 0),
    clock,
    fetch,
  });
  return { source, clock, store: new Store({ clock, staleAfter: HOUR, definitionOf }) };
}

/** Two polls with their gaps; fails for anything but an error for people, and for any sample that is not one. */
async function pollTwice(answer: (path: string, params: string) => string): Promise<number> {
  const { source, clock, store } = accountWith(answer);
  let calls = 0;
  const context = {
    ...plainContext(),
    request: async <T>(_endpoint: string, call: (signal: AbortSignal) => Promise<T>) => {
      calls++;
      return await call(new AbortController().signal);
    },
  };
  let samples = 0;
  for (let poll = 0; poll < 2; poll++) {
    const started = clock.now();
    for (const work of [source.poll(context), source.runBackground(context, started + 5 * MINUTE)]) {
      try {
        for await (const step of work) store.apply(source.name, step);
      } catch (error) {
        assert.ok(error instanceof SourceError, `${error instanceof Error ? error.stack : error}`);
      }
    }
    for (const { metric, value, attributes } of store.samples()) {
      samples++;
      assert.ok(Number.isFinite(value), `${metric} is ${value}`);
      for (const [label, text] of Object.entries(attributes)) {
        assert.doesNotMatch(text, /\p{Cc}/u, `${metric} ${label}`);
        assert.ok(text.length <= 450, `${metric} ${label} has ${text.length} characters`);
      }
    }
    const snapshot = JSON.parse(JSON.stringify(source.snapshot()));
    accountWith(answer).source.restore(snapshot);
    await clock.sleep(5 * MINUTE, context.signal);
  }
  assert.ok(calls < 500, `${calls} calls`);
  return samples;
}

test('no answer of any shape, in any endpoint, breaks the source or becomes a false sample', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.json(), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      async (bodies, wrapped) => {
        let n = 0;
        await pollTwice(() => {
          const body = bodies[n++ % bodies.length] ?? '';
          return wrapped ? `{"error_code":0,"code":0,"data":${body}}` : body;
        });
      },
    ),
    { numRuns: 150 },
  );
});

test('good answers with any of their values replaced break nothing either', async (t) => {
  const bodies = await goodAnswers(t);
  const samples = await pollTwice((path, params) => answerOf(bodies, path, params));
  assert.ok(samples > 500, `${samples} samples from good answers`);
  const strange = fc.oneof(
    fc.constantFrom(
      null,
      '',
      'null',
      'N/A',
      -1,
      -0.1,
      '1e400',
      1e308,
      -1e308,
      'NaN',
      '2026-99-99 99:99:99',
      [],
      {},
      true,
    ),
    fc.constantFrom(
      '\u0000\u001b[31m\n',
      '__proto__',
      '-',
      '9'.repeat(400),
      ' 5 ',
      '\u202e',
      2 ** 53,
      'é'.repeat(500),
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.array(strange, { minLength: 1, maxLength: 5 }),
      async (seed, replacements) => {
        let n = 0;
        const replace = (key: string, value: unknown) => {
          const vital = key === '' || key === 'error_code' || key === 'code';
          const hit = hash01(seed, n++) < 1 / 12 && !vital;
          return hit ? replacements[n % replacements.length] : value;
        };
        await pollTwice((path, params) =>
          JSON.stringify(JSON.parse(answerOf(bodies, path, params)), replace),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('numbers that JSON reads as infinite are no values', async (t) => {
  const bodies = await goodAnswers(t);
  const samples = await pollTwice((path, params) =>
    answerOf(bodies, path, params).replaceAll(/:(\d+\.\d+)/g, ':1e999'),
  );
  assert.ok(samples > 100);
});

/** What the simulated cloud answers to each call of a first poll. */
async function goodAnswers(t: { after(fn: () => Promise<void>): void }): Promise<Map<string, string>> {
  const plants = [berlinHome({ devices: everyFamily() })];
  const cloud = await startGrowattCloud({ token: TOKEN, plants, now: () => NOON, limits: false });
  t.after(() => cloud.close());
  const clock = instantClock(NOON);
  const bodies = new Map<string, string>();
  const source = new GrowattSource({
    account: {
      name: 'a',
      token: TOKEN,
      baseUrl: cloud.url,
      region: 'eu',
      official: false,
      plants: [],
      deviceSns: [],
      v4: true,
    },
    settings,
    history: { enabled: true, days: 2, schedule: '5 0 * * *' },
    rateLimiter: new RateLimiter(clock, 0),
    clock,
    async fetch(input, init) {
      const response = await fetch(input, init);
      const body = await response.text();
      const { pathname, search } = new URL(String(input));
      bodies.set(`${pathname}${search}${init?.body ?? ''}`, body);
      bodies.set(pathname, body);
      return new Response(body);
    },
  });
  for await (const _step of source.poll(plainContext()));
  for await (const _step of source.runBackground(plainContext(), NOON + DAY));
  return bodies;
}

const answerOf = (bodies: Map<string, string>, path: string, params: string) =>
  bodies.get(`${path}${params}`) ?? bodies.get(path) ?? '{"error_code":10001,"code":1}';
