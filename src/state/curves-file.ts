import * as z from 'zod';
import { type CurvesSnapshot, curvesSnapshot } from '../view/curves.ts';
import type { FileContent } from './state-file.ts';
import { parseJson, StateFormatError } from './state-format.ts';

const VERSION = 1;

const file = z.object({ version: z.literal(VERSION), curves: curvesSnapshot });

/**
 * The curves of the status page, and what the energy of the day is worth. They have a file of their own, since they are
 * written more rarely than the state that true values need, and a thousand of them are 3 MB.
 */
export const curvesContent: FileContent<CurvesSnapshot, Iterable<readonly [string, unknown]>> = {
  name: 'curves.json',
  nothing: {},
  parse(text) {
    const { data } = file.safeParse(parseJson(text));
    if (!data)
      throw new StateFormatError('is damaged, or was written by another version of solar-otel-agent');
    return data.curves;
  },
  *format(curves) {
    yield `{"version":${VERSION},"curves":{`;
    let separator = '';
    for (const [key, curve] of curves) {
      yield `${separator}${JSON.stringify(key)}:${JSON.stringify(curve)}`;
      separator = ',';
    }
    yield '}}\n';
  },
};
