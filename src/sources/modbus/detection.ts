import { SourceError } from '../../base/errors.ts';
import type { ModbusClient, Registers } from './client.ts';
import { type Family, families, type Model, models } from './families.ts';
import { parseLayout } from './holding.ts';
import { findRating, findSerial } from './identity.ts';
import { Inquiry } from './inquiry.ts';
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
  if (holdingCode) return known(inquiry, await confirm(inquiry, holdingCode, phases));
  const [offGridCode] = await inquiry.askEach('input', OFF_GRID_CODE, 1);
  if (models.get(offGridCode ?? 0)?.family.offGrid)
    return codeIn(inquiry, `input ${OFF_GRID_CODE}`, offGridCode)!;
  // The frequency of an off-grid inverter is where no other map has anything like it.
  const offGrid = await inquiry.judge(spf);
  if (offGrid === 'plausible' || (offGrid === 'zero' && (await hasOffGridBattery(inquiry))))
    return plain(families.spf);
  const probed = offGrid === 'absent' ? undefined : known(inquiry, await probe(inquiry, phases, false));
  const [vppCode] = await inquiry.askEach('holding', VPP_CODE, 1);
  const vppModel = codeIn(inquiry, `holding ${VPP_CODE}`, vppCode);
  const confirmed = vppModel && (await confirm(inquiry, vppModel, phases));
  return known(inquiry, confirmed ?? probed ?? (await probe(inquiry, phases, true)));
}

const plain = (family: Family): Found => ({ family, model: '' });

/** @throws SourceError when nothing was found */
function known({ evidence }: Inquiry, found: Found | undefined): Found {
  if (found) return found;
  throw new SourceError(
    'refused',
    `no known family: ${evidence.join('; ')}; set the target's family if you know it`,
  );
}

/** Families with the same code that are known by another map, and by whatever else they have to show. */
const KIN: readonly (readonly [family: Family, kin: Family, shows: readonly RegisterMap[]])[] = [
  [families.minXh, families.vpp, [vpp]],
  [families.modXh, families.modHu, [base, vpp]],
  [families.min, families.mid, [base]],
  [families.min, families.legacy, [legacy]],
];

/** What a code says, as far as what the inverter shows agrees with it. */
async function confirm(
  inquiry: Inquiry,
  { family, model, code }: CodedModel,
  phases: number | undefined,
): Promise<Found | undefined> {
  if (family.main === storage)
    return (await inquiry.ask('input', BATTERY.voltage, 2)) && { family, model, code };
  const verdict = await inquiry.judge(family.main);
  if (verdict === 'plausible') return { family, model, code };
  for (const [, kin, shows] of KIN.filter(([first]) => first === family))
    if (await showsAll(inquiry, shows)) return { family: kin, model, code };
  const other = await probe(inquiry, phases, true);
  // Without a grid, an inverter whose code is known shows no frequency anywhere.
  return other ?? (verdict === 'zero' ? { family, model, code } : undefined);
}

async function showsAll(inquiry: Inquiry, maps: readonly RegisterMap[]): Promise<boolean> {
  for (const map of maps) if ((await inquiry.judge(map)) !== 'plausible') return false;
  return true;
}

const BATTERY = { voltage: 1013, otherSoc: 3171 } as const;
/** In 0.1 V. */
const LEAST_BATTERY = 100;

/**
 * Without a code that can be believed: which map shows a frequency, and what is around it.
 * @param mayReadVpp whether the inverter is certainly none for off-grid use
 */
async function probe(
  inquiry: Inquiry,
  phases: number | undefined,
  mayReadVpp: boolean,
): Promise<Found | undefined> {
  const hasBase = await showsAll(inquiry, [base]);
  // First, since an SPH answers for the blocks of the others as well, with stale words.
  if (await hasStorage(inquiry)) {
    if (hasBase) return plain(phases === 3 ? families.sphTl3 : families.sph);
    const verdict = await inquiry.judge(spa2000);
    if (verdict === 'plausible' || verdict === 'zero') return plain(families.spa);
  }
  if (await showsAll(inquiry, [x3000])) {
    if (phases === 3) return plain(families.modXh);
    const [charge = 0] = await inquiry.askEach('input', BATTERY.otherSoc, 1);
    return plain(charge > 0 && charge <= 100 ? families.minXh : families.min);
  }
  if (hasBase) return plain(families.mid);
  if (await showsAll(inquiry, [legacy])) return plain(families.legacy);
  return mayReadVpp && (await showsAll(inquiry, [vpp])) ? plain(families.vpp) : undefined;
}

/** Where off-grid inverters have voltage (0.01 V) and charge of their battery; on no other both look like these. */
const OFF_GRID_BATTERY = 17;
const [LEAST_OFF_GRID, MOST_OFF_GRID] = [2000, 6500];

/** An off-grid inverter whose output is switched off shows no frequency. */
async function hasOffGridBattery(inquiry: Inquiry): Promise<boolean> {
  const [voltage = 0, charge = 0] = await inquiry.askEach('input', OFF_GRID_BATTERY, 2);
  const found = voltage >= LEAST_OFF_GRID && voltage <= MOST_OFF_GRID && charge > 0 && charge <= 100;
  if (found) inquiry.evidence.push(`input ${OFF_GRID_BATTERY}: ${voltage / 100} V, ${charge} %`);
  return found;
}

async function hasStorage(inquiry: Inquiry): Promise<boolean> {
  await inquiry.ask('input', 0, 2);
  const registers = await inquiry.ask('input', BATTERY.voltage, 2);
  const [voltage = 0, charge = 0] = registers ?? [];
  const found = voltage >= LEAST_BATTERY && charge > 0 && charge <= 100;
  if (found) inquiry.evidence.push(`input ${BATTERY.voltage}: ${voltage / 10} V, ${charge} %`);
  return found;
}
