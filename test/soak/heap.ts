/**
 * How much the heap grew over the last half, as a ratio: the smallest of its first half against the smallest of its
 * second half, since a collection finds more garbage at one time than at another.
 * @param heap bytes after collections, in order; four or more
 */
export function judgeHeap(heap: readonly number[]): number {
  const half = heap.slice(Math.floor(heap.length / 2));
  const middle = Math.ceil(half.length / 2);
  const [before, after] = [Math.min(...half.slice(0, middle)), Math.min(...half.slice(middle))];
  return after / before - 1;
}
