/** The candidate that a mistyped word most likely means; undefined when none is close. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    // No distance is less than the difference in length.
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * Levenshtein's distance, two neighbouring letters swapped counting as one edit.
 * @param most what is further apart is not measured to its end
 * @returns the distance where it is `most` or less, else any number above that
 */
export function editDistance(a: string, b: string, most = Number.POSITIVE_INFINITY): number {
  let leastAbove = 0;
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let leastOfRow = i;
    for (let j = 1; j <= b.length; j++) {
      const above = rows[i - 1]!;
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      }
      row.push(least);
      leastOfRow = Math.min(leastOfRow, least);
    }
    rows.push(row);
    // Each later row is made of the two before it.
    if (Math.min(leastOfRow, leastAbove) > most) return leastOfRow;
    leastAbove = leastOfRow;
  }
  return rows[a.length]![b.length]!;
}
