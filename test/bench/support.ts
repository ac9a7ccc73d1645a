import type { Engine, Results, ScrapeFigures } from './results.ts';
import { ENGINES } from './results.ts';

const MIB = 1024 * 1024;

/** Figures of one program; costs are multiples of a cheap one. */
export function figures(engine: Engine, factor: number): ScrapeFigures {
  return {
    engine,
    cold: 50 * factor,
    warm: 0.5 * factor,
    coldGzip: 60 * factor,
    warmGzip: factor,
    allocated: 2 * MIB * factor,
    stall: engine.startsWith('client_golang') ? undefined : 10 * factor,
    rss: 50 * MIB,
    plainSize: 2 * MIB,
    gzipSize: engine === 'prom-client' ? undefined : MIB / 4,
  };
}

/** Results that meet all aims. */
export function goodResults(changes: Partial<Results> = {}): Results {
  const [agent, ...peers] = ENGINES;
  const engines = [figures(agent, 1), ...peers.map((peer) => figures(peer, 100))];
  return {
    scrapes: [
      { series: 301, changed: 0.5, engines },
      { series: 29_971, changed: 0.56, engines },
    ],
    start: { agent: 120, bareNode: 45 },
    memory: {
      home: { series: 120, cycles: 100, rss: 75 * MIB },
      fleet: { series: 37_001, cycles: 100, rss: 150 * MIB },
      fleetWithOtlp: { series: 37_001, cycles: 100, rss: 155 * MIB },
      largeAccount: { series: 185_001, cycles: 100, rss: 390 * MIB },
      healthcheck: 60 * MIB,
      bareNode: 46 * MIB,
    },
    polls: { inverters: 1000, size: 2 * MIB, cycle: 40, parse: 12 },
    stalls: { 'a scrape': 8, 'the status page': 20 },
    ...changes,
  };
}
