/** Builds the packages for Debian: `npm run build:deb`. Argument: the folder to write, `dist` unless given. */
import { ARCHITECTURES } from './build/binary.ts';
import { buildDebianPackage } from './build/debian-package.ts';

for (const architecture of ARCHITECTURES) await buildDebianPackage(architecture, process.argv[2] ?? 'dist');
