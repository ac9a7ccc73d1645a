#!/usr/bin/env node
import { listenToSignals } from './cli/signals.ts';

const signals = listenToSignals(process);
// Loading the rest takes the most part of a start.
const { main } = await import('./cli/main.ts');
process.exit(await main(process.argv.slice(2), process, signals));
