import { isTurnOver, nextTurn } from '../base/turns.ts';
import type { StatusView } from '../view/status-api.ts';

const INDENT = 2;

/** `/api/v1/status`: a line for each plant and stick, so that a fleet neither takes long nor blocks the event loop. */
export async function statusJson({ plants, sticks, ...rest }: StatusView): Promise<string> {
  const lines = async (rows: readonly object[]): Promise<string> => {
    const texts: string[] = [];
    for (const row of rows) {
      texts.push(`    ${JSON.stringify(row)}`);
      if (isTurnOver()) await nextTurn();
    }
    return texts.length === 0 ? '[]' : `[\n${texts.join(',\n')}\n  ]`;
  };
  const head = JSON.stringify(rest, undefined, INDENT).replace(/\n}$/, '');
  return `${head},\n  "plants": ${await lines(plants)},\n  "sticks": ${await lines(sticks)}\n}\n`;
}
