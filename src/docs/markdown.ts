/** A table in Markdown, each line ended. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(titles) + line(titles.map(() => '---')) + rows.map(line).join('');
}

/** A text as code; nothing for none. */
export const code = (text: string | undefined) => (text === undefined ? '' : `\`${text}\``);

export const upperFirst = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
