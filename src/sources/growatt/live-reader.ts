import type { Clock } from '../../base/clock.ts';
import type { SourceError } from '../../base/errors.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { SourceEvent } from '../../model/reading.ts';
import type { Calls } from './calls.ts';
import type { Device } from './device.ts';
import { deviceEntity } from './entities.ts';
import type { Inventory } from './inventory.ts';
import { answerFor, type LiveCall, planLiveCalls, readDevice } from './live.ts';

/** What came of reading a number of devices. */
export interface LiveResult {
  readonly answered: number;
  /** Whether a device turned out not to exist. */
  readonly dropped: boolean;
  /** The last failure of a call, if any. */
  readonly failure: SourceError | undefined;
  /** Tells of the devices that were refused, unless it turns out that the whole account is. */
  readonly tell: () => void;
}

/** Reads the live values of devices, with as few calls as there can be. */
export class LiveReader {
  readonly #calls: Calls;
  readonly #inventory: Inventory;
  readonly #clock: Clock;
  /** Least time between two equal calls, milliseconds. */
  readonly #interval: number;

  constructor(calls: Calls, inventory: Inventory, clock: Clock, interval: number) {
    this.#calls = calls;
    this.#inventory = inventory;
    this.#clock = clock;
    this.#interval = interval;
  }

  /** A call that fails concerns its own devices; the others go on. */
  async *read(context: PollContext, devices: readonly Device[]): AsyncGenerator<SourceEvent, LiveResult> {
    let answered = 0;
    let dropped = false;
    let failure: SourceError | undefined;
    const refusals = new Map<Device, SourceError>();
    const waitFor = (call: LiveCall) => this.#calls.wait(call, this.#interval);
    for (const call of planLiveCalls(devices).toSorted((a, b) => waitFor(a) - waitFor(b))) {
      // Devices found late in the gap before this poll had their first call a moment ago.
      const wait = waitFor(call);
      if (wait > 0) await this.#clock.sleep(wait, context.signal);
      const { value, error } = await this.#calls.attempt(context, call);
      for (const device of call.devices) device.tried = true;
      if (value) {
        answered++;
        for (const device of call.devices) yield this.#answered(context, call, device, value);
      } else {
        failure = error;
        dropped ||= error.kind === 'missing' && call.devices.length === 1;
        yield* this.#failed(call, error, refusals);
      }
    }
    const tell = () => {
      for (const [{ sn }, { message }] of refusals)
        context.report(`device ${sn}`, `device ${sn} is left alone until the next discovery (${message})`);
    };
    return { answered, dropped, failure, tell };
  }

  #answered(
    context: PollContext,
    call: LiveCall,
    device: Device,
    envelope: Record<string, unknown>,
  ): SourceEvent {
    const answer = answerFor(call, device, envelope);
    device.solo &&= !answer;
    context.report(
      `device ${device.sn}`,
      answer ? undefined : `the cloud says nothing about device ${device.sn}`,
    );
    if (!answer) return { type: 'attempt', entity: deviceEntity(device.sn), ok: false };
    const reading = readDevice(device, call.family, this.#inventory.zoneOf(device), answer);
    const { wallTime } = reading;
    if (wallTime !== undefined) {
      const heardAt = this.#clock.now();
      const seenAt = wallTime === device.wall?.time ? device.wall.seenAt : heardAt;
      device.wall = { time: wallTime, seenAt, heardAt };
    }
    return { type: 'reading', reading };
  }

  *#failed(call: LiveCall, error: SourceError, refusals: Map<Device, SourceError>): Generator<SourceEvent> {
    for (const { sn } of call.devices) yield { type: 'attempt', entity: deviceEntity(sn), ok: false };
    if (error.kind !== 'unauthorized' && error.kind !== 'missing') return;
    const [device, ...others] = call.devices;
    if (!device) return;
    if (others.length > 0) {
      // Which of them is the cause shows when each is asked for by itself.
      for (const each of call.devices) each.solo = true;
      return;
    }
    refusals.set(device, error);
    device.refused = true;
    if (error.kind === 'missing') this.#inventory.dropDevice(device);
  }
}
