/** Builds the package for npm: `npm run build:npm`. Argument: the folder to write, `dist` unless given. */
import { buildNpmPackage } from './build/npm-package.ts';

await buildNpmPackage(process.argv[2] ?? 'dist');
