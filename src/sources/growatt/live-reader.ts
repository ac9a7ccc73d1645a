import type { Clock } from '../../base/clock.ts';
import type { SourceError } from '../../base/errors.ts';
import { isRecord } from '../../http/json.ts';
import { limits } from '../../model/limits.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { SourceEvent } from '../../model/reading.ts';
import type { AccountAccess } from './account-access.ts';
import type { AccountCalls } from './account-calls.ts';
import { type Call, callOf, describeCall } from './call.ts';
import type { Device } from './device.ts';
import { type DeviceData, readDevice } from './device-data.ts';
import type { Discovery } from './discovery.ts';
import { deviceEntities, deviceEntityId } from './entities.ts';
import type { DeviceCall, Family } from './families/family.ts';
import type { Inventory } from './inventory.ts';
import type { InventoryEvents } from './inventory-events.ts';

/** Serial numbers that one batch call may name. */
const BATCH_SIZE = 100;
const { most: MOST_STATUSES } = limits.unknown_statuses;

/** One call for live values, and the devices it is for. */
interface LiveCall extends Call {
  readonly family: Family;
  readonly devices: readonly Device[];
}

export interface LiveReaderOptions {
  readonly calls: AccountCalls;
  readonly inventory: Inventory;
  readonly discovery: Discovery;
  readonly events: InventoryEvents;
  readonly access: AccountAccess;
  readonly clock: Clock;
  /** Least time between two equal calls, milliseconds. */
  readonly interval: number;
  readonly isReadLocally: (serial: string) => boolean;
  /** Least time between two readings of a device that is read locally, milliseconds. */
  readonly localInterval: number;
}

/** Reads the live values of devices, with as few calls as possible. */
export class LiveReader {
  readonly #options: LiveReaderOptions;
  /** Raw statuses that were reported as unknown, as `family code`. */
  readonly #unknownStatuses = new Set<string>();
  /** When each device was last read, milliseconds since the epoch. */
  readonly #readAt = new Map<string, number>();

  constructor(options: LiveReaderOptions) {
    this.#options = options;
  }

  /**
   * A call that fails concerns its own devices; the others are read all the same.
   * @throws SourceError when no device could be read for a reason that is not its own
   */
  async *read(context: PollContext, devices: readonly Device[]): AsyncGenerator<SourceEvent> {
    const { calls, discovery, events, access } = this.#options;
    let answered = 0;
    let failure: SourceError | undefined;
    const refusals = new Map<Device, SourceError>();
    const waitFor = (call: LiveCall) => calls.wait(call, this.#options.interval);
    const due = devices.filter((device) => this.#isDue(device));
    const planned = planLiveCalls(due).toSorted((a, b) => waitFor(a) - waitFor(b));
    for (const call of planned) {
      // Devices found shortly before this poll had their first call a moment ago.
      const wait = waitFor(call);
      if (wait > 0) await this.#options.clock.sleep(wait, context.signal);
      const { value, error } = await calls.attempt(context, call);
      for (const device of call.devices) device.attempted = true;
      if (value) {
        answered++;
        for (const { sn } of call.devices) this.#readAt.set(sn, this.#options.clock.now());
        for (const device of call.devices) yield* this.#answered(context, call, device, value);
      } else {
        for (const { sn } of call.devices) this.#readAt.delete(sn);
        failure = error;
        // Where the next calls may hang as well, the end of the poll is far.
        if (error?.kind === 'timeout' && call !== planned.at(-1))
          context.report(describeCall(call), error.message);
        yield* this.#failed(call, error, refusals);
      }
    }
    const missing = [...refusals].filter(([, { kind }]) => kind === 'missing');
    for (const [device] of missing) this.#options.inventory.dropDevice(device);
    if (missing.length > 0) yield* events.all();
    const refused = answered === 0 && failure?.kind === 'unauthorized';
    // Every device was refused: a list of plants shows whether the token is, which is then the one thing to report.
    if (refused) yield* access.listPlants(context);
    for (const [device, error] of refusals) discovery.reportSkipped(context, device, error);
    if (failure && answered === 0 && !refused && failure.kind !== 'missing') throw failure;
  }

  /** One that is read locally is read rarely, unless the last attempt to do so failed. */
  #isDue({ sn }: Device): boolean {
    const { clock, isReadLocally, localInterval } = this.#options;
    const since = clock.now() - (this.#readAt.get(sn) ?? Number.NEGATIVE_INFINITY);
    return since < 0 || since >= localInterval || !isReadLocally(sn);
  }

  /** When the newest of these devices' calls was made, milliseconds since the epoch; 0 when none was. */
  lastCalledAt(devices: readonly Device[]): number {
    return Math.max(0, ...planLiveCalls(devices).map((call) => this.#options.calls.madeAt(call) ?? 0));
  }

  *#answered(
    context: PollContext,
    call: LiveCall,
    device: Device,
    envelope: Record<string, unknown>,
  ): Generator<SourceEvent> {
    const { inventory, clock } = this.#options;
    const { sn } = device;
    const answer = answerFor(call, device, envelope);
    device.readAlone &&= !answer;
    context.report(`device ${sn}`, answer ? undefined : `no data of device ${sn} in the cloud's answer`);
    if (!answer) {
      yield { type: 'attempt', entity: deviceEntityId(sn), ok: false };
      return;
    }
    const zone = inventory.plant(device.plantId)?.zone;
    const { ratedPower } = device;
    const { reading, unknownStatus } = readDevice(device, call.family, zone, answer, clock.now());
    if (unknownStatus !== undefined) this.#reportStatus(context, device, call.family, unknownStatus);
    const { wallTime } = reading;
    if (wallTime !== undefined) {
      const lastSeenAt = clock.now();
      const firstSeenAt = wallTime === device.clock?.wallTime ? device.clock.firstSeenAt : lastSeenAt;
      device.clock = { wallTime, firstSeenAt, lastSeenAt };
    }
    if (device.ratedPower !== ratedPower)
      yield { type: 'entity-changes', changed: deviceEntities(device, zone), gone: [] };
    yield { type: 'reading', reading };
  }

  /** Once for each family and status: it is the table that lacks a row. */
  #reportStatus(
    context: PollContext,
    { sn }: Device,
    { word }: Family,
    { raw, shown }: NonNullable<DeviceData['unknownStatus']>,
  ): void {
    const status = `${word} ${raw}`;
    if (this.#unknownStatuses.has(status) || this.#unknownStatuses.size > MOST_STATUSES) return;
    this.#unknownStatuses.add(status);
    if (this.#unknownStatuses.size > MOST_STATUSES) {
      context.limitReached('unknown_statuses');
      context.warn(`more than ${MOST_STATUSES} unknown statuses: further ones are not logged`);
      return;
    }
    context.warn(
      `device ${sn} has status ${raw}, which is not known for the family ${word}: its growatt_inverter_status is ${shown}`,
    );
  }

  *#failed(call: LiveCall, error: SourceError, refusals: Map<Device, SourceError>): Generator<SourceEvent> {
    for (const { sn } of call.devices) yield { type: 'attempt', entity: deviceEntityId(sn), ok: false };
    if (error.kind !== 'unauthorized' && error.kind !== 'missing') return;
    const [device, ...others] = call.devices;
    if (!device) return;
    if (others.length > 0) {
      // Which of them is the cause shows when each has its own call.
      for (const each of call.devices) each.readAlone = true;
      return;
    }
    device.skipped = true;
    refusals.set(device, error);
  }
}

/** The fewest calls that read these devices: batches by family; its own call for a device that is alone. */
function planLiveCalls(devices: readonly Device[]): LiveCall[] {
  const byFamily = Map.groupBy(devices, ({ family }) => family);
  return [...byFamily].flatMap(([family, members]) => {
    if (!family) return [];
    const { last, batch } = family;
    const liveCall = (endpoint: DeviceCall, some: readonly Device[]): LiveCall => {
      const sns = some.map(({ sn }) => sn).join(',');
      const params = some[0]?.bus ?? { [endpoint.param]: sns, ...endpoint.fixed };
      return { ...callOf(endpoint, params), family, devices: some };
    };
    const alone = batch ? members.filter(({ readAlone }) => readAlone) : members;
    const together = batch ? members.filter(({ readAlone }) => !readAlone) : [];
    const batches = chunks(together, BATCH_SIZE).map((some) =>
      liveCall(batch && some.length > 1 ? batch : last, some),
    );
    return [...batches, ...alone.map((device) => liveCall(last, [device]))];
  });
}

/** The part of an answer that is about one device; undefined where the cloud left it out. */
function answerFor(call: LiveCall, device: Device, envelope: Record<string, unknown>) {
  const { data } = envelope;
  if (!isRecord(data)) return undefined;
  const list = data[call.family.word];
  // v4 answers with a list, whatever the number of devices.
  if (Array.isArray(list)) return list.filter(isRecord).find((row) => namedIn(row) === device.sn);
  if (call.endpoint === call.family.last) return ownAnswer(data, device);
  // In a batch the serial number is a key twice.
  const outer = data[device.sn];
  const inner = isRecord(outer) ? outer[device.sn] : undefined;
  return isRecord(inner) ? ownAnswer(inner, device) : undefined;
}

/** Undefined for an answer that names another device. */
function ownAnswer(data: Record<string, unknown>, device: Device): Record<string, unknown> | undefined {
  const named = namedIn(data);
  const foreign = typeof named === 'string' && named !== '' && named !== device.sn;
  return foreign || isEmpty(data) ? undefined : data;
}

function isEmpty(data: Record<string, unknown>): boolean {
  for (const _key in data) return false;
  return true;
}

const namedIn = (data: Record<string, unknown>) => data.serialNum ?? data.inverterId ?? data.deviceSn;

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
