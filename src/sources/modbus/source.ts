import { fixedZone, machineZone, type Zone } from '../../base/calendar.ts';
import type { Clock } from '../../base/clock.ts';
import type { CallObserver } from '../../model/observer.ts';
import type { PollContext } from '../../model/poll-context.ts';
import type { Entity, Reading, SourceEvent } from '../../model/reading.ts';
import type { Circuit, DiscoveryEntry, Source } from '../../model/source.ts';
import { type CallPolicy, createCallPolicy, type RetryOptions } from '../../policy/call-policy.ts';
import { ModbusClient } from './client.ts';
import { deviceEntity, entitiesOf, informationOf, serialOf, TARGET, type TargetLabels } from './entities.ts';
import type { Family } from './families.ts';
import type { Gateway } from './gateway.ts';
import type { Inverter } from './inverter.ts';
import { InverterReader, type InverterReading } from './reader.ts';
import { isAsleep, type LastSign } from './sleep.ts';
import { parseSnapshot, snapshotOf } from './snapshot.ts';

/** An inverter of the configuration. */
export interface ModbusTarget extends TargetLabels {
  readonly unit: number;
  /** undefined: it is detected. */
  readonly family: Family | undefined;
  /** undefined: as the inverter's clock shows. */
  readonly zone: Zone | undefined;
  /** Registers in one read, at most. */
  readonly blockSize: number;
}

export interface ModbusSourceOptions {
  readonly target: ModbusTarget;
  /** As `Source` has it. */
  readonly configuration?: unknown;
  /** Milliseconds between polls. */
  readonly interval: number;
  /** Shared with all targets behind the same host and port. */
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly observer?: CallObserver;
  readonly retry?: RetryOptions;
  /** Told the serial number of the inverter. */
  readonly onSerial?: (serial: string) => void;
}

/** An answer takes 0.3 s on the wire, and some dongles several seconds. */
const RETRY: RetryOptions = { timeout: 5000, retries: 2, firstDelay: 500 };

/** One inverter on the local network. It answers live: its readings have the agent's time. */
export class ModbusSource implements Source {
  readonly name: string;
  readonly configuration: unknown;
  readonly identity: string;
  readonly #options: ModbusSourceOptions;
  readonly #policy: CallPolicy;
  readonly #reader: InverterReader;
  #inverter: Inverter | undefined;
  #zone: Zone;
  #last: LastSign | undefined;
  #isAsleep = false;
  /** What was last said of the inverter, its zone included. */
  #described = '';
  /** What was known of the inverter when that was last asked for. */
  #saved = '';

  constructor(options: ModbusSourceOptions) {
    const { target, gateway, clock, observer, retry = RETRY } = options;
    this.name = `modbus/${target.name}`;
    this.configuration = options.configuration;
    this.identity = `${gateway.name}/${target.unit}`;
    this.#options = options;
    const { rateLimiter } = gateway;
    this.#policy = createCallPolicy({ clock, retry, rateLimiter, ...(observer && { observer }) });
    const client = new ModbusClient({ gateway, unit: target.unit, policy: this.#policy });
    this.#reader = new InverterReader({ client, clock, ...target });
    this.#zone = target.zone ?? machineZone;
  }

  get entities(): readonly Entity[] {
    return entitiesOf(this.#options.target, this.#inverter, this.#zone);
  }

  /** That of an inverter that sleeps is closed, however long it has been silent. */
  get circuit(): Circuit {
    return this.#isAsleep ? 'closed' : this.#policy.circuit;
  }

  interval(): number {
    return this.#options.interval;
  }

  async *poll({ signal }: PollContext): AsyncIterable<SourceEvent> {
    const reading = await this.#read(signal);
    const inverter = reading?.inverter ?? this.#inverter;
    if (inverter) yield* this.#describe(inverter);
    yield { type: 'attempt', entity: TARGET, ok: true };
    const entity = inverter && deviceEntity(inverter);
    if (!entity) return;
    if (reading) yield { type: 'reading', reading: this.#accept(entity, reading) };
    else yield { type: 'attempt', entity, ok: true, asleep: true };
  }

  async discover({ signal }: PollContext): Promise<readonly DiscoveryEntry[]> {
    const { target } = this.#options;
    const { inverter, evidence } = await this.#reader.detect(signal);
    const { family, model } = inverter;
    const device = serialOf(inverter, target);
    const plant = target.plantId;
    return [{ plant, device, family: family.name, model, lastUpdate: 'now', supported: true, evidence }];
  }

  /** What is last read changes with each poll, and is not worth a write of its own. */
  get hasNews(): boolean {
    return JSON.stringify(snapshotOf(this.#reader.knowledge, undefined)) !== this.#saved;
  }

  snapshot(): unknown {
    this.#saved = JSON.stringify(snapshotOf(this.#reader.knowledge, undefined));
    return snapshotOf(this.#reader.knowledge, this.#last);
  }

  restore(snapshot: unknown): void {
    const { knowledge, last } = parseSnapshot(snapshot);
    if (!knowledge) return;
    this.#reader.restore(knowledge);
    this.#learn(knowledge.detection.inverter);
    this.#last = last;
  }

  /** @returns undefined when the inverter sleeps @throws SourceError */
  async #read(signal: AbortSignal): Promise<InverterReading | undefined> {
    try {
      const reading = await this.#reader.read(signal);
      this.#isAsleep = false;
      return reading;
    } catch (error) {
      this.#isAsleep = isAsleep(error, this.#last, this.#options.clock.now());
      if (this.#isAsleep) return undefined;
      throw error;
    }
  }

  #learn(inverter: Inverter): void {
    this.#inverter = inverter;
    this.#zone = this.#zoneNow();
    if (inverter.serial !== '') this.#options.onSerial?.(inverter.serial);
  }

  #zoneNow(): Zone {
    const offset = this.#reader.knowledge?.offset;
    return this.#options.target.zone ?? (offset === undefined ? machineZone : fixedZone(offset));
  }

  /** Lists the entities and what is known of them, when that has changed. */
  *#describe(inverter: Inverter): Iterable<SourceEvent> {
    const { target } = this.#options;
    const { offset, detection } = this.#reader.knowledge ?? {};
    const described = JSON.stringify([
      inverter.serial,
      detection?.inverter.family.name,
      inverter.model,
      offset,
    ]);
    if (described === this.#described) return;
    this.#described = described;
    this.#learn(inverter);
    yield { type: 'entities', entities: this.entities };
    for (const reading of informationOf(target, inverter)) yield { type: 'reading', reading };
  }

  #accept(entity: string, { values, rejections, facts, takenAt }: InverterReading): Reading {
    const hasBattery = this.#reader.knowledge?.features.includes('battery') ?? false;
    const timed = [...values, { metric: 'growatt_last_update_timestamp_seconds', value: takenAt / 1000 }];
    this.#last = { ...facts, hasBattery, takenAt };
    return { entity, values: timed, rejections, producing: facts.power > 0 };
  }
}
