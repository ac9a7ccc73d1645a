/** Builds the packages for Debian: `npm run build:deb`. Argument: the folder to write, `dist` unless given. */
import { ARCHITECTURES } from './build/binary.ts';
import { buildBundle } from './build/bundle.ts';
import { buildDebianPackage } from './build/debian-package.ts';
import { inWorkshop } from './build/workshop.ts';

await inWorkshop(async (bundle) => {
  await buildBundle(bundle);
  for (const architecture of ARCHITECTURES)
    await buildDebianPackage(architecture, bundle, process.argv[2] ?? 'dist');
});
