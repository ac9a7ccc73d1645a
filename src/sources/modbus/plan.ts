import type { Block, RegisterMap, Row } from './register-map.ts';

/** A block of one family with all quantities that its maps read from it. */
export interface FamilyBlock extends Block {
  /** The map's name. */
  readonly name: string;
  readonly rows: readonly Row[];
}

/** One read of input registers, and the rows that it gives. */
export interface PlannedRead {
  readonly address: number;
  readonly count: number;
  readonly rows: readonly Row[];
}

/** The blocks of maps, each once, in the order of the maps. */
export function familyBlocks(maps: readonly RegisterMap[]): FamilyBlock[] {
  const blocks = new Map<number, FamilyBlock>();
  for (const { name, blocks: own, rows } of maps) {
    for (const { first, count } of own) {
      const inside = rows.filter(({ register }) => register >= first && register < first + count);
      const known = blocks.get(first);
      if (inside.length > 0 || known) {
        const merged = [...(known?.rows ?? []), ...inside];
        blocks.set(first, { name: known?.name ?? name, first, count, rows: merged });
      }
    }
  }
  return [...blocks.values()];
}

/**
 * The reads that give all rows of a block: as few as possible, of at most `most` registers each. The two words of a
 * quantity are always in one read, since they would not belong together otherwise; where they lie across the end of
 * the block, or are more than `most`, that read is their own.
 */
export function planReads({ first, count, rows }: FamilyBlock, most: number): PlannedRead[] {
  const sorted = rows.toSorted((a, b) => a.register - b.register);
  const crosses = ({ register, words }: Row) => register + words > first + count;
  const reads: { address: number; count: number; rows: Row[] }[] = [];
  for (const row of sorted.filter((row) => !crosses(row))) {
    const last = reads.at(-1);
    const end = row.register + row.words;
    if (last && end - last.address <= most) {
      last.count = Math.max(last.count, end - last.address);
      last.rows.push(row);
    } else {
      reads.push({ address: row.register, count: row.words, rows: [row] });
    }
  }
  return [
    ...reads,
    ...sorted.filter(crosses).map((row) => ({ address: row.register, count: row.words, rows: [row] })),
  ];
}
