import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asTurnsAllow, inTurns, isTurnOver, nextTurn } from '../../src/base/turns.ts';

/** Milliseconds, of work that does nothing else. */
function workFor(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Steps of some milliseconds, and whether anything else had its turn in between. */
async function job(steps: number, ms: number, log: string[], name: string): Promise<void> {
  await inTurns(Array.from({ length: steps }), () => {
    workFor(ms);
    log.push(name);
  });
}

describe('Long work', () => {
  it('lets others work every few milliseconds', async () => {
    const log: string[] = [];
    let done = false;
    const others = (async () => {
      while (!done) {
        await nextTurn();
        log.push('other');
      }
    })();
    await job(10, 5, log, 'step');
    done = true;
    await others;
    for (let step = log.indexOf('step'); step !== -1; step = log.indexOf('step', step + 1))
      assert.notEqual(log[step + 1], 'step', log.join(' '));
  });

  it('gives what it makes to who waits for it, and lets others work in between', async () => {
    const make = function* () {
      for (let piece = 0; piece < 5; piece++) {
        workFor(5);
        yield piece;
      }
    };
    let others = 0;
    let done = false;
    const rounds = (async () => {
      for (; !done; others++) await nextTurn();
    })();
    assert.deepEqual(await Array.fromAsync(asTurnsAllow(make())), [0, 1, 2, 3, 4]);
    done = true;
    await rounds;
    assert.ok(others >= 4, `${others} turns of others`);
  });

  it('shares the time of a turn with other long work of the same turn', async () => {
    const log: string[] = [];
    await nextTurn();
    const jobs = [job(3, 10, log, 'a'), job(3, 10, log, 'b')];
    const before = [...log];
    await Promise.all(jobs);
    assert.deepEqual(before, ['a']);
    assert.deepEqual(log.toSorted(), ['a', 'a', 'a', 'b', 'b', 'b']);
  });

  it('has all of a turn again in the next one', async () => {
    isTurnOver();
    workFor(10);
    assert.equal(isTurnOver(), true);
    // Whatever else runs on this machine, it does not take the first moment of each turn.
    let isFresh = false;
    for (let turn = 0; turn < 50 && !isFresh; turn++) {
      await nextTurn();
      isFresh = !isTurnOver();
    }
    assert.ok(isFresh);
  });
});
