import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costOf } from '../../../src/export/web/bcrypt.ts';
import { bcryptThread } from '../../../src/export/web/bcrypt-thread.ts';
import { ask } from '../http-client.ts';
import { basic, gatedServer } from './support.ts';

/** Of the password `password`, with costs of 4 and 10. */
const QUICK = '$2b$04$focUICPAf28lBrxAcHd1/e3zG.yl8JoDAQIZQG2EBLl6wRiMakI8K';
const USUAL = '$2b$10$TW/LcMLdx1hcamhoatMUWukBWUsRtxmmbE7ihAoO3YTfvxFBPPa8y';
const RIGHT = { headers: { authorization: basic('alice', 'password') } };

/** Milliseconds until a wrong password is refused. */
async function timeOf(url: string, password: string, user = 'alice'): Promise<number> {
  const began = performance.now();
  const { status } = await ask(url, { headers: { authorization: basic(user, password) } });
  assert.equal(status, 401);
  return performance.now() - began;
}

/** Milliseconds until a scrape with the right password is answered while 40 with wrong ones wait. */
async function timeAmongWrongOnes(url: string): Promise<number> {
  const stop = new AbortController();
  const wrong = Array.from({ length: 40 }, (_, count) => {
    const headers = { authorization: basic(count % 2 ? 'alice' : 'mallory', `wrong ${count}`) };
    return ask(`${url}/metrics`, { headers, agent: false, signal: stop.signal }).then(
      ({ status }) => status,
      () => 'stopped',
    );
  });
  assert.equal(await Promise.race(wrong), 401);
  const began = performance.now();
  const { status } = await ask(`${url}/metrics`, { ...RIGHT, agent: false });
  const took = performance.now() - began;
  assert.equal(status, 200);
  stop.abort();
  assert.ok((await Promise.all(wrong)).includes('stopped'), 'the wrong ones were still waiting');
  return took;
}

test('With 40 wrong passwords at once a scrape with the right one is answered within a second', async (t) => {
  const { url, lines } = await gatedServer(t, `basic_auth_users: {alice: ${USUAL}}\n`);
  await timeOf(url, 'to start the thread');
  // A second is some ten comparisons; on a busy machine those take longer.
  const atMost = Math.max(1_000, 10 * (await timeOf(url, 'wrong')));
  assert.ok((await timeAmongWrongOnes(url)) < atMost, 'asked for the first time');
  assert.ok((await timeAmongWrongOnes(url)) < atMost, 'known');
  assert.deepEqual(lines, []);
});

test('An unknown user is refused as late as a wrong password', async (t) => {
  const { url, lines } = await gatedServer(t, `basic_auth_users: {alice: ${USUAL}}\n`);
  await timeOf(url, 'to start the thread');
  const times = { alice: [] as number[], unknown: [] as number[] };
  for (let count = 0; count < 5; count++) {
    times.alice.push(await timeOf(url, `wrong ${count}`));
    times.unknown.push(await timeOf(url, `wrong ${count}`, 'mallory'));
  }
  const [alice, unknown] = [Math.min(...times.alice), Math.min(...times.unknown)];
  assert.ok(unknown > alice / 3 && unknown < alice * 3, `${alice} ms and ${unknown} ms`);
  assert.deepEqual(lines, []);
});

test('While passwords cannot be checked a login is answered 503, and the log says why without the password', async (t) => {
  const comparer = { compare: async () => Promise.reject(new Error('no memory')), close: async () => {} };
  const { url, lines } = await gatedServer(t, `basic_auth_users: {alice: ${QUICK}}\n`, { comparer });
  assert.equal((await ask(url, RIGHT)).status, 503);
  assert.equal(lines.length, 1);
  assert.match(
    String(lines),
    /^error: Internal error, please report it: checking a password failed .*no memory/,
  );
  assert.doesNotMatch(String(lines), /"password"|YWxpY2U6/);
});

test('The thread compares hashes of every version 2, and comes back after its end', async (t) => {
  const thread = bcryptThread();
  t.after(() => thread.close());
  for (const version of ['$2$', '$2a$', '$2b$', '$2x$', '$2y$']) {
    const hash = QUICK.replace('$2b$', version);
    assert.equal(await thread.compare('password', hash), true, version);
    assert.equal(await thread.compare('passwort', hash), false, version);
  }
  const underWay = thread.compare('password', USUAL);
  await Promise.all([assert.rejects(underWay, /the thread ended/), thread.close()]);
  assert.equal(await thread.compare('password', QUICK), true);
});

test('A password beyond 72 bytes counts as its first 72, as in Go', async (t) => {
  // Of 72 times the letter a.
  const hash = '$2b$04$k1IDkxIpojAbHo.KQdWzN./IdUphYkawVNObvSbNjtqPPwMWy46vm';
  const thread = bcryptThread();
  t.after(() => thread.close());
  assert.equal(await thread.compare('a'.repeat(80), hash), true);
  assert.equal(await thread.compare('a'.repeat(71), hash), false);
});

test('The cost of a hash is known, and what is no hash has none', () => {
  assert.equal(costOf(USUAL), 10);
  assert.equal(costOf(QUICK.replace('$04$', '$31$')), 31);
  for (const text of [
    '',
    'password',
    QUICK.slice(1),
    `${QUICK}a`,
    QUICK.replace('$04$', '$32$'),
    QUICK.replace('2b', '3b'),
  ])
    assert.equal(costOf(text), undefined, text);
});
