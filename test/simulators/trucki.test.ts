import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { type TestContext, test } from 'node:test';
import { STICK_SECRETS } from '../../src/simulators/trucki/settings.ts';
import { startTruckiStick, type TruckiStickOptions } from '../../src/simulators/trucki/stick.ts';
import type { StickFault } from '../../src/simulators/trucki/stick-faults.ts';
import type { Json } from './helper.ts';

const EVENING = Date.parse('2026-06-12T19:03:00Z');
const MINUTE = 60_000;

async function startStick(t: TestContext, options: Partial<TruckiStickOptions> = {}) {
  const clock = { at: EVENING };
  const stick = await startTruckiStick({ firmware: 'jsonlive', now: () => clock.at, ...options });
  t.after(() => stick.close());
  const live = async (): Promise<Json> => JSON.parse(await (await fetch(`${stick.url}/jsonlive`)).text());
  const status = async (path: string, init?: RequestInit) => {
    const response = await fetch(stick.url + path, init);
    await response.arrayBuffer();
    return response.status;
  };
  return { stick, clock, live, status };
}

test('a lone stick writes its values and words the way the firmware does', async (t) => {
  const { stick, live } = await startStick(t);
  const body = await live();
  assert.equal(body.UPTIME, '00d 00:00:00');
  assert.match(body.TIME, /^\(day\) 19:0\d$/);
  assert.match(body.ACPOWER, /^\d+\.\d\d W$/);
  assert.match(body.METERPOWER, /^-?\d+\.\d\d W$/);
  assert.deepEqual([body.ACPOWERSUN2, body.SUN2ROUNDTRIP, body.SUN3POWERLIMIT], ['not set', '0', 0]);
  assert.deepEqual([body.WIFI, body.RSSI], ['WIFI CONNECTED', 'Fairly good']);
  assert.ok(Number.isInteger(body.TEMP) && Number.isInteger(body.SETACPOWER));
  assert.ok(Object.values(STICK_SECRETS).every((secret) => !JSON.stringify(body).includes(secret)));
  assert.equal(stick.url, `http://${stick.address}`);
});

test('each firmware knows its own paths only', async (t) => {
  const paths = ['/jsonlive', '/jsononce', '/json', '/metrics', '/constructor'];
  const found = async (firmware: TruckiStickOptions['firmware']) => {
    const { status } = await startStick(t, { firmware });
    return Promise.all(paths.map((path) => status(path)));
  };
  assert.deepEqual(await found('jsonlive'), [200, 200, 404, 404, 404]);
  assert.deepEqual(await found('v1.12'), [404, 404, 200, 404, 404]);
  assert.deepEqual(await found('t2mg'), [200, 200, 404, 404, 404]);
});

test('/json of V1.12 holds 83 keys, secrets among them, and no energies', async (t) => {
  const { stick } = await startStick(t, { firmware: 'v1.12', remotes: 2 });
  const response = await fetch(`${stick.url}/json`);
  assert.equal(response.headers.get('content-type'), 'application/json');
  assert.ok(response.headers.get('content-length'));
  const body = JSON.parse(await response.text());
  assert.equal(Object.keys(body).length, 83);
  assert.deepEqual([body.RSSI, body.MAXPOWER], [72, '800']);
  assert.equal(body.METER_PASS, STICK_SECRETS.METER_PASS);
  assert.equal(body.MQTT_VGRID_VALUE, Math.round(body.VGRID * 10));
  assert.equal('TOTALENERGY' in body, false);
});

test('the controller keeps the meter near its target and shares the load over its remotes', async (t) => {
  const { clock, live } = await startStick(t, { remotes: 2 });
  for (let poll = 0; poll < 30; poll += 1) {
    clock.at += 5_000;
    const body = await live();
    const watts = (key: string) => Number.parseFloat(body[key]);
    assert.ok(Math.abs(watts('METERPOWER')) < 200, body.METERPOWER);
    assert.ok(watts('ZEPCPOWER') <= 2_400);
    const shared = body.SETACPOWER + body.SUN2SETPOINT + body.SUN3SETPOINT;
    assert.ok(Math.abs(shared - watts('ZEPCPOWER')) < 3);
    assert.ok(Number(body.SUN2ROUNDTRIP) >= 40);
  }
});

test('values hold for 1.3 seconds and energies only grow, but for the day at midnight', async (t) => {
  const { clock, live } = await startStick(t);
  const first = await live();
  clock.at += 100;
  assert.deepEqual(await live(), first);
  let last = first;
  const resets = { DAYENERGY: 0, METERDAYENERGY: 0 };
  for (let quarter = 0; quarter < 60; quarter += 1) {
    clock.at += 15 * MINUTE;
    const body = await live();
    assert.ok(body.TOTALENERGY >= last.TOTALENERGY);
    for (const key of ['DAYENERGY', 'METERDAYENERGY'] as const) if (body[key] < last[key]) resets[key] += 1;
    last = body;
  }
  assert.ok(last.TOTALENERGY > first.TOTALENERGY + 1);
  assert.deepEqual(resets, { DAYENERGY: 1, METERDAYENERGY: 1 });
  clock.at -= 60 * MINUTE;
  assert.equal((await live()).TOTALENERGY, last.TOTALENERGY);
});

test('night lowers the limit and shows in the time', async (t) => {
  const { clock, live } = await startStick(t);
  assert.equal((await live()).POWERLIMIT, 800);
  clock.at += 4 * 60 * MINUTE;
  const body = await live();
  assert.equal(body.POWERLIMIT, 400);
  assert.match(body.TIME, /^\(night\) 23:0\d$/);
  assert.equal(body.UPTIME, '00d 04:00:00');
});

test('a restart begins the uptime anew and keeps the energies', async (t) => {
  const { stick, clock, live } = await startStick(t);
  clock.at += 3 * 86_400_000 + 61_000;
  const before = await live();
  assert.equal(before.UPTIME, '03d 00:01:01');
  stick.restart();
  const after = await live();
  assert.deepEqual([after.UPTIME, after.TOTALENERGY], ['00d 00:00:00', before.TOTALENERGY]);
});

test('a charger takes up the surplus and shows its DC side', async (t) => {
  const { clock, live } = await startStick(t, { firmware: 't2mg' });
  clock.at = Date.parse('2026-06-13T11:00:00Z');
  const body = await live();
  assert.ok(Number.parseFloat(body.ACPOWER) > 100);
  assert.ok(Math.abs(body.DCPOWER - Number.parseFloat(body.ACPOWER) * 0.95) < 0.2);
  assert.deepEqual([body.FAULT, body.MWEFFICIENCY, body.VOUTSET], [' 0', 95, 28.8]);
});

test('without a meter the controller is disabled', async (t) => {
  const { live } = await startStick(t, { meter: false });
  const { METERPOWER, ZEPCPOWER, METERREADOUT } = await live();
  assert.deepEqual([METERPOWER, ZEPCPOWER, METERREADOUT], ['not set', 'DISABLED', 0]);
});

test('a password is asked for by Digest and taken as Basic', async (t) => {
  const { stick, status } = await startStick(t, { password: 'pa:ss' });
  const refused = await fetch(`${stick.url}/jsonlive`);
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get('www-authenticate') ?? '', /^Digest realm="asyncesp", qop="auth"/);
  const basic = (text: string) => ({ headers: { Authorization: `Basic ${btoa(text)}` } });
  assert.equal(await status('/jsonlive', basic('admin:pa:ss')), 200);
  assert.equal(await status('/jsonlive', basic('admin:wrong')), 401);
});

test('a GET with a query or on a writing path changes settings, reading does not', async (t) => {
  const { stick, status } = await startStick(t);
  for (const path of ['/jsonlive', '/jsononce', '/', '/nothing']) await status(path);
  assert.equal(stick.settingsChanged, 0);
  for (const path of ['/?maxPower=10', '/reboot', '/jsonlive?x=1']) await status(path);
  assert.equal(stick.settingsChanged, 3);
  assert.equal(await status('/jsonlive', { method: 'POST' }), 404);
  assert.deepEqual(stick.requests.map(({ path, query }) => `${path} ${query}`.trim()).slice(4), [
    '/ maxPower=10',
    '/reboot',
    '/jsonlive x=1',
    '/jsonlive',
  ]);
});

/** What each state and oddity makes of the body. */
const ODD: [StickFault, (body: Json) => unknown, unknown][] = [
  ['inverter-not-found', (b) => [b.ACPOWER, b.VGRID, b.VBAT, b.TEMP], ['not found', 0, 0, 0]],
  ['inverter-not-found-zero-energy', (b) => [b.TOTALENERGY, b.DAYENERGY], [0, 0]],
  ['battery-low', (b) => [b.ACPOWER, b.POWERLIMIT], ['VBat low', 0]],
  ['remote-packet-lost', (b) => [b.SUN2ROUNDTRIP, b.SUN2POWERLIMIT, b.SUN3ROUNDTRIP], ['-1', 800, '0']],
  ['remote-lost', (b) => [b.ACPOWERSUN2, b.SUN2POWERLIMIT, b.ACPOWERSUN3], ['not found', 0, 'not set']],
  ['meter-not-found', (b) => b.METERPOWER, 'not found'],
  ['disabled', (b) => [b.ZEPCPOWER, b.METERPOWER], ['DISABLED', 'DISABLED']],
  ['manual', (b) => b.ZEPCPOWER, 'MANUAL'],
  ['mqtt', (b) => b.ZEPCPOWER, 'MQTT'],
  ['linked', (b) => b.METERPOWER, 'LINKED'],
  ['missing-tail', (b) => 'METERPOWER' in b, false],
  ['null-tail', (b) => b.ZEPCPOWER, null],
  ['nan-meter', (b) => b.METERPOWER, 'nan W'],
  ['inf-meter', (b) => b.METERPOWER, 'inf W'],
  ['quoted-numbers', (b) => [typeof b.VGRID, typeof b.TEMP], ['string', 'string']],
  ['fractions', (b) => [b.SETACPOWER, b.TEMP], [868.5, 46.5]],
  ['temperature-wrap', (b) => b.TEMP, 6548],
  ['rssi-number', (b) => b.RSSI, 72],
  ['lower-case-words', (b) => [b.ZEPCPOWER, b.WIFI], ['linked', 'connected']],
  ['connecting', (b) => b.WIFI, 'CONNECTING...'],
  ['total-falls', (b) => b.TOTALENERGY < 1_000, true],
  ['extra-keys', (b) => b.NEWKEY, 'new'],
];

test('each state and odd value shows once and is gone', async (t) => {
  const { stick, live } = await startStick(t, { remotes: 1 });
  const healthy = await live();
  for (const [kind, see, expected] of ODD) {
    stick.faults.next({ kind });
    assert.deepEqual(see(await live()), expected, kind);
    assert.deepEqual(await live(), healthy);
  }
});

test('broken answers are broken', async (t) => {
  const { stick, status } = await startStick(t);
  const text = async () => (await fetch(`${stick.url}/jsonlive`)).text();
  for (const kind of ['truncated', 'nan-token', 'html-page', 'empty-body'] as const) {
    stick.faults.next({ kind });
    const body = await text();
    assert.throws(() => JSON.parse(body), SyntaxError);
  }
  stick.faults.next({ kind: 'http-500' });
  assert.equal(await status('/jsonlive'), 500);
  stick.faults.next({ kind: 'reset' });
  await assert.rejects(text());
});

test('one request at a time: a hanging one holds up the next until its client gives up', async (t) => {
  const { stick, live } = await startStick(t);
  stick.faults.next({ kind: 'hang' });
  const hanging = httpRequest(`${stick.url}/jsonlive`).on('error', () => {});
  hanging.end();
  while (stick.requests.length < 1) await new Promise(setImmediate);
  let answered = false;
  const waiting = live().then(() => {
    answered = true;
  });
  while (stick.requests.length < 2) await new Promise(setImmediate);
  assert.deepEqual([stick.requests[1]!.overlapping, answered], [true, false]);
  hanging.destroy();
  await waiting;
});
