import type { TestContext } from 'node:test';
import { scriptedServer } from '../../helpers/http.ts';
import { HOUR, startWorld, type WorldOptions } from './world.ts';

/** What a cloud answers to each path, by its parameters. */
export type Answers = Readonly<Record<string, (params: URLSearchParams) => object>>;

export const refusal = (error_code: number, error_msg = 'error') => ({ error_code, error_msg, data: '' });
export const plants = (...rows: object[]) => ({ data: { count: rows.length, plants: rows } });
export const devices = (...rows: object[]) => ({ data: { count: rows.length, devices: rows } });
/** Is answered as the present wall time in Berlin. */
const PRESENT = 'PRESENT';
export const liveData = (data: object = {}) => ({
  data: { serialNum: 'A1', time: PRESENT, status: 1, pac: 1500, ppv: 1600, ...data },
});

/** One plant with one MIN inverter. */
const USUAL: Answers = {
  'plant/list': () => plants({ plant_id: 1, name: 'Dach Süd' }),
  'device/list': () => devices({ device_sn: 'A1', type: 7, model: 'MIN', datalogger_sn: 'LOG1' }),
  'device/tlx/tlx_last_data': () => liveData(),
  'plant/data': () => ({ data: { timezone: 'GMT+1', total_energy: '100', monthly_energy: '10' } }),
};

/** An account on a cloud that answers like this, at noon in Berlin, in virtual time. */
export async function startScripted(t: TestContext, answers: Answers = {}, options: WorldOptions = {}) {
  const script = { ...USUAL, ...answers };
  const paths: string[] = [];
  const server = await scriptedServer(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cloud');
    const path = pathname.replace(/^\/v1\//, '').replace(/^\/v4/, 'v4');
    paths.push(path);
    const answer = script[path]?.(searchParams) ?? refusal(10001, 'system error');
    const present = new Date(world.clock.now() + 2 * HOUR).toISOString().slice(0, 19).replace('T', ' ');
    const body = JSON.stringify({ error_code: 0, error_msg: '', ...answer });
    response.end(body.replaceAll(PRESENT, present));
  });
  const account = { baseUrl: server.url.origin, ...options.account };
  const world = await startWorld(t, { ...options, account });
  return {
    world,
    /** How often a path was called. */
    calls: (path: string) => paths.filter((called) => called === path).length,
  };
}
