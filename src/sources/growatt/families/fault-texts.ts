/**
 * What fault codes mean, in our own words. From 200 on: Growatt's list of error codes (V000.029) for inverters of
 * the present generation; warnings use the same numbers for other things. Below: the codes of older inverters.
 */
const older: Readonly<Record<number, string>> = {
  ...Object.fromEntries(Array.from({ length: 23 }, (_, i) => [i + 1, `internal error ${i + 100}`])),
  24: 'auto-test failed',
  25: 'no grid',
  26: 'PV insulation low',
  27: 'leakage current high',
  28: 'DC in the output',
  29: 'PV voltage high',
  30: 'grid voltage out of range',
  31: 'grid frequency out of range',
  32: 'over-temperature',
};

const pv = {
  200: 'DC arc',
  201: 'leakage current high',
  202: 'PV voltage high',
  203: 'PV insulation low',
  204: 'PV polarity reversed',
};

const gridSide = {
  300: 'grid voltage out of range',
  301: 'AC terminals swapped',
  302: 'no grid',
  303: 'neutral to earth voltage wrong',
  304: 'grid frequency out of range',
  305: 'overload',
  306: 'current transformer wires swapped',
  307: 'no communication with the current transformer',
  308: 'pairing with the current transformer timed out',
  309: 'grid frequency changes too fast',
  310: 'neutral to earth voltage low',
  311: 'export limit fail-safe',
  312: 'phase sequence differs',
  313: 'generator wrong',
};

const internal = {
  400: 'DC bias',
  401: 'DC voltage in the output',
  402: 'DC current in the output',
  403: 'output currents unequal',
  404: 'bus voltage measurement',
  405: 'relay',
  406: 'start-up mode',
  407: 'auto-test failed',
  408: 'over-temperature',
  409: 'bus voltage',
  410: 'flying capacitor',
  411: 'internal communication',
  412: 'temperature sensor open',
  413: 'IGBT driver',
  414: 'memory',
  415: 'auxiliary supply',
  416: 'overcurrent',
  417: 'protocol differs',
  418: 'firmware versions do not match',
  419: 'firmware versions do not match',
  420: 'leakage current sensor',
  421: 'logic chip',
  422: 'measurements differ',
  423: 'PWM signal',
  424: 'current waveform',
  425: 'arc detector self-test',
  426: 'PV current measurement',
  427: 'AC current measurement',
  428: 'boost short-circuit',
  429: 'bus soft start',
  430: 'emergency power-off',
  431: 'boot check',
  432: 'battery model or firmware does not fit',
  433: 'battery model or firmware does not fit',
  434: 'synchronisation',
  435: 'power module id',
  436: 'settings do not fit',
  437: 'serial numbers do not fit',
};

const battery = {
  500: 'no communication with the battery',
  501: 'battery reports a fault',
  502: 'battery voltage low',
  503: 'battery voltage high',
  504: 'battery temperature',
  505: 'battery reversed',
  506: 'battery disconnected',
  507: 'battery overload',
  508: 'second bus voltage',
  509: 'charge overcurrent',
  510: 'discharge overcurrent',
  511: 'battery soft start',
  512: 'uncontrolled rectification',
};

const backup = {
  600: 'backup output short-circuit',
  601: 'bus voltage low in island operation',
  602: 'voltage at the backup terminal',
  603: 'soft start of the backup output',
  604: 'backup voltage',
  605: 'balance circuit',
  606: 'DC in the backup voltage',
  607: 'backup overload',
  608: 'parallel signal',
  609: 'backup box missing',
  610: 'split-phase voltage',
  700: 'no communication with the backup box',
  701: 'grid relay of the backup box',
  702: 'generator relay of the backup box',
  703: 'overload of the backup box on grid',
  704: 'split-phase overload of the backup box',
  705: 'over-temperature of the backup box',
  706: 'firmware of the backup box',
  800: 'no communication with the anti-PID module',
  801: 'overcurrent of the anti-PID module',
  802: 'overvoltage of the anti-PID module',
  803: 'input overvoltage of the anti-PID module',
  804: 'AC voltage of the anti-PID module',
};

/** Of string inverters and hybrids: `faultType`, `faultCode1`, `faultCode`. */
export const inverterFaults: Readonly<Record<number, string>> = {
  ...older,
  ...pv,
  ...gridSide,
  ...internal,
  ...battery,
  ...backup,
};

/** Of off-grid inverters, by their manuals; not proven for the cloud's `faultCode`. */
export const offGridFaults: Readonly<Record<number, string>> = {
  1: 'fan blocked',
  2: 'over-temperature',
  3: 'battery voltage high',
  4: 'battery voltage low',
  5: 'output short-circuit',
  6: 'output voltage high',
  7: 'overload for too long',
  8: 'bus voltage high',
  9: 'bus soft start',
  11: 'main relay',
  51: 'overcurrent',
  52: 'bus voltage low',
  53: 'inverter soft start',
  55: 'DC in the output',
  56: 'battery disconnected',
  57: 'current sensor',
  58: 'output voltage low',
  60: 'power fed back',
  71: 'firmware differs between units',
  72: 'current sharing',
  80: 'CAN bus',
  81: 'host lost',
  82: 'synchronisation lost',
  83: 'battery voltages differ between units',
};

/** Of NOAH and NEXA: one bit for each of four battery packs. */
export const packFaults: Readonly<Record<number, string>> = Object.fromEntries(
  Array.from({ length: 15 }, (_, i) => {
    const packs = [1, 2, 3, 4].filter((pack) => (i + 1) & (1 << (pack - 1)));
    return [i + 1, `fault of battery pack ${packs.join(', ')}`];
  }),
);
