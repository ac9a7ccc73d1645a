import { NORMAL } from '../metrics/growatt/inverter-status.ts';
import type { Raw, RawPlant, RawSites } from './raw.ts';

/** The worst first. `asleep`: no light; `silent`: no reading while others have one. */
export const CONDITIONS = ['fault', 'silent', 'other', 'ok', 'waiting', 'asleep', 'unknown'] as const;

export type Condition = (typeof CONDITIONS)[number];

/** How a device or a stick is doing, and the same in words. */
export interface Judgement {
  readonly condition: Condition;
  readonly words: string;
}

/** Values of the status metric; the same for every family. */
const STATUS: readonly Condition[] = ['asleep', 'ok', 'waiting', 'fault', 'other'];
/** A device without a status of its own, such as a meter, is silent after so long, in seconds. */
const SILENT_AFTER = 1800;

const WORDS: Readonly<Record<Condition, string>> = {
  fault: 'Fault',
  silent: 'Sends nothing, while others do',
  other: 'Self-check or update',
  ok: 'Normal',
  waiting: 'Waiting for sun or grid',
  asleep: 'Asleep',
  unknown: 'No reading yet',
};

const judged = (condition: Condition, words = WORDS[condition]): Judgement => ({ condition, words });

/** The worse of two comes first. */
export const worseFirst = (a: Condition, b: Condition) => CONDITIONS.indexOf(a) - CONDITIONS.indexOf(b);

const isWorking = ({ values }: Raw) => values.status === NORMAL;

/** Whether more than half of the inverters of all plants work: then one that sleeps is silent. */
export function isFleetAwake({ plants }: RawSites): boolean {
  let [working, all] = [0, 0];
  for (const { devices } of plants.values()) {
    for (const device of devices.values()) {
      if (device.values.status !== undefined) all++;
      if (isWorking(device)) working++;
    }
  }
  return working > all / 2;
}

/** @param now seconds since the epoch */
export function judgeDevice(device: Raw, plant: RawPlant, fleetAwake: boolean, now: number): Judgement {
  const { status, readAt, faultCode } = device.values;
  const condition = status === undefined ? undefined : STATUS[status];
  if (condition === 'fault') return judged('fault', faultWords(device.fault, faultCode));
  if (condition === 'asleep') {
    const othersWork = fleetAwake || [...plant.devices.values()].some(isWorking);
    return judged(othersWork ? 'silent' : 'asleep');
  }
  if (condition) return judged(condition);
  if (status !== undefined) return judged('other', `Status ${status}`);
  if (readAt === undefined) return judged('unknown');
  return judged(
    now - readAt < SILENT_AFTER ? 'ok' : 'silent',
    now - readAt < SILENT_AFTER ? undefined : 'No new reading',
  );
}

function faultWords(fault: Raw['fault'], faultCode: number | undefined): string {
  const code = fault?.code ?? (faultCode ? String(faultCode) : '');
  const text = fault?.text ?? '';
  return `Fault${code && ` ${code}`}${text && `: ${text}`}`;
}

/** The worst of its devices. */
export function judgePlant(devices: readonly Judgement[]): Judgement {
  const [worst] = devices.toSorted((a, b) => worseFirst(a.condition, b.condition));
  if (!worst) return judged('unknown', 'No inverter found yet');
  const alike = devices.filter(({ condition }) => condition === worst.condition).length;
  if (devices.length === 1 || alike === devices.length) return worst;
  return judged(worst.condition, `${worst.words} (${alike} of ${devices.length})`);
}

export function judgeStick({ values }: Raw): Judgement {
  if (values.up === 0) return judged('silent', 'Does not answer');
  if (values.reachable === 0) return judged('fault', 'The stick does not reach its inverter');
  if (values.batteryLow === 1) return judged('waiting', 'Battery too low for output');
  return values.up === undefined ? judged('unknown') : judged('ok');
}
