import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { demo } from '../../src/cli/commands/demo.ts';
import { simulate } from '../../src/cli/commands/simulate.ts';
import { startSimulators } from '../../src/cli/simulators.ts';
import type { SimulatedInverter } from '../../src/model/simulated-inverter.ts';
import type { SimulatedSky, SimulatorOptions, StartSimulator } from '../../src/model/simulator.ts';
import { emptyFolder } from '../backfill/support.ts';
import { testProgram } from './program.ts';

const inverter: SimulatedInverter = {
  serial: 'SIM1',
  family: 'min',
  ratedPower: 5000,
  hasBattery: false,
  measure: () => undefined,
};

const sky: SimulatedSky = () => ({ irradiance: 0, temperature: 0 });

/** Two parts whose simulators only note what is asked of them. */
function fakeParts(failing?: string) {
  const started: SimulatorOptions[] = [];
  const closed: string[] = [];
  const part = (name: string) => {
    const start: StartSimulator = async (options) => {
      if (name === failing) throw Object.assign(new Error('in use'), { code: 'EADDRINUSE' });
      started.push(options);
      return {
        env: { [name]: String(options.port) },
        lines: [name],
        ...(name === 'FIRST' && { inverters: [inverter], plantIds: ['7'], sky }),
        close: async () => void closed.push(name),
      };
    };
    return { simulator: async () => start };
  };
  return { parts: { first: part('FIRST'), second: part('SECOND') }, started, closed };
}

test('the simulators take the given port and the next, in their order, and know the inverters, plants and weather of those before', async () => {
  const { parts, started, closed } = fakeParts();
  const simulators = await startSimulators({ parts, host: '::', port: 9121, demo: false, plants: 3 });
  assert.deepEqual(started, [
    { host: '::', port: 9121, demo: false, plants: 3, inverters: [], plantIds: [] },
    { host: '::', port: 9122, demo: false, plants: 3, inverters: [inverter], plantIds: ['7'], sky },
  ]);
  assert.deepEqual(simulators.env, { FIRST: '9121', SECOND: '9122' });
  assert.deepEqual(simulators.lines, ['FIRST', 'SECOND']);
  await simulators.close();
  assert.deepEqual(closed, ['FIRST', 'SECOND']);
});

test('port 0 gives each of them a free port', async () => {
  const { parts, started } = fakeParts();
  await startSimulators({ parts, host: '127.0.0.1', port: 0, demo: true });
  assert.deepEqual(
    started.map(({ port, demo }) => [port, demo]),
    [
      [0, true],
      [0, true],
    ],
  );
});

test('when one cannot listen, none runs, and the error names its port', async () => {
  const { parts, closed } = fakeParts('SECOND');
  const failing = startSimulators({ parts, host: '127.0.0.1', port: 9121, demo: false });
  await assert.rejects(failing, {
    name: 'RunError',
    message: /^Port 9122 on 127\.0\.0\.1 is already in use\..*-p/,
  });
  assert.deepEqual(closed, ['FIRST']);
});

test('simulate says how to read each simulator, and they answer until it is stopped', async () => {
  const { program, stop, out, written } = testProgram();
  const ended = simulate({ flags: { '-p': ':0' } }, program);
  await written(/Ctrl-C/);
  const [, cloud, token, stick] =
    /GROWATT_BASE_URL=(\S+) GROWATT_TOKEN=(\S+)\n[\s\S]*TRUCKI_TARGETS=(\S+)\n/.exec(out()) ?? [];
  assert.ok(cloud && token && stick, out());
  const list = await fetch(`${cloud}/v1/plant/list`, { headers: { token } });
  assert.equal(((await list.json()) as { error_code: number }).error_code, 0);
  const live = (await (await fetch(`http://${stick}/jsonlive`)).json()) as Record<string, unknown>;
  assert.ok('VGRID' in live);
  stop();
  assert.equal(await ended, 0);
  await assert.rejects(fetch(`http://${stick}/jsonlive`));
});

test('a port in use is told as -p', async (t) => {
  const server = createServer().listen(0);
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const failing = simulate({ flags: { '-p': `:${port}` } }, testProgram().program);
  await assert.rejects(failing, { name: 'RunError', message: new RegExp(`^Port ${port} .*set -p`) });
});

test('the demo reads its own simulators, whatever sources, shard and mode the environment names', async (t) => {
  const folder = emptyFolder(t);
  const { program, stop, written } = testProgram({
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
    EXPORTER_MODE: 'neither',
    SHARD: '2/7',
    STATE_DIR: folder,
    GROWATT_TOKEN: 'the-token-of-a-real-account',
    GROWATT_REGION: 'us',
    TRUCKI_TARGETS: '192.0.2.1,192.0.2.2',
    GROWATT_MODBUS_TARGETS: '192.0.2.3',
    FORECAST_BASE_URL: 'https://192.0.2.4',
    FORECAST_PLANES: '7:5',
    COLLECT_INTERVAL: '1d',
    HISTORY_DAYS: '900',
  });
  t.after(stop);
  const ended = demo({ flags: {} }, program);
  const [url] = await written(/http:\/\/127\.0\.0\.1:\d+(?=\/metrics)/);
  const status = (await (await fetch(`${url}/api/v1/status`)).json()) as {
    simulated: boolean;
    sources: readonly { name: string; intervalSeconds: number }[];
  };
  assert.equal(status.simulated, true);
  assert.deepEqual(
    status.sources.map(({ name, intervalSeconds }) =>
      // Those of derived parts are shorter until the plant is known.
      /^(forecast|tariff)/.test(name) ? [name] : [name, intervalSeconds],
    ),
    [
      ['growatt/default', 10],
      ['trucki/shed', 2],
      ['modbus/SIMMIN0001', 2],
      ['modbus/SIMSPH0001', 2],
      ['forecast/1234567'],
      ['tariff/import'],
      ['tariff/export'],
    ],
  );
  stop();
  assert.equal(await ended, 0);
  assert.deepEqual(readdirSync(folder), []);
});

/** Prints each file of the simulators that a process loads. */
const WATCH = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    load(url, context, next) {
      if (url.includes('/src/simulators/')) console.error('loaded ' + url);
      return next(url, context);
    },
  });
`)}`;

test('only the commands that need the simulators load them', async () => {
  const start = (...args: readonly string[]) =>
    spawn(process.execPath, ['--import', WATCH, 'src/main.ts', ...args], {
      env: { GROWATT_TOKEN: 'a-token', TRUCKI_TARGETS: '192.0.2.1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const check = start('check');
  const [out, err] = await Promise.all([text(check.stdout), text(check.stderr)]);
  assert.match(out, /region/);
  assert.equal(err, '');

  const simulation = start('simulate', '-p', '0');
  const log = text(simulation.stderr);
  await once(simulation.stdout, 'data');
  simulation.kill();
  assert.match(
    await log,
    /loaded \S*\/simulators\/growatt\/[\s\S]*loaded \S*\/simulators\/trucki\/[\s\S]*loaded \S*\/simulators\/modbus\//,
  );
});
