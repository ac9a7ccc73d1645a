import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparer } from '../../../src/export/web/bcrypt-thread.ts';
import { type LoginVerdict, Passwords } from '../../../src/export/web/passwords.ts';

const hashOf = (cost: number) => `$2b$${cost}$focUICPAf28lBrxAcHd1/e3zG.yl8JoDAQIZQG2EBLl6wRiMakI8K`;
const twoUsers = new Map([
  ['alice', hashOf(10)],
  ['bob', hashOf(11)],
]);

/** Passwords whose comparisons end when the test says so. The right password is `right`. */
function set({
  byItself = false,
  users = twoUsers,
}: {
  readonly byItself?: boolean;
  readonly users?: ReadonlyMap<string, string>;
} = {}) {
  const asked: string[] = [];
  const hashes: string[] = [];
  const errors: string[] = [];
  let finish: ((error?: Error) => void) | undefined;
  const comparer: Comparer = {
    compare(password, hash) {
      assert.equal(finish, undefined, 'two at a time');
      asked.push(password);
      hashes.push(hash);
      if (byItself) return Promise.resolve(password === 'right');
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      finish = (error) => {
        finish = undefined;
        if (error) reject(error);
        else resolve(password === 'right');
      };
      return promise;
    },
    close: async () => {},
  };
  const passwords = new Passwords(comparer, (error) => errors.push(String(error)));
  return {
    asked,
    hashes,
    errors,
    check: (
      user: string,
      password: string,
      { client = 'one', gone = new AbortController().signal } = {},
    ): Promise<LoginVerdict> => passwords.check({ user, password, client }, users, gone),
    /** Ends the comparison under way, and lets what follows from it happen. */
    async next(error?: Error) {
      finish?.(error);
      await new Promise(setImmediate);
    },
  };
}

test('Passwords are compared one at a time, the newest of a client first', async () => {
  const { check, asked, next } = set();
  const verdicts = ['a', 'b', 'right'].map((password) => check('alice', password));
  assert.deepEqual(asked, ['a']);
  await next();
  await next();
  await next();
  assert.deepEqual(asked, ['a', 'right', 'b']);
  assert.deepEqual(await Promise.all(verdicts), ['refused', 'refused', 'accepted']);
});

test('Clients take turns', async () => {
  const { check, asked, next } = set();
  for (const password of ['a', 'b', 'c', 'd']) void check('alice', password);
  void check('alice', 'x', { client: 'two' });
  void check('alice', 'y', { client: 'two' });
  void check('alice', 'z', { client: 'three' });
  for (let count = 0; count < 7; count++) await next();
  assert.deepEqual(asked, ['a', 'd', 'y', 'z', 'c', 'x', 'b']);
});

test('An answer is known from then on, right and wrong ones, for this user and this hash', async () => {
  const { check, asked } = set({ byItself: true });
  for (let repeat = 0; repeat < 3; repeat++) {
    assert.equal(await check('alice', 'right'), 'accepted');
    assert.equal(await check('alice', 'wrong'), 'refused');
    assert.equal(await check('carol', 'right'), 'refused');
  }
  assert.deepEqual(asked, ['right', 'wrong', 'right']);
  assert.equal(await check('bob', 'right'), 'accepted');
  assert.equal(asked.length, 4);
});

test('The same login at the same time is compared once', async () => {
  const { check, asked, next } = set();
  const verdicts = Array.from({ length: 5 }, () => check('alice', 'right'));
  await next();
  assert.deepEqual(await Promise.all(verdicts), Array(5).fill('accepted'));
  assert.equal(asked.length, 1);
});

test('Wrong passwords do not push out a right one', async () => {
  const { check, asked } = set({ byItself: true });
  await check('alice', 'right');
  for (let count = 0; count < 300; count++) await check('alice', `wrong ${count}`);
  await check('alice', 'right');
  assert.equal(asked.filter((password) => password === 'right').length, 1);
  await check('alice', 'wrong 0');
  assert.equal(asked.filter((password) => password === 'wrong 0').length, 2, 'what is kept is bounded');
});

for (const [what, costs, usual] of [
  ['the cost that most users have', [12, 18, 10, 18], 18],
  ['the lowest cost where each has another', [12, 10, 18], 10],
] as const) {
  test(`An unknown user is compared with a hash of ${what}`, async () => {
    const { check, hashes } = set({
      byItself: true,
      users: new Map(costs.map((cost, at) => [`${at}`, hashOf(cost)])),
    });
    assert.equal(await check('mallory', 'right'), 'refused');
    assert.deepEqual(hashes, [hashOf(usual)]);
  });
}

test('A user who is gone is let in no more, also where another has the same hash', async () => {
  const gone = new Map([['alice', hashOf(10)]]);
  const { check } = set({ byItself: true, users: gone });
  assert.equal(await check('alice', 'right'), 'accepted');
  gone.delete('alice');
  gone.set('bob', hashOf(10));
  assert.equal(await check('alice', 'right'), 'refused');
  assert.equal(await check('bob', 'right'), 'accepted');
});

test('A client that is gone is compared no more', async () => {
  const { check, asked, next } = set();
  void check('alice', 'a');
  const gone = new AbortController();
  void check('alice', 'b', { gone: gone.signal });
  gone.abort();
  await next();
  await next();
  assert.deepEqual(asked, ['a']);
});

test('Of too many that wait the oldest of the client with the most is given up', async () => {
  const { check, next } = set();
  void check('alice', 'under way');
  const other = check('alice', 'right', { client: 'two' });
  const many = Array.from({ length: 100 }, (_, count) => check('alice', String(count)));
  assert.equal(await many[0], 'overloaded');
  for (let count = 0; count < 101; count++) await next();
  assert.equal(await other, 'accepted');
  assert.deepEqual(new Set(await Promise.all(many.slice(1))), new Set(['refused']));
});

test('A comparison that fails accepts no login, is not kept, and the next one is made', async () => {
  const { check, errors, asked, next } = set();
  const first = check('alice', 'right');
  const second = check('alice', 'right');
  await next(new Error('no memory'));
  assert.equal(await first, 'failed');
  await next();
  assert.equal(await second, 'accepted');
  assert.deepEqual([errors, asked.length], [['Error: no memory'], 2]);
});
