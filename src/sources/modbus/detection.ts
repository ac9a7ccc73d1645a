import { SourceError } from '../../base/errors.ts';
import type { ModbusClient, Registers } from './client.ts';
import { type Family, families, type Model, models } from './families.ts';
import { parseLayout, parseRating, parseSerial } from './holding.ts';
import { Inquiry, isComplete, type Verdict } from './inquiry.ts';
import type { Inverter } from './inverter.ts';
import { base } from './maps/base.ts';
import { legacy, spf } from './maps/older.ts';
import { spa2000, storage } from './maps/storage.ts';
import { x3000 } from './maps/tlx.ts';
import { vpp } from './maps/vpp.ts';
import type { RegisterMap } from './register-map.ts';

/** An inverter and how it was recognised. */
export interface Detection {
  readonly inverter: Inverter;
  /** Where its serial number is; undefined when it has none. */
  readonly serialAt: Registers | undefined;
  /** In words, for people who wonder about the family. */
  readonly evidence: readonly string[];
}

/**
 * How often an inverter may be silent before it has answered anything: without its code it might be taken for another,
 * unless the configuration says what it is.
 */
const PATIENCE = 2;
const PATIENCE_CONFIGURED = 6;

/** The code that says which model an inverter is, and the layout beside it: holding 43 and 44. */
const CODE = 43;
/**
 * The same code by the VPP protocol. It is read only once it is certain that the inverter is none for off-grid use:
 * those restart, and their loads with them, when registers from 30000 on are read
 * (0xAHA/Growatt_ModbusTCP:docs/developer/new-profile.md).
 */
const VPP_CODE = 30_000;
/** Where off-grid inverters have it, as an input register. */
const OFF_GRID_CODE = 44;

/**
 * Finds out what an inverter is. The code in holding 43 decides, then the one in 30000, then which map shows a
 * plausible frequency; a code whose map shows none is not believed.
 * @param configured the family of the configuration, which is not questioned
 * @throws SourceError when the inverter is silent, or nothing in it is known
 */
export async function detect(
  client: ModbusClient,
  configured: Family | undefined,
  signal: AbortSignal,
): Promise<Detection> {
  const inquiry = new Inquiry(client, signal, configured ? PATIENCE_CONFIGURED : PATIENCE);
  const [holdingCode, layout] = await inquiry.askEach('holding', CODE, 2);
  const own = codeIn(inquiry, `holding ${CODE}`, holdingCode);
  const found = configured
    ? { family: configured, code: own?.code, model: own?.model ?? '' }
    : await findFamily(inquiry, own, parseLayout(layout).phases);
  if (configured) inquiry.evidence.push(`configured: ${configured.name}`);
  const { serial, serialAt } = await findSerial(inquiry, found.family);
  const ratedPower = await findRating(inquiry, found.family);
  const shape = found.family.offGrid ? {} : parseLayout(layout);
  const inverter = { ...found, serial, ratedPower, ...shape };
  return { inverter, serialAt, evidence: inquiry.evidence };
}

type Found = Pick<Inverter, 'family' | 'code' | 'model'>;

interface CodedModel extends Model {
  readonly code: number;
}

function codeIn(inquiry: Inquiry, where: string, code: number | undefined): CodedModel | undefined {
  const known = models.get(code ?? 0);
  const what = code === undefined ? 'not there' : known ? `${code}, ${known.model}` : `${code}`;
  inquiry.evidence.push(`${where}: ${what}`);
  return known && { ...known, code: code! };
}

async function findFamily(
  inquiry: Inquiry,
  holdingCode: CodedModel | undefined,
  phases: number | undefined,
): Promise<Found> {
  if (holdingCode?.family.offGrid) return holdingCode;
  if (holdingCode) return (await confirm(inquiry, holdingCode)) ?? (await probe(inquiry, phases, true));
  const [offGridCode] = await inquiry.askEach('input', OFF_GRID_CODE, 1);
  if (models.get(offGridCode ?? 0)?.family.offGrid)
    return codeIn(inquiry, `input ${OFF_GRID_CODE}`, offGridCode)!;
  // The frequency of an off-grid inverter is where no other map has anything like it.
  const offGrid = await inquiry.judge(spf);
  if (offGrid === 'plausible') return plain(families.spf);
  const probed = offGrid === 'absent' ? undefined : await probe(inquiry, phases, false);
  const [vppCode] = await inquiry.askEach('holding', VPP_CODE, 1);
  const vppModel = codeIn(inquiry, `holding ${VPP_CODE}`, vppCode);
  return (vppModel && (await confirm(inquiry, vppModel))) ?? probed ?? (await probe(inquiry, phases, true));
}

const plain = (family: Family): Found => ({ family, model: '' });

/** Other families with the same code, where the map of the first one is not there. */
const KIN: readonly (readonly [Family, readonly Family[]])[] = [
  [families.minXh, [families.minXh2]],
  [families.min, [families.mid, families.legacy]],
];

/** Without a grid, an inverter whose code is known shows no frequency. */
const BELIEVABLE: readonly Verdict[] = ['plausible', 'zero'];

/** What a code says, if what the inverter shows agrees with it. */
async function confirm(inquiry: Inquiry, { family, model, code }: CodedModel): Promise<Found | undefined> {
  const agrees =
    family.main === storage
      ? (await inquiry.ask('input', BATTERY.voltage, 2)) !== undefined
      : BELIEVABLE.includes(await inquiry.judge(family.main));
  if (agrees) return { family, model, code };
  const kin = KIN.find(([first]) => first === family)?.[1] ?? [];
  for (const other of kin)
    if ((await inquiry.judge(other.main)) === 'plausible') return { family: other, model, code };
  return undefined;
}

const BATTERY = { voltage: 1013, otherSoc: 3171 } as const;
/** In 0.1 V. */
const LEAST_BATTERY = 100;

/**
 * Without a code that can be believed: which map shows a frequency, and what is around it.
 * @param mayReadVpp whether the inverter is certainly none for off-grid use
 */
async function probe(inquiry: Inquiry, phases: number | undefined, mayReadVpp: boolean): Promise<Found> {
  const shows = async (map: RegisterMap) => (await inquiry.judge(map)) === 'plausible';
  const hasBase = await shows(base);
  // First, since an SPH answers for the blocks of the others as well, with stale words.
  if (await hasStorage(inquiry)) {
    if (hasBase) return plain(phases === 3 ? families.sphTl3 : families.sph);
    if (BELIEVABLE.includes(await inquiry.judge(spa2000))) return plain(families.spa);
  }
  if (await shows(x3000)) {
    if (phases === 3) return plain(families.modXh);
    const [charge = 0] = await inquiry.askEach('input', BATTERY.otherSoc, 1);
    return plain(charge > 0 && charge <= 100 ? families.minXh : families.min);
  }
  if (hasBase) return plain(families.mid);
  if (await shows(legacy)) return plain(families.legacy);
  if (mayReadVpp && (await shows(vpp))) return plain(families.minXh2);
  throw new SourceError(
    'refused',
    `no known family: ${inquiry.evidence.join('; ')}; set the target's family if you know it`,
  );
}

async function hasStorage(inquiry: Inquiry): Promise<boolean> {
  await inquiry.ask('input', 0, 2);
  const registers = await inquiry.ask('input', BATTERY.voltage, 2);
  const [voltage = 0, charge = 0] = registers ?? [];
  const found = voltage >= LEAST_BATTERY && charge > 0 && charge <= 100;
  if (found) inquiry.evidence.push(`input ${BATTERY.voltage}: ${voltage / 10} V, ${charge} %`);
  return found;
}

const SHORT: Registers = { space: 'holding', address: 23, count: 5 };
const LONG: Registers = { space: 'holding', address: 209, count: 15 };
const TLX: Registers = { space: 'holding', address: 3001, count: 15 };
const VPP: Registers = { space: 'holding', address: 30_001, count: 15 };

function serialPlaces({ main, offGrid }: Family): readonly Registers[] {
  if (offGrid || main === legacy) return [SHORT];
  if (main === x3000) return [TLX, LONG, SHORT];
  return main === vpp ? [VPP, LONG, SHORT] : [LONG, SHORT];
}

/** Read twice: every reading is shown under it. @throws SourceError when it is not the same both times */
async function findSerial(inquiry: Inquiry, family: Family) {
  for (const place of serialPlaces(family)) {
    const { space, address, count } = place;
    // Where only the short one exists, some inverters answer for single registers only.
    const ask = async () =>
      place === SHORT
        ? await inquiry.askEach(space, address, count)
        : await inquiry.ask(space, address, count);
    const serial = serialIn(await ask());
    if (serial === undefined) continue;
    const again = serialIn(await ask());
    if (again !== serial)
      throw new SourceError(
        'malformed',
        `holding ${address}: the serial number was ${serial} and then ${again}`,
      );
    return { serial, serialAt: place };
  }
  inquiry.evidence.push('no serial number');
  return { serial: '', serialAt: undefined };
}

const serialIn = (registers: readonly (number | undefined)[] | undefined) =>
  registers && isComplete(registers) ? parseSerial(registers) : undefined;

async function findRating(inquiry: Inquiry, { main }: Family): Promise<number | undefined> {
  const address = main === spf ? 76 : main === vpp ? 30_016 : 6;
  if (main === legacy) return undefined;
  return parseRating((await inquiry.ask('holding', address, 2)) ?? []);
}
