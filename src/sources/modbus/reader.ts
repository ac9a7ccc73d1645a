import type { Clock } from '../../base/clock.ts';
import { SourceError } from '../../base/errors.ts';
import type { Value } from '../../model/reading.ts';
import { BlockReader, type Numbers } from './block-reader.ts';
import type { ModbusClient } from './client.ts';
import { type Detection, detect } from './detection.ts';
import type { Family } from './families.ts';
import { offsetOf, parseClock, parseSerial } from './holding.ts';
import type { Inverter } from './inverter.ts';
import { vpp } from './maps/vpp.ts';
import { familyBlocks } from './plan.ts';
import { ImplausibleAnswer, type Quantities } from './plausible.ts';
import type { RegisterMap } from './register-map.ts';
import { isVoltageInDoubt } from './unknown.ts';
import { type Facts, valuesOf } from './values.ts';

export interface ReaderOptions {
  readonly client: ModbusClient;
  readonly clock: Clock;
  /** The configured family; undefined: it is detected. */
  readonly family: Family | undefined;
  /** Registers in one read, at most. */
  readonly blockSize: number;
}

/** One complete reading of an inverter. */
export interface InverterReading {
  readonly inverter: Inverter;
  readonly values: readonly Value[];
  readonly rejections: readonly string[];
  readonly facts: Facts;
  /** When it was taken, milliseconds since the epoch. */
  readonly takenAt: number;
}

/** What is known of an inverter from earlier readings. */
export interface Knowledge {
  readonly detection: Detection;
  readonly features: readonly string[];
  readonly blockSize: number;
  /** Minutes east of UTC that its clock shows. */
  readonly offset: number | undefined;
}

const HOUR = 60 * 60_000;

/** Reads one inverter: finds out what it is, reads its blocks, and remembers what it showed to have. */
export class InverterReader {
  readonly #options: ReaderOptions;
  #detection: Detection | undefined;
  #features = new Set<string>();
  #blocks: BlockReader;
  #offset: number | undefined;
  #clockReadAt: number | undefined;
  /** True when another inverter may answer than the one that was detected. */
  #isDoubtful = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.#blocks = new BlockReader(options);
  }

  /** undefined until the inverter has answered once. */
  get knowledge(): Knowledge | undefined {
    return (
      this.#detection && {
        detection: this.#detection,
        features: [...this.#features],
        blockSize: this.#blocks.size,
        offset: this.#offset,
      }
    );
  }

  /** Takes over what was known before a restart, if the same inverter still answers. */
  restore({ detection, features, blockSize, offset }: Knowledge): void {
    this.#detection = detection;
    this.#features = new Set(features);
    this.#blocks.restore(blockSize);
    this.#offset = offset;
    this.#isDoubtful = true;
  }

  /** @throws SourceError; the signal's reason when aborted */
  async read(signal: AbortSignal): Promise<InverterReading> {
    return await this.#options.client.use(signal, async () => {
      try {
        const { inverter } = await this.#identify(signal);
        const { quantities, rejections } = await this.#readBlocks(inverter.family, signal);
        const takenAt = this.#options.clock.now();
        await this.#readClock(inverter.family, signal);
        const { values, facts, ...rest } = valuesOf(quantities, inverter, this.#features);
        return { inverter, values, facts, takenAt, rejections: [...rejections, ...rest.rejections] };
      } catch (error) {
        this.#isDoubtful = true;
        // A family whose registers are not there was not recognised rightly.
        if (error instanceof SourceError && error.kind === 'refused') this.#detection = undefined;
        throw error;
      }
    });
  }

  /** Finds out anew what the inverter is. @throws SourceError */
  async detect(signal: AbortSignal): Promise<Detection> {
    const { client, family } = this.#options;
    return await client.use(signal, () => detect(client, family, signal));
  }

  async #identify(signal: AbortSignal): Promise<Detection> {
    const { client, family } = this.#options;
    if (this.#detection && this.#isDoubtful && !(await this.#isSame(this.#detection, signal)))
      this.#detection = undefined;
    if (!this.#detection) {
      this.#detection = await detect(client, family, signal);
      this.#features = new Set();
      this.#blocks = new BlockReader(this.#options);
      this.#offset = this.#clockReadAt = undefined;
    }
    this.#isDoubtful = false;
    return this.#detection;
  }

  /** Whether the inverter has the serial number that it had, and has it where it was. */
  async #isSame({ serialAt, inverter }: Detection, signal: AbortSignal): Promise<boolean> {
    if (!serialAt) return true;
    const check = (registers: readonly number[]) => {
      if (parseSerial(registers) === undefined)
        throw new ImplausibleAnswer(`holding ${serialAt.address}: no serial number`);
    };
    try {
      const registers = await this.#options.client.read('identity', serialAt, signal, check);
      return parseSerial(registers) === inverter.serial;
    } catch (error) {
      if (error instanceof ImplausibleAnswer) return false;
      throw error;
    }
  }

  async #readBlocks({ maps, main, otherVoltage }: Family, signal: AbortSignal) {
    const { first } = familyBlocks([main])[0]!;
    const { numbers, rejections } = await this.#blocks.read(familyBlocks(maps), first, signal);
    const quantities = firstOfEach(maps, numbers);
    if (!otherVoltage || !isVoltageInDoubt(quantities)) return { quantities, rejections };
    const other = await this.#blocks.readOptional(familyBlocks([otherVoltage]), signal);
    for (const [quantity, value] of firstOfEach([otherVoltage], other.numbers))
      quantities.set(quantity, value);
    return { quantities, rejections: [...rejections, ...other.rejections] };
  }

  /** The inverter's clock shows where it stands; read each hour, since summer time may begin. */
  async #readClock({ main }: Family, signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#options;
    const now = clock.now();
    if (this.#clockReadAt !== undefined && now - this.#clockReadAt < HOUR) return;
    this.#clockReadAt = now;
    try {
      const address = main === vpp ? 30_104 : 45;
      const wall = parseClock(await client.read('identity', { space: 'holding', address, count: 6 }, signal));
      const offset = wall === undefined ? undefined : offsetOf(wall, clock.now());
      // A clock that drifts around the middle between two offsets has not moved.
      if (offset !== undefined && Math.abs(offset - (this.#offset ?? Infinity)) !== 15) this.#offset = offset;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
    }
  }
}

/** Of a quantity that several maps have, the first one's value is taken. */
function firstOfEach(maps: readonly RegisterMap[], numbers: Numbers): Quantities {
  const quantities: Quantities = new Map();
  for (const row of maps.flatMap(({ rows }) => rows)) {
    const number = numbers.get(row);
    if (number !== undefined && !quantities.has(row.quantity)) quantities.set(row.quantity, number);
  }
  return quantities;
}
