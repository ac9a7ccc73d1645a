import { awattar } from './awattar.ts';
import { energyCharts } from './energy-charts.ts';
import type { Market } from './market.ts';
import { octopus } from './octopus.ts';

/** All sources of prices; a new one is one line here. */
export const markets = {
  'energy-charts': energyCharts,
  awattar,
  octopus,
} satisfies Record<string, Market>;

export type MarketName = keyof typeof markets;
