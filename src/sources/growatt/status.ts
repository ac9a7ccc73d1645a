import {
  FAULT,
  NORMAL,
  OFFLINE,
  OTHER,
  WAITING,
  WORKING_MODES,
} from '../../metrics/growatt/inverter-status.ts';
import type { Answer } from './answer.ts';
import type { Family } from './families/family.ts';
import { parseCode, parseText } from './numbers.ts';

/** Texts of the status as answers of real devices have them, by words that occur in them. */
const TEXTS: readonly (readonly [words: RegExp, status: number])[] = [
  [/\b(fault|error)/, FAULT],
  [/\b(lost|offline|disconnected)\b/, OFFLINE],
  [/\b(wait|waiting|standby|stand by|idle|sleep)/, WAITING],
  [/\b(self ?-?(check|test)|checking|flash|upgrad|updat|initiali)/, OTHER],
  [
    /\b(normal|operating|online|bypass|charge|charging|discharge|discharging|on ?-?grid|off ?-?grid|generating|producing|load)/,
    NORMAL,
  ],
];

/** The status of a device, and what of it is not known. */
export interface DeviceStatus {
  readonly status: number;
  /** The raw number; undefined: none was given. */
  readonly code: number | undefined;
  /** The text or number that no table knows. */
  readonly unknown: string | undefined;
}

/**
 * Tells the status by the text, else the working mode, else the number; a device that puts out power is neither
 * waiting nor in a self-check.
 * @returns undefined for a family without a status, or an answer without one
 */
export function statusOf(
  { status: numbers, modeFirst = false }: Family,
  answer: Answer,
  power: number,
): DeviceStatus | undefined {
  const code = parseCode(answer.get('status'));
  const text = parseText(answer.get('statustext'));
  if (!numbers || (code === undefined && text === '')) return undefined;
  const ofText = statusOfText(text);
  const mode = parseCode(answer.get('uwsysworkmode'));
  // `uwSysWorkMode` of hybrid inverters: 0 may be "not filled".
  const ofMode = mode === undefined ? undefined : WORKING_MODES[mode];
  const ofNumber = code === undefined ? undefined : numbers[code];
  const known = modeFirst ? (ofMode ?? ofText ?? ofNumber) : (ofText ?? ofMode ?? ofNumber);
  const status = known ?? OTHER;
  const isIdle = status === WAITING || status === OTHER;
  const unknownText = text !== '' && ofText === undefined;
  const unknownNumber = known === undefined && code !== undefined;
  return {
    status: isIdle && power > 0 ? NORMAL : status,
    code,
    unknown: unknownText ? JSON.stringify(text) : unknownNumber ? String(code) : undefined,
  };
}

/** What texts said last; there are few, and each comes with many answers. */
const knownTexts = new Map<string, number | undefined>();
const TEXTS_KEPT = 100;

function statusOfText(text: string): number | undefined {
  if (knownTexts.has(text)) return knownTexts.get(text);
  if (knownTexts.size >= TEXTS_KEPT) knownTexts.clear();
  const status = readStatus(text);
  knownTexts.set(text, status);
  return status;
}

/** Words stand apart or as in `WaitState`, `OnGridState`, `tlx.status.operating`. */
function readStatus(text: string): number | undefined {
  const words = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[._]+/g, ' ')
    .toLowerCase();
  return TEXTS.find(([pattern]) => pattern.test(words))?.[1];
}
