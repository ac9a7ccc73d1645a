#!/usr/bin/env node
/**
 * The entry of the bundle, which carries the program as a text. To compile it takes a third of a start, so that what V8
 * compiled is kept in the state folder of the environment, and the next start takes it from there.
 */
import { Script } from 'node:vm';
import { readCompiledCode, type Uncompiled } from './base/compiled-code.ts';

/** Put here by the bundler: the program as a function of what each CommonJS module is given, and `UNCOMPILED`. */
declare const BUNDLED_PROGRAM: string;
/** A hash of that text. */
declare const BUNDLED_PROGRAM_HASH: string;

const folder = process.env.STATE_DIR;
const identity = `${BUNDLED_PROGRAM_HASH} ${process.version} ${process.arch}`;
const cachedData = folder ? readCompiledCode(folder, identity) : undefined;
const script = new Script(BUNDLED_PROGRAM, { filename: __filename, cachedData });
// V8 rejects what it compiled with other options.
const isKept = cachedData !== undefined && !script.cachedDataRejected;
const uncompiled: Uncompiled | undefined = folder && !isKept ? { folder, identity, script } : undefined;

// No function of this file is passed on: it would keep this file's own text in memory.
script.runInThisContext()(require, module, exports, uncompiled);
