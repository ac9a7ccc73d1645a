/**
 * Register maps as data. Where a fact comes from is its evidence, a letter for each source that has the register at
 * this address (a small one: with another scale): V the vendor's protocol papers (V1.24, V1.39, off-grid V0.26,
 * V3.14, VPP V2.03); A the profiles of 0xAHA/Growatt_ModbusTCP, made from scans of owners; W WouterTuinstra's
 * Homeassistant-Growatt-Local-Modbus; O OpenInverterGateway; E evcc; G record layouts of grott. A register with one
 * letter is documented only.
 */

/** One quantity of a map. */
export interface Row {
  readonly register: number;
  readonly words: 1 | 2;
  readonly signed: boolean;
  /** What one step of the raw number is worth. */
  readonly scale: number;
  /** What it is, in the same words in all maps; see quantities.ts. */
  readonly quantity: string;
  readonly evidence: string;
}

/** Registers that are read together, as the vendor divides the address space. */
export interface Block {
  readonly first: number;
  readonly count: number;
}

export interface RegisterMap {
  readonly name: string;
  readonly blocks: readonly Block[];
  readonly rows: readonly Row[];
}

const LINE =
  /^(\d+)(?:\/(\d+))? +([us])(16|32)(?: ×([\d.]+))? +([a-z0-9_]+(?:\{(\d+)-(\d+)\}[a-z0-9_]*)?) +([A-Za-z]+)$/;

/**
 * Reads a table of input registers, one quantity in each line: register, type, quantity, evidence. A line
 * `3/4 u16 ×0.1 pv{1-8}_voltage` stands for eight quantities, four registers apart.
 * @throws Error for a line of another form: a mistake in a map
 */
export function registerMap(name: string, blocks: readonly Block[], table: string): RegisterMap {
  const lines = table.split('\n').map((line) => line.trim());
  return { name, blocks, rows: lines.filter((line) => line !== '').flatMap(parseLine) };
}

function parseLine(line: string): Row[] {
  const match = LINE.exec(line);
  if (!match) throw new Error(`Not a line of a register map: ${line}`);
  const [
    ,
    register,
    step = '0',
    sign,
    bits,
    scale = '1',
    quantity = '',
    from = '1',
    to = from,
    evidence = '',
  ] = match;
  const count = Number(to) - Number(from) + 1;
  return Array.from({ length: count }, (_, i) => ({
    register: Number(register) + i * Number(step),
    words: bits === '32' ? 2 : 1,
    signed: sign === 's',
    scale: Number(scale),
    quantity: quantity.replace(/\{[^{}]*\}/, String(Number(from) + i)),
    evidence,
  }));
}

/** Blocks of a length from one register on. */
export function blocksOf(first: number, length: number, count = 1): Block[] {
  return Array.from({ length: count }, (_, i) => ({ first: first + i * length, count: length }));
}

/** The number a row stands for in the registers read from `address` on. */
export function decode(row: Row, registers: readonly number[], address: number): number {
  const at = row.register - address;
  const raw = row.words === 1 ? registers[at]! : registers[at]! * 0x1_0000 + registers[at + 1]!;
  const modulus = row.words === 1 ? 0x1_0000 : 0x1_0000_0000;
  const number = row.signed && raw >= modulus / 2 ? raw - modulus : raw;
  // The product with a decimal fraction is off in the sixteenth digit; nothing measured that.
  return Number((number * row.scale).toPrecision(12));
}
