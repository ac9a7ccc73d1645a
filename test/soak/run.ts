import { parseArgs } from 'node:util';
import { soak } from './soak.ts';

/** `npm run soak -- --minutes 60 --seed 7`: as long as asked; the seed decides about all faults. */
const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
const minutes = Number(values.minutes ?? 10);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('--minutes takes a number above 0, --seed a whole number.');
  process.exit(2);
}
if (!globalThis.gc) {
  console.error('The heap is measured after collections: start it with node --expose-gc, or npm run soak.');
  process.exit(2);
}

console.log(`Soak of ${minutes} minutes with --seed ${seed}`);
const { days, samples, faults, restarts, growth } = await soak({
  seed,
  milliseconds: minutes * 60_000,
  say: console.log,
});
const percent = (growth * 100).toFixed(2);
console.log(
  `${days.toFixed(1)} virtual days, ${samples} samples, ${faults} faults, ${restarts} restarts: nothing false, nothing dead; ` +
    `the heap grew by ${percent} % over the last half`,
);
if (growth >= 0.01) {
  console.error('The heap must grow by less than 1 %.');
  process.exitCode = 1;
}
