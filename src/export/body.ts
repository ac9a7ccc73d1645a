import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

const deflate = promisify<Buffer, { level: number; finishFlush: number }, Buffer>(deflateRaw);

/** A piece of a body; what its compressed form needs is made once, however often and in whatever body it is sent. */
export class BodyPart {
  readonly bytes: Buffer;
  #deflated: Promise<Buffer> | undefined;
  #checksum: number | undefined;

  constructor(content: string | Buffer) {
    this.bytes = typeof content === 'string' ? Buffer.from(content) : content;
  }

  /** RFC 1951: blocks that end at a whole byte, none of them the last; compressed in another thread. */
  deflated(): Promise<Buffer> {
    const options = { level: constants.Z_BEST_SPEED, finishFlush: constants.Z_SYNC_FLUSH };
    this.#deflated ??= deflate(this.bytes, options);
    return this.#deflated;
  }

  /** CRC-32 of the bytes. */
  get checksum(): number {
    this.#checksum ??= crc32(this.bytes);
    return this.#checksum;
  }
}

/** RFC 1952: deflated, no flags, no time, compressed for speed, unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]);
/** The last block of RFC 1951, empty. */
const LAST_BLOCK = [3, 0];

/** The body of an HTTP answer, of one part or several. */
export class Body {
  readonly #parts: readonly BodyPart[];
  #gzipped: Promise<readonly Buffer[]> | undefined;

  constructor(...parts: readonly (string | BodyPart)[]) {
    this.#parts = parts.map((part) => (typeof part === 'string' ? new BodyPart(part) : part));
  }

  /** Bytes, uncompressed. */
  get size(): number {
    return this.#parts.reduce((size, { bytes }) => size + bytes.length, 0);
  }

  get bytes(): readonly Buffer[] {
    return this.#parts.map(({ bytes }) => bytes);
  }

  /** The compressed form: a single member of gzip, since not every client reads on after the first. */
  gzip(): Promise<readonly Buffer[]> {
    this.#gzipped ??= this.#gzip();
    return this.#gzipped;
  }

  toString(): string {
    return this.bytes.map(String).join('');
  }

  async #gzip(): Promise<readonly Buffer[]> {
    const blocks = await Promise.all(this.#parts.map((part) => part.deflated()));
    const [first, ...others] = this.#parts;
    const checksum = others.reduce((sum, { bytes }) => crc32(bytes, sum), first?.checksum ?? 0);
    const end = Buffer.from([...LAST_BLOCK, 0, 0, 0, 0, 0, 0, 0, 0]);
    end.writeUInt32LE(checksum, LAST_BLOCK.length);
    end.writeUInt32LE(this.size % 2 ** 32, LAST_BLOCK.length + 4);
    return [GZIP_HEADER, ...blocks, end];
  }
}
