/** Builds the standalone binaries: `npm run build:binary`. Argument: the folder to write, `dist` unless given. */
import { ARCHITECTURES, buildBinary } from './build/binary.ts';
import { buildBundle } from './build/bundle.ts';
import { inWorkshop } from './build/workshop.ts';

await inWorkshop(async (bundle) => {
  await buildBundle(bundle);
  for (const architecture of ARCHITECTURES)
    await buildBinary(architecture, bundle, process.argv[2] ?? 'dist');
});
