import { base, baseAcCharge, basePhases, baseWarning, pv9, second } from './maps/base.ts';
import { legacy, spe, spf } from './maps/older.ts';
import { spa2000, storage } from './maps/storage.ts';
import { x3000, x3125 } from './maps/tlx.ts';
import { vpp, vppBattery, vppVoltage, wit8000 } from './maps/vpp.ts';
import type { RegisterMap } from './register-map.ts';

/** One family of inverters that is read in the same way. */
export interface Family {
  /** Its name in the configuration and for people. */
  readonly name: string;
  /** The word of the cloud's API for the same devices: the label `device_type`. */
  readonly deviceType: string;
  /** What it serves; of a quantity that several maps have, the first one's value is taken. */
  readonly maps: readonly RegisterMap[];
  /** The map without which there is no reading. */
  readonly main: RegisterMap;
  /** PV inputs, where the inverter does not say how many it has; undefined: as many as the maps have. */
  readonly pvInputs?: number;
  /** Rated power of its smallest model, W: a lower rating is in another unit than the vendor says. */
  readonly smallest: number;
  /** What is read where the voltage of the battery converter is too low to be in 1/100 V. */
  readonly otherVoltage?: RegisterMap;
  /** No protocol II and no VPP protocol: registers from 30000 on must not be read. */
  readonly offGrid?: true;
}

const family = (
  name: string,
  deviceType: string,
  smallest: number,
  maps: readonly [RegisterMap, ...RegisterMap[]],
  more: Partial<Family> = {},
): Family => ({ name, deviceType, smallest, maps, main: maps[0], ...more });

export const families = {
  min: family('min', 'min', 600, [x3000]),
  minXh: family('min-xh', 'min', 2500, [x3000, x3125], { otherVoltage: vppVoltage }),
  /** The second generation of MIN-XH serves nothing but the VPP protocol. */
  vpp: family('vpp', 'min', 2500, [vpp, vppBattery]),
  modXh: family('mod-xh', 'min', 3000, [basePhases, x3000, x3125], { main: x3000, otherVoltage: vppVoltage }),
  /** Hybrids with the code of MOD-XH, but without its blocks. */
  modHu: family('mod-hu', 'min', 3000, [base, baseWarning, vpp, vppBattery]),
  mid: family('mid', 'min', 3000, [base, baseWarning, second]),
  max: family('max', 'max', 30_000, [base, baseWarning, second, pv9]),
  sph: family('sph', 'sph', 2500, [base, storage, baseAcCharge], { pvInputs: 2 }),
  sphTl3: family('sph-tl3', 'sph', 3000, [base, storage, baseAcCharge], { pvInputs: 2 }),
  spa: family('spa', 'spa', 1000, [spa2000, storage], { main: storage, pvInputs: 0 }),
  spaTl3: family('spa-tl3', 'spa', 3000, [base, storage, baseAcCharge], { pvInputs: 0 }),
  wit: family('wit', 'wit', 4000, [base, baseWarning, wit8000, vppBattery]),
  spf: family('spf', 'storage', 1000, [spf], { offGrid: true }),
  spe: family('spe', 'storage', 3000, [spf, spe], { offGrid: true }),
  legacy: family('legacy', 'inverter', 600, [legacy]),
} as const satisfies Record<string, Family>;

export const familyNames: readonly string[] = Object.values(families).map(({ name }) => name);

/** @returns undefined for a name that no family has */
export function familyNamed(name: string): Family | undefined {
  return Object.values(families).find((candidate) => candidate.name === name);
}

/** What a device type code says. */
export interface Model {
  readonly family: Family;
  readonly model: string;
}

const {
  min,
  minXh,
  modXh,
  mid,
  max,
  sph,
  sphTl3,
  spa,
  spaTl3,
  wit,
  spf: offGrid,
  spe: offGridSpe,
  legacy: older,
} = families;

/**
 * Models by device type code: table 3-1 of the vendor's VPP protocol V2.03; 210, 2049, 5603, 21303 and 64541 as
 * owners found them in holding 43.
 */
export const models: ReadonlyMap<number, Model> = new Map<number, Model>(
  (
    [
      [210, older, 'MIC MTL-S'],
      [2049, older, 'TL3-S'],
      [3400, offGrid, 'SPF'],
      [3401, offGrid, 'SPF'],
      [3402, offGrid, 'SPF'],
      [3403, offGrid, 'SPF'],
      [3501, sph, 'SPH TL BL'],
      [3502, sph, 'SPH TL BL-UP'],
      [3503, sph, 'SPH TL-HU'],
      [3504, sph, 'SPH TL-HUB'],
      [3601, sphTl3, 'SPH TL3 BH-UP'],
      [3701, spa, 'SPA TL BL'],
      [3715, spa, 'SPA TL AU'],
      [3716, spa, 'SPA TL AUB'],
      [3725, spaTl3, 'SPA TL3 BH-UP'],
      [3735, spa, 'SPA TL BL-UP'],
      [5000, max, 'MAX KTL3'],
      [5001, mid, 'MID KTL3-X'],
      [5002, mid, 'MOD KTL3-X'],
      [5003, mid, 'MAC KTL3-X'],
      [5100, minXh, 'MIN TL-XH'],
      [5200, min, 'MIN TL-X, MIC TL-X'],
      [5201, min, 'MIN TL-X'],
      [5400, modXh, 'MOD TL3-XH, MID TL3-XH'],
      [5401, modXh, 'MOD TL3-HU, MID TL3-HU'],
      [5500, max, 'MAX KTL3-X HV'],
      [5501, max, 'MAX KTL3-X'],
      [5502, max, 'MAX KTL3-X'],
      [5600, wit, 'WIT'],
      [5601, wit, 'WIT XHU'],
      [5603, wit, 'WIT TL3'],
      [5800, wit, 'WIS'],
      [5801, wit, 'WIS'],
      [21303, sph, 'SPH TL-HU'],
      [64541, offGridSpe, 'SPE ES'],
    ] as const
  ).map(([code, codeFamily, model]) => [code, { family: codeFamily, model }]),
);
