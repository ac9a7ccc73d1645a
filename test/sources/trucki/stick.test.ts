import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as passingTurn } from 'node:timers/promises';
import { SourceError } from '../../../src/base/errors.ts';
import { nodeFetch } from '../../../src/http/node-fetch.ts';
import { STICK_SECRETS } from '../../../src/simulators/trucki/settings.ts';
import { startTruckiStick, type TruckiStickOptions } from '../../../src/simulators/trucki/stick.ts';
import type { StickFault } from '../../../src/simulators/trucki/stick-faults.ts';
import { createTruckiSource } from '../../../src/sources/trucki/source.ts';
import { instantClock } from '../../helpers/clock.ts';
import { eventsOf, plainContext, valuesOf } from '../../helpers/context.ts';
import { always, deadAddress, type Respond, scriptedServer } from '../../helpers/http.ts';
import { normalDay } from './samples.ts';

/** A call of one poll, with its retries. */
const TRIES = 3;

function sourceAt(
  address: string,
  { password, fetch = nodeFetch }: { password?: string; fetch?: typeof nodeFetch } = {},
) {
  const stick = { name: 'shed', address, password };
  return createTruckiSource({
    stick,
    interval: 5000,
    legacyNames: false,
    clock: instantClock(),
    fetch,
  });
}

async function startStick(t: TestContext, options: Partial<TruckiStickOptions> = {}) {
  const stick = await startTruckiStick({ firmware: 'jsonlive', ...options });
  t.after(() => stick.close());
  return stick;
}

/** The values of one poll. */
async function poll(source: ReturnType<typeof sourceAt>): Promise<Record<string, number>> {
  const [event] = await eventsOf(source);
  assert.ok(event?.type === 'reading');
  return valuesOf(event.reading);
}

const failsAs = (kind: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof SourceError);
  assert.equal(error.kind, kind);
  assert.match(error.message, message);
  assert.doesNotMatch(error.message, /secret|\n/);
  return true;
};

/** A stick that serves these paths and answers 404 to all others. */
const serving =
  (bodies: Record<string, object>): Respond =>
  (request, response) => {
    const body = bodies[request.url ?? ''];
    response.writeHead(body ? 200 : 404).end(body ? JSON.stringify(body) : 'Not found');
  };

test('a poll is one bare GET of the live path, on a connection of its own', async (t) => {
  const server = await scriptedServer(t, serving({ '/jsonlive': normalDay }));
  const source = sourceAt(server.address);
  await poll(source);
  await poll(source);
  for (const { method, url, headers } of server.requests) {
    assert.deepEqual([method, url, headers.connection], ['GET', '/jsonlive', 'close']);
    assert.equal(headers.authorization, undefined);
  }
  assert.equal(server.requests.length, 2);
  assert.equal(new Set(server.requests.map(({ socket }) => socket)).size, 2);
});

test('a simulated stick is read whole, and none of its settings changes', async (t) => {
  const stick = await startStick(t, { remotes: 2 });
  const values = await poll(sourceAt(stick.address));
  assert.ok((values.trucki_inverter_energy_total_kwh ?? 0) > 1000);
  assert.equal(
    Object.keys(values).filter((name) => name.startsWith('trucki_inverter_ac_power_watts')).length,
    3,
  );
  assert.equal(stick.settingsChanged, 0);
});

test('firmware 1.12 is read by /json, and first by that path from then on', async (t) => {
  const stick = await startStick(t, { firmware: 'v1.12' });
  const source = sourceAt(stick.address);
  for (const _ of [1, 2, 3]) assert.equal((await poll(source)).trucki_wifi_quality_ratio, 0.72);
  assert.deepEqual(
    stick.requests.map(({ path }) => path),
    ['/jsonlive', '/json', '/json', '/json'],
  );
});

test('after a firmware update the newer path is found within the same poll', async (t) => {
  const server = await scriptedServer(t, serving({ '/json': normalDay }));
  const source = sourceAt(server.address);
  await poll(source);
  server.script(serving({ '/jsonlive': normalDay }));
  await poll(source);
  await poll(source);
  const urls = ['/jsonlive', '/json', '/json', '/jsonlive', '/jsonlive'];
  assert.deepEqual(
    server.requests.map(({ url }) => url),
    urls,
  );
});

test('a device that serves neither path fails otherwise than a stick that is down', async (t) => {
  const server = await scriptedServer(t, serving({}));
  await assert.rejects(
    eventsOf(sourceAt(server.address)),
    failsAs('refused', /serves neither .* is it a Trucki/),
  );
});

test('the secrets of /json are in no reading and no error', async (t) => {
  const stick = await startStick(t, { firmware: 'v1.12' });
  const source = sourceAt(stick.address);
  const events = JSON.stringify(await eventsOf(source));
  stick.faults.next({ kind: 'truncated', times: TRIES });
  const error = await eventsOf(source).then(() => 'no error', String);
  assert.match(error, /cut off/);
  for (const secret of Object.values(STICK_SECRETS)) {
    assert.ok(!events.includes(secret) && !error.includes(secret));
  }
});

test('the password is sent with the first request, without waiting for a challenge', async (t) => {
  const stick = await startStick(t, { password: 'pä:ss' });
  const server = await scriptedServer(t, serving({ '/jsonlive': normalDay }));
  await poll(sourceAt(server.address, { password: 'pä:ss' }));
  assert.equal(
    server.requests[0]?.headers.authorization,
    `Basic ${Buffer.from('admin:pä:ss').toString('base64')}`,
  );
  await assert.rejects(
    eventsOf(sourceAt(stick.address)),
    failsAs('unauthorized', /asks for a password: set TRUCKI_PASSWORD/),
  );
  await assert.rejects(
    eventsOf(sourceAt(stick.address, { password: 'wrong' })),
    failsAs('unauthorized', /does not accept the password: check TRUCKI_PASSWORD/),
  );
});

test('a password that is right opens the simulated stick', async (t) => {
  const stick = await startStick(t, { password: 'pa:ss' });
  assert.equal((await poll(sourceAt(stick.address, { password: 'pa:ss' }))).trucki_battery_low, 0);
});

test('a redirect is not followed, not even on the same stick', async (t) => {
  const elsewhere = await scriptedServer(t, serving({ '/jsonlive': normalDay }));
  const headers = { Location: `${elsewhere.url}jsonlive` };
  const server = await scriptedServer(t, always('', { status: 302, headers }));
  await assert.rejects(eventsOf(sourceAt(server.address)), failsAs('malformed', /redirect/));
  assert.equal(elsewhere.requests.length, 0);
  assert.equal(server.requests.length, TRIES);
});

test('each broken answer is a failure of the right kind', async (t) => {
  const stick = await startStick(t);
  const cases: [StickFault, string, RegExp][] = [
    ['truncated', 'malformed', /not valid JSON \(cut off\?\)/],
    ['empty-body', 'malformed', /the answer is empty/],
    ['nan-token', 'malformed', /not valid JSON/],
    ['html-page', 'malformed', /a web page came instead of data/],
    ['oversize', 'malformed', /larger than 65536 bytes/],
    ['gzip-bomb', 'malformed', /larger than 65536 bytes/],
    ['http-500', 'server', /HTTP 500/],
    ['http-429', 'refused', /HTTP 429/],
    ['reset', 'unreachable', /connection closed by the server/],
    ['redirect', 'malformed', /redirect/],
  ];
  for (const [kind, expected, message] of cases) {
    stick.faults.next({ kind, times: TRIES });
    await assert.rejects(eventsOf(sourceAt(stick.address)), failsAs(expected, message), kind);
    stick.faults.clear();
  }
  await poll(sourceAt(stick.address));
  assert.deepEqual(new Set(stick.requests.map(({ path }) => path)), new Set(['/jsonlive']));
  assert.ok(stick.requests.every(({ query, overlapping }) => query === '' && !overlapping));
});

test('each odd state of a stick still gives a reading', async (t) => {
  const stick = await startStick(t, { remotes: 1 });
  const source = sourceAt(stick.address);
  const cases: [StickFault, string, number | undefined][] = [
    ['inverter-not-found', 'trucki_grid_voltage_volts', undefined],
    ['inverter-not-found-zero-energy', 'trucki_inverter_energy_total_kwh', undefined],
    ['battery-low', 'trucki_battery_low', 1],
    ['remote-lost', 'trucki_inverter_reachable{inverter="2"}', 0],
    ['remote-packet-lost', 'trucki_remote_round_trip_seconds{inverter="2"}', undefined],
    ['meter-not-found', 'trucki_meter_state{state="not_found"}', 1],
    ['linked', 'trucki_zero_export_state{state="linked"}', 1],
    ['missing-tail', 'trucki_meter_power_watts', undefined],
    ['null-tail', 'trucki_zero_export_power_watts', undefined],
    ['nan-meter', 'trucki_meter_power_watts', undefined],
    ['inf-meter', 'trucki_meter_power_watts', undefined],
    ['quoted-numbers', 'trucki_inverter_ac_power_limit_watts{inverter="1"}', 800],
    ['fractions', 'trucki_inverter_temperature_celsius', 46.5],
    ['temperature-wrap', 'trucki_inverter_temperature_celsius', undefined],
    ['rssi-number', 'trucki_wifi_quality_ratio', 0.72],
    ['lower-case-words', 'trucki_inverter_reachable{inverter="1"}', 0],
    ['connecting', 'trucki_wifi_state{state="connecting"}', 1],
  ];
  for (const [kind, name, expected] of cases) {
    stick.faults.next({ kind });
    const values = await poll(source);
    if (kind === 'quoted-numbers') assert.ok((values[name] ?? 0) >= 400);
    else assert.equal(values[name], expected, kind);
    assert.ok('trucki_wifi_state{state="connected"}' in values);
  }
});

test('a stick that is switched off says so in words', async () => {
  await assert.rejects(
    eventsOf(sourceAt(await deadAddress())),
    failsAs('unreachable', /^GET \/jsonlive: no answer from 127\.0\.0\.1:\d+ \(connection refused\)$/),
  );
});

test('a stick that hangs is left as soon as the poll is given up', async (t) => {
  const server = await scriptedServer(t, () => {});
  const abort = new AbortController();
  server.script(() => abort.abort(new Error('given up')));
  await assert.rejects(eventsOf(sourceAt(server.address), plainContext(abort.signal)), /given up/);
});

test('a stick has three seconds to answer, and is then asked again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const tries: AbortSignal[] = [];
  const silent: typeof fetch = (_url, { signal } = {}) => {
    assert.ok(signal);
    tries.push(signal);
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const failed = assert.rejects(
    eventsOf(sourceAt('192.0.2.1', { fetch: silent })),
    failsAs('timeout', /3 s/),
  );
  for (let tried = 1; tried <= TRIES; tried++) {
    // The retrying library itself waits for a very short timer between two tries.
    while (tries.length < tried) {
      t.mock.timers.tick(1);
      await passingTurn();
    }
    t.mock.timers.tick(2999);
    assert.equal(tries.at(-1)?.aborted, false);
    t.mock.timers.tick(1);
    assert.equal(tries.at(-1)?.aborted, true);
  }
  await failed;
  assert.equal(tries.length, TRIES);
});

test('JSON without any key of a stick is the answer of something else', async (t) => {
  const { url } = await scriptedServer(t, serving({ '/jsonlive': { temperature: 21, uptime: 5 } }));
  const source = sourceAt(url.host);
  const message = /answers with JSON that has no key of a Trucki stick: check the address$/;
  await assert.rejects(eventsOf(source), failsAs('refused', message));
  await assert.rejects(async () => source.discover?.(plainContext()), failsAs('refused', message));
});
