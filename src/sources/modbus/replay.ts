import { SourceError } from '../../base/errors.ts';
import { describe, type Query } from './frame.ts';

/** Shorter answers may be equal by chance. */
const LEAST_REGISTERS = 8;
const LEAST_DISTINCT = 4;
/** Enough for the blocks of eight inverters, twice. */
const ANSWERS_KEPT = 64;

/**
 * The last answer to each query of one gateway. Some gateways answer a query with a complete earlier answer to
 * another one; where both are of the same inverter and length, only its content shows that.
 */
export class AnswerHistory {
  readonly #answers = new Map<string, { readonly query: Query; readonly content: string }>();

  /** @throws SourceError `malformed` when these are the registers of the last answer to another query */
  check(query: Query, registers: readonly number[]): void {
    const key = `${query.unit} ${describe(query)}`;
    const content = registers.join();
    for (const [other, earlier] of this.#answers) {
      const isReplay = other !== key && earlier.content === content && earlier.query.unit === query.unit;
      if (isReplay && isTelling(registers))
        throw new SourceError(
          'malformed',
          `${describe(query)}: the answer to an earlier request, ${describe(earlier.query)}`,
        );
    }
    this.#answers.delete(key);
    this.#answers.set(key, { query, content });
    if (this.#answers.size <= ANSWERS_KEPT) return;
    for (const oldest of this.#answers.keys()) {
      this.#answers.delete(oldest);
      break;
    }
  }
}

/** Blocks of zeros, and of few different words, are alike in many places. */
function isTelling(registers: readonly number[]): boolean {
  if (registers.length < LEAST_REGISTERS) return false;
  return new Set(registers.filter((word) => word !== 0)).size >= LEAST_DISTINCT;
}
