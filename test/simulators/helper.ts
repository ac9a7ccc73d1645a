import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import {
  type GrowattCloud,
  type GrowattCloudOptions,
  startGrowattCloud,
} from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import type { PlantSpec } from '../../src/simulators/growatt/specs.ts';

export const TOKEN = 'simulated-token-0123456789abcdef';

/** Noon in summer in Berlin. */
export const NOON = Date.parse('2026-06-12T10:00:00Z');

export interface Clock {
  at: number;
}

export function berlinHome(changes: Partial<PlantSpec> = {}): PlantSpec {
  return homePlant(NOON, {
    id: 1,
    latitude: 52.5,
    longitude: 13.4,
    timezone: 'GMT+1',
    zone: 'Europe/Berlin',
    createDate: '2026-06-01',
    ...changes,
  });
}

/** An answer of whatever shape. */
export type Json = ReturnType<typeof JSON.parse>;

/** A cloud at Berlin's noon with a clock to turn and the two ways to call it. */
export async function startCloud(t: TestContext, options: Partial<GrowattCloudOptions> = {}) {
  const clock: Clock = { at: NOON };
  const defaults = { token: TOKEN, plants: [berlinHome()], now: () => clock.at, limits: false };
  const cloud: GrowattCloud = await startGrowattCloud({ ...defaults, ...options });
  t.after(() => cloud.close());
  const call = async (path: string, init: RequestInit = {}): Promise<Json> => {
    const response = await fetch(cloud.url + path, { headers: { token: TOKEN }, ...init });
    assert.equal(response.status, 200);
    return JSON.parse(await response.text());
  };
  const get = (path: string) => call(`/v1/${path}`);
  const post = (path: string, form: Record<string, string>) =>
    call(path.startsWith('/') ? path : `/v1/${path}`, { method: 'POST', body: new URLSearchParams(form) });
  return { cloud, clock, call, get, post };
}
