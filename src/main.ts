import { listenToSignals } from './cli/signals.ts';

const signals = listenToSignals(process);
// Loading the rest takes the most part of a start.
import('./cli/main.ts')
  .then(({ main }) => main(process.argv.slice(2), process, signals))
  .then((code) => process.exit(code));
