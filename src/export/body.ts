import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const compress = promisify<Buffer, { level: number }, Buffer>(gzip);

/** The body of an HTTP answer; its compressed form is made once, however often it is sent. */
export class Body {
  readonly bytes: Buffer;
  #zipped: Promise<Buffer> | undefined;

  constructor(text: string) {
    this.bytes = Buffer.from(text);
  }

  /** The compressed form. */
  gzip(): Promise<Buffer> {
    this.#zipped ??= compress(this.bytes, { level: constants.Z_BEST_SPEED });
    return this.#zipped;
  }

  toString(): string {
    return this.bytes.toString();
  }
}
