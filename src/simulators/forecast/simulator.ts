import type { SimulatedSky, StartSimulator } from '../../model/simulator.ts';
import { clearSky, sinElevation } from '../sun.ts';
import { startOpenMeteo } from './server.ts';

/** The weather where no simulated plant has one. */
const cloudless: SimulatedSky = (place, at) => ({
  irradiance: clearSky(sinElevation(place, at)),
  temperature: 15,
});

/** A weather service that knows the weather over the simulated plants, that of tomorrow too. */
export const startSimulator: StartSimulator = async ({ host, port, sky = cloudless, plantIds = [] }) => {
  const { url, close } = await startOpenMeteo({ host, port, sky });
  // The modules of simulated plants lie flat.
  const planes = plantIds.map((id) => `${id}::0`).join(',');
  return {
    env: {
      FORECAST_SOURCE: 'open-meteo',
      FORECAST_BASE_URL: url,
      ...(planes !== '' && { FORECAST_PLANES: planes }),
    },
    lines: [`Open-Meteo:    FORECAST_SOURCE=open-meteo FORECAST_BASE_URL=${url}`],
    close,
  };
};
