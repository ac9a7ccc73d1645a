import { forecast } from './derived/forecast/part.ts';
import { tariff } from './derived/tariff/part.ts';
import { growatt } from './sources/growatt/kind.ts';
import { modbus } from './sources/modbus/kind.ts';
import { trucki } from './sources/trucki/kind.ts';

/** All kinds of sources; a new one is one line here. */
export const kinds = { growatt, trucki, modbus };

/** What is worked out from their readings; a new part is one line here. */
export const derivedParts = { forecast, tariff };

/** Everything that has settings and gives metrics. */
export const parts = { ...kinds, ...derivedParts };
