/**
 * Made with pvlib 0.16.1: solar position by NREL's SPA; irradiance by Ineichen with a Linke turbidity of 3 from the
 * apparent zenith; isotropic sky and an albedo of 0.2 in a plane of 35° to the south; cells by Faiman at 20 °C and 1 m/s;
 * PVWatts modules of 5000 W with -0.0037/K.
 */
export const ORACLE = {
  site: { latitude: 52.52, longitude: 13.405, altitude: 34 },
  turbidity: 3,
  plane: { tilt: 35, azimuth: 180 },
  rated: 5000,
  coefficient: -0.0037,
  columns: ['zenith', 'azimuth', 'global', 'direct', 'diffuse', 'irradiance', 'cell', 'dc'],
  rows: {
    '2026-03-20T06:30Z': ['78.669', '105.388', '132.8', '470.5', '39.7', '185.0', '25.81', '922.2'],
    '2026-03-20T11:00Z': ['52.664', '175.650', '599.5', '849.1', '84.3', '895.5', '48.12', '4094.4'],
    '2026-06-21T03:30Z': ['85.192', '56.891', '29.6', '171.0', '14.8', '14.0', '20.44', '71.0'],
    '2026-06-21T11:08Z': ['29.083', '179.911', '878.5', '891.1', '99.7', '992.9', '51.18', '4483.6'],
    '2026-06-21T17:00Z': ['70.386', '283.247', '273.6', '644.6', '56.7', '154.4', '24.85', '772.5'],
    '2026-12-21T11:00Z': ['75.965', '178.954', '186.3', '566.4', '48.3', '475.3', '34.93', '2289.4'],
    '2026-09-01T15:00Z': ['64.685', '248.892', '380.0', '731.3', '66.9', '460.8', '34.47', '2223.0'],
  },
  /** Of an inverter of 5000 W: DC and AC power. */
  inverter: [
    [100, '67.6'],
    [500, '459.6'],
    [1000, '948.3'],
    [2500, '2405.1'],
    [5000, '4802.0'],
    [5208.34, '5000.0'],
    [9000, '5000.0'],
  ],
} as const;
