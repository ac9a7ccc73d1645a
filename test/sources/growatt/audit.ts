import assert from 'node:assert/strict';
import { localDay } from '../../../src/base/calendar.ts';
import { definitionOf } from '../../../src/catalogue.ts';
import { measure } from '../../../src/simulators/growatt/measurement.ts';
import type { PlantSpec } from '../../../src/simulators/growatt/specs.ts';
import { expectedOf } from './expected.ts';
import { type Agent, DAY, MINUTE, startModel, type Values } from './world.ts';

/**
 * The cloud gives one decimal, and counters that are cut off after it. Between its last upload and the night an
 * input counts a few watt hours more.
 */
const PRECISION = 0.11;
/** A value may be as old as an upload, the time until a device counts as asleep, and a poll. */
const OLDEST = 41 * MINUTE;
/** Plants are read every half hour, and their power holds for an hour. */
const OLDEST_OF_PLANT = 66 * MINUTE;

/** Instants whose truth is kept, since it is asked for again. */
const MOST_KNOWN = 100;

/** Metrics of the plant; all other ones are of its device. */
const PLANT = /^growatt_(plant|energy_month|energy_year)/;

export interface Allowances {
  /** Energies may be as old as this instant, since newer ones were not to be believed. */
  readonly heldSince?: number;
  /** The agent cannot know of summer time: the time of an old reading may be an hour late. */
  readonly hourLate?: boolean;
  /** Its datalogger may be silent: that looks the same as sleep. */
  readonly silent?: boolean;
  /** Milliseconds by which values may be older, since it is polled more rarely. */
  readonly older?: number;
}

/** Holds every sample of the one device of a plant, and of the plant, against what is physically true. */
export function startAudit(plant: PlantSpec) {
  const [spec] = plant.devices;
  if (!spec) throw new Error('a plant without devices cannot be audited');
  let now = 0;
  const { model, device: deviceOf } = startModel([plant], () => now);
  const device = deviceOf(spec.sn);
  const at = (instant: number) => measure(device, Math.max(instant, device.plant.created));
  const known = new Map<number, Values>();
  /** What is true at an instant. */
  function truthAt(instant: number): Values {
    const values = known.get(instant) ?? expectedOf(spec!.family, at(instant));
    known.set(instant, values);
    if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!);
    return values;
  }
  const day = (instant: number) => localDay(device.plant.zone, instant);

  let awakeAt: number | undefined;

  function checkDevice(
    metric: string,
    value: number,
    uploads: readonly number[],
    oldest: number,
    hourLate: boolean,
  ): void {
    const what = `${new Date(now).toISOString()} ${metric} is ${value}`;
    if (metric === 'growatt_last_update_timestamp_seconds') {
      const wasUploaded = (taken: number) => model.uploads(device, taken - 1000, taken + 1001).length > 0;
      const late = hourLate && wasUploaded(value * 1000 - 60 * MINUTE);
      assert.ok(late || wasUploaded(value * 1000), `${what}, when nothing was uploaded`);
      return;
    }
    const { validity } = definitionOf(metric.replace(/\{.*/, ''));
    if (validity === 'fact') return;
    if (metric === 'growatt_inverter_status' && value === 0) {
      assert.ok(uploads.length < 8, `${what}, but it is awake for longer than that`);
      return;
    }
    if (validity === 'instant' || validity === 'status') {
      const near = uploads.some(
        (upload) => Math.abs((truthAt(upload)[metric] ?? Number.NaN) - value) <= PRECISION,
      );
      assert.ok(near, `${what}, which it was not for ${OLDEST / MINUTE} minutes`);
      return;
    }
    const isToday = validity === 'today';
    const least = isToday && day(oldest) !== day(now) ? 0 : (truthAt(oldest)[metric] ?? Number.NaN);
    const most = truthAt(now)[metric] ?? Number.NaN;
    const bounds = `in truth between ${least} and ${most}`;
    assert.ok(value >= least - PRECISION && value <= most + 0.001, `${what}, ${bounds}`);
  }

  function checkPlant(metric: string, value: number, oldest: number): void {
    const what = `${new Date(now).toISOString()} ${metric} is ${value}`;
    const { validity } = definitionOf(metric.replace(/\{.*/, ''));
    if (validity === 'fact') return;
    if (validity === 'instant') {
      const uploads = model.uploads(device, now - OLDEST_OF_PLANT, now + 1);
      assert.ok(
        uploads.some((upload) => Math.abs(at(upload).power.ac - value) <= 5.01),
        what,
      );
      return;
    }
    const from = at(oldest);
    const to = at(now);
    const isToday = validity === 'today';
    // In these replays the plant began in the current month.
    const begin = validity === 'lifetime' || isToday ? 0 : (spec?.lifetimeKwhAtCreate ?? 0);
    const least = isToday ? (day(oldest) === day(now) ? from.today.ac : 0) : from.total.ac - begin;
    const most = isToday ? to.today.ac : to.total.ac - begin;
    const bounds = `in truth between ${least} and ${most}`;
    assert.ok(value >= least - PRECISION && value <= most + 0.051, `${what}, ${bounds}`);
  }

  return {
    model,
    device,
    /** Whether it uploads at this moment or thereabouts. */
    awake: (instant: number) => model.awake(device, instant),
    /** @returns how many samples were checked */
    check(agent: Pick<Agent, 'values'>, instant: number, allowances: Allowances = {}): number {
      const {
        heldSince = Number.POSITIVE_INFINITY,
        silent = false,
        hourLate = false,
        older = 0,
      } = allowances;
      now = instant;
      const uploads = model.uploads(device, now - OLDEST - older, now + 1);
      // The last moment at which the device was awake: what it counts stands still since.
      awakeAt = uploads[0] ?? awakeAt ?? model.uploads(device, now - DAY, now)[0] ?? now;
      const since = Math.min(awakeAt, heldSince);
      const samples = Object.entries(agent.values());
      for (const [metric, value] of samples) {
        if (silent && metric === 'growatt_inverter_status' && value === 0) continue;
        if (PLANT.test(metric)) checkPlant(metric, value, since - OLDEST_OF_PLANT);
        else checkDevice(metric, value, uploads, since - OLDEST - older, hourLate);
      }
      return samples.length;
    },
  };
}
