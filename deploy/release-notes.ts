/** Prints the text of a release: `node deploy/release-notes.ts TAG`. It needs no packages. */
import { readFileSync } from 'node:fs';
import { releaseNotes } from './release/notes.ts';

try {
  process.stdout.write(releaseNotes(process.argv[2] ?? '', readFileSync('CHANGELOG.md', 'utf8')));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
