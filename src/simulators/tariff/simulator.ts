import type { StartSimulator } from '../../model/simulator.ts';
import { startPriceServer } from './server.ts';

/** What is added to the price of the market, as in Germany; and what a kWh that is fed in earns there. */
const CHARGES = '0.165';
const TAX = '0.19';
const EXPORT_PRICE = '0.0786';

/** A server of market prices. */
export const startSimulator: StartSimulator = async ({ host, port, demo }) => {
  const { url, close } = await startPriceServer({ host, port });
  const source = {
    TARIFF_IMPORT_SOURCE: 'energy-charts',
    TARIFF_IMPORT_ZONE: 'DE-LU',
    TARIFF_IMPORT_BASE_URL: url,
  };
  const settings = Object.entries(source).map(([name, value]) => `${name}=${value}`);
  return {
    env: {
      ...source,
      ...(demo && {
        TARIFF_IMPORT_CHARGES: CHARGES,
        TARIFF_IMPORT_TAX: TAX,
        TARIFF_EXPORT_PRICE: EXPORT_PRICE,
      }),
    },
    lines: [`Energy prices: ${settings.join(' ')}`],
    close,
  };
};
