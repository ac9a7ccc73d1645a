import { manifest } from '../build/manifest.ts';

/**
 * The text of a release: its section of the changelog, without the heading. Links into the repository become links to
 * the files of that version.
 * @param tag such as `v0.2.0`
 * @throws Error with what to do when the tag, package.json and the changelog do not agree
 */
export function releaseNotes(tag: string, changelog: string, { version, homepage } = manifest): string {
  if (tag !== `v${version}`)
    throw new Error(
      `The tag is ${tag}, but package.json has the version ${version}: tag v${version} instead.`,
    );
  const heading = `## ${version} (`;
  const section = changelog.split(/^(?=## )/m).find((part) => part.startsWith(heading));
  if (!section) throw new Error(`CHANGELOG.md has no section "${heading}DATE)": name the newest one so.`);
  const [, date = '', text = ''] = /^## \S+ \(([^)]*)\)\n(.*)$/s.exec(section) ?? [];
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date))
    throw new Error(`CHANGELOG.md gives ${version} the date "${date}": write it as YYYY-MM-DD.`);
  if (text.trim() === '') throw new Error(`The section ${version} of CHANGELOG.md is empty.`);
  const files = `${homepage?.replace(/#.*/, '')}/blob/${tag}/`;
  return `${text.trim().replaceAll(/\]\((?![a-z]+:|#)/g, `](${files}`)}\n`;
}
