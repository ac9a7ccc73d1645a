/** Deterministic number in [0, 1) for a seed and an integer (a 32-bit avalanche hash). */
export function hash01(seed: number, n: number): number {
  let x = (seed ^ Math.imul(n, 0x9e3779b1)) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
}

/** A seed made of a name, so that each plant and device varies in its own way (FNV-1a). */
export function seedOf(name: string, seed = 0): number {
  let x = 0x811c9dc5 ^ seed;
  for (const char of name) x = Math.imul(x ^ char.codePointAt(0)!, 0x01000193);
  return x | 0;
}

/** Smooth value noise in [0, 1): a pure function of time, with one independent knot every `period` ms. */
export function noise(seed: number, at: number, period: number): number {
  const knot = Math.floor(at / period);
  const x = at / period - knot;
  const from = hash01(seed, knot);
  return from + (hash01(seed, knot + 1) - from) * x * x * (3 - 2 * x);
}
