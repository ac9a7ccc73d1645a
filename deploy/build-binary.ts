/** Builds the standalone binaries: `npm run build:binary`. Argument: the folder to write, `dist` unless given. */
import { ARCHITECTURES, buildBinary } from './build/binary.ts';

for (const architecture of ARCHITECTURES) await buildBinary(architecture, process.argv[2] ?? 'dist');
