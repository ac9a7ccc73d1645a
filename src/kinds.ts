import type { SourceKind } from './model/kind.ts';
import { growatt } from './sources/growatt/kind.ts';
import { trucki } from './sources/trucki/kind.ts';

/** All kinds of sources; a new one is one line here. */
export const kinds: Readonly<Record<string, SourceKind>> = { growatt, trucki };
