import type { Clock } from '../base/clock.ts';
import { formatTime } from '../base/duration.ts';

export interface ProgressOptions {
  readonly calls: number;
  /** Milliseconds between two calls, for the first estimate. */
  readonly spacing: number;
  readonly clock: Clock;
  readonly write: (text: string) => void;
  /** A bar that redraws itself on a terminal, plain lines elsewhere. */
  readonly isTerminal: boolean;
  readonly columns: number;
}

const BAR_WIDTH = 20;
const PLAIN_EVERY_MS = 60_000;

/** Shows the progress of a backfill: plant, day, calls left, time left. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #started: number;
  #done = 0;
  #wroteAt: number;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#started = this.#wroteAt = options.clock.now();
  }

  /** Milliseconds that the calls left will take, at the rate so far. */
  get timeLeft(): number {
    const { calls, spacing, clock } = this.#options;
    const perCall = this.#done > 0 ? (clock.now() - this.#started) / this.#done : spacing;
    return (calls - this.#done) * Math.max(perCall, spacing);
  }

  /** One more call is done. */
  step(plant: string, date: string): void {
    const { calls, write, isTerminal, columns, clock } = this.#options;
    this.#done++;
    const callsLeft = calls - this.#done;
    const left = `${callsLeft} ${callsLeft === 1 ? 'call' : 'calls'} left, ${formatTime(this.timeLeft)}`;
    if (isTerminal) {
      const full = Math.round((this.#done / calls) * BAR_WIDTH);
      const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
      write(`\r\u001b[K${fit(`${bar} ${date} ${left}  ${plant}`, columns)}`);
    } else if (clock.now() - this.#wroteAt >= PLAIN_EVERY_MS) {
      this.#wroteAt = clock.now();
      write(`${plant}: ${date}, ${left}\n`);
    }
  }

  /** Leaves the bar's line. */
  end(): void {
    if (this.#options.isTerminal && this.#done > 0) this.#options.write('\n');
  }
}

/** One line, so that the next one can be drawn over it. */
const fit = (text: string, columns: number) =>
  [...text.replace(/\p{Cc}/gu, ' ')].slice(0, columns - 1).join('');
