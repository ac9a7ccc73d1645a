/**
 * The part of a page under a heading of any level, up to the next heading.
 * @param heading the text of the heading
 * @throws Error when there is no such section
 */
export function sectionOf(page: string, heading: string): string {
  const section = page.split(/^#{1,6} /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`The page has no section "${heading}"`);
  return section;
}

/** The fenced blocks of one language in a section. @throws Error when there is no such section, or block in it */
export function blocksOf(page: string, heading: string, language = 'sh'): readonly string[] {
  const blocks = sectionOf(page, heading).matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'));
  const texts = [...blocks].map(([, text = '']) => text);
  if (texts.length === 0) throw new Error(`The section "${heading}" has no block in ${language}`);
  return texts;
}

/** The rows of all tables in a section, without their heads, each as the text of its cells. */
export function rowsOf(page: string, heading: string): readonly (readonly string[])[] {
  const lines = sectionOf(page, heading).split('\n');
  const isRow = (line: string | undefined) => line?.startsWith('|');
  return lines
    .filter((line, i) => isRow(line) && isRow(lines[i - 1]) && !/^[|\s-]+$/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
