/** The middle one of some numbers; of an even count, the mean of the two in the middle. @throws Error for none */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half];
  if (upper === undefined) throw new Error('no numbers');
  return sorted.length % 2 === 1 ? upper : (sorted[half - 1]! + upper) / 2;
}
