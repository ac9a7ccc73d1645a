/** Builds the program as one file: `npm run build`. Argument: the folder to write, `dist` unless given. */
import { buildBundle } from './build/bundle.ts';

await buildBundle(process.argv[2] ?? 'dist');
