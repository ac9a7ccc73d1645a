import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Progress } from '../../src/backfill/progress.ts';
import { formatTime } from '../../src/base/duration.ts';
import { instantClock } from '../helpers/clock.ts';

const { signal } = new AbortController();

function startProgress(options: { calls: number; isTerminal?: boolean; columns?: number }) {
  const clock = instantClock();
  const written: string[] = [];
  const progress = new Progress({
    spacing: 3000,
    isTerminal: true,
    columns: 80,
    ...options,
    clock,
    write: (text) => written.push(text),
  });
  return { clock, written, progress };
}

test('before the first call the time left is that of the call spacing', () => {
  assert.equal(formatTime(startProgress({ calls: 1252 }).progress.timeLeft), '1 h 3 min');
});

test('on a terminal a bar with plant, day, calls and time left redraws itself on one line', async () => {
  const { clock, written, progress } = startProgress({ calls: 4 });
  for (const date of ['2026-06-08', '2026-06-09', '2026-06-10', '2026-06-11']) {
    await clock.sleep(5000, signal);
    progress.step('Dach Süd', date);
  }
  progress.end();
  assert.deepEqual(written, [
    '\r\u001b[K█████░░░░░░░░░░░░░░░ 2026-06-08 3 calls left, 15 s  Dach Süd',
    '\r\u001b[K██████████░░░░░░░░░░ 2026-06-09 2 calls left, 10 s  Dach Süd',
    '\r\u001b[K███████████████░░░░░ 2026-06-10 1 call left, 5 s  Dach Süd',
    '\r\u001b[K████████████████████ 2026-06-11 0 calls left, 0 s  Dach Süd',
    '\n',
  ]);
});

test('a long or hostile plant name neither wraps the line nor moves the cursor', () => {
  const { written, progress } = startProgress({ calls: 2, columns: 60 });
  progress.step(`\u001b[2J\r\n${'☀'.repeat(100)}`, '2026-06-11');
  const [, line = ''] = written[0]?.split('\u001b[K') ?? [];
  assert.equal([...line].length, 59);
  assert.doesNotMatch(line, /\p{Cc}/u);
});

test('without a terminal there is a plain line a minute', async () => {
  const { clock, written, progress } = startProgress({ calls: 100, isTerminal: false });
  for (let i = 1; i <= 45; i++) {
    await clock.sleep(3000, signal);
    progress.step('Dach Süd', `day ${i}`);
  }
  progress.end();
  assert.deepEqual(written, [
    'Dach Süd: day 20, 80 calls left, 4 min\n',
    'Dach Süd: day 40, 60 calls left, 3 min\n',
  ]);
});

test('the time left follows the pace, pauses included', async () => {
  const { clock, progress } = startProgress({ calls: 3 });
  await clock.sleep(10 * 60_000, signal);
  progress.step('Dach Süd', '2026-06-11');
  assert.equal(formatTime(progress.timeLeft), '20 min');
});

test('times are written as people say them', () => {
  assert.deepEqual(
    [0, 400, 59_400, 59_600, 90_000, 3_540_000, 3_599_000, 3_600_000, 7_230_000].map(formatTime),
    ['0 s', '0 s', '59 s', '1 min', '2 min', '59 min', '1 h', '1 h', '2 h 1 min'],
  );
});
