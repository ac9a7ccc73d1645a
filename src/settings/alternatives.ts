/** Words as alternatives, such as `a, b or c`. Intl.ListFormat takes 15 ms of the start to load its data. */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}
