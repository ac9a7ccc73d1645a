import type { StartSimulator } from '../../model/simulator.ts';
import { inverterBank } from './inverter.ts';
import { layoutOf } from './layouts.ts';
import { type RegisterBank, startModbusServer } from './server.ts';

/** A gateway with the simulated inverters behind it, unit 1 and up. */
export const startSimulator: StartSimulator = async ({ host, port, demo, inverters }) => {
  const units = new Map<number, RegisterBank>();
  const names: string[] = [];
  for (const inverter of inverters) {
    const layout = layoutOf(inverter);
    if (!layout) continue;
    names.push(inverter.serial);
    units.set(names.length, inverterBank(layout, inverter));
  }
  const { address, close } = await startModbusServer({ host, port, units });
  const targets = names.map((name, i) => `${name}=${address}/${i + 1}`).join(',');
  return {
    env: {
      GROWATT_MODBUS_TARGETS: targets,
      ...(demo && { GROWATT_MODBUS_INTERVAL: '2s', GROWATT_MODBUS_SPACING: '20ms' }),
    },
    lines: [`Inverters over Modbus TCP: GROWATT_MODBUS_TARGETS=${targets}`],
    close,
  };
};
