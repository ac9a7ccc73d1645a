import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import modbusSerial from 'modbus-serial';
import { inverterBank } from '../../src/simulators/modbus/inverter.ts';
import { layoutOf } from '../../src/simulators/modbus/layouts.ts';
import type { FramingName } from '../../src/sources/modbus/frame.ts';
import { emptyFolder } from '../backfill/support.ts';
import { parseExposition } from '../export/exposition-parser.ts';
import { startHome } from '../helpers/home.ts';
import { berlinHome, HOUR, MIDNIGHT, NOON, startWorld } from '../sources/growatt/world.ts';
import { readCase } from '../sources/modbus/cases.ts';
import { gatewayTo, polled, serveBanks, sourceTo } from '../sources/modbus/support.ts';
import { prepared } from './programs.ts';

const SCAN = readCase('scan-min-6000tl-xh');

function start(t: TestContext, command: string, args: readonly string[], env = {}): ChildProcess {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  t.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return child;
}

async function freePort(t: TestContext): Promise<number> {
  const { port, close } = await serveBanks(t, {});
  await close();
  return port;
}

/** Resolves when somebody listens on the port. */
async function listening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isThere = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isThere) return;
    await delay(100);
  }
  assert.fail(`nobody listens on port ${port}`);
}

const inFramings = ['tcp', 'rtu-tcp'] as const satisfies readonly FramingName[];

for (const framing of inFramings) {
  test(`a pymodbus server with the scan of a MIN 6000TL-XH is read value by value, in ${framing}`, async (t) => {
    const { input, holding } = SCAN.bank();
    const port = await freePort(t);
    const args = ['test/real/modbus/server.py', String(port), ...(framing === 'tcp' ? [] : ['rtu'])];
    const server = start(t, 'python3', args, { PYTHONPATH: prepared('pymodbus') });
    server.stdin?.end(JSON.stringify({ input, holding }));
    await listening(port);
    const source = sourceTo(
      { host: '127.0.0.1', port },
      { gateway: gatewayTo({ host: '127.0.0.1', port }, { framing }) },
    );
    const shown = await polled(source);
    assert.deepEqual(shown, SCAN.expected);
    assert.equal(shown.growatt_current_power_watts, 677.5);
    assert.equal(shown.growatt_battery_voltage_volts, 210.17);
    assert.equal(shown.growatt_battery_discharge_power_watts, 708);
    assert.equal(shown.growatt_energy_total_kwh, 1403.9);
  });
}

for (const framing of inFramings) {
  test(`modbus-serial's client reads the simulated inverter register by register, in ${framing}`, async (t) => {
    const world = await startWorld(t, { plants: [berlinHome()], start: NOON });
    const [inverter] = world.cloud.inverters();
    assert.ok(inverter);
    const bank = inverterBank(layoutOf(inverter)!, inverter);
    const { port } = await serveBanks(t, { 1: bank }, { framing });
    const client = new modbusSerial.default();
    if (framing === 'tcp') await client.connectTCP('127.0.0.1', { port });
    else await client.connectTelnet('127.0.0.1', { port });
    t.after(() => client.close(() => {}));
    client.setID(1);
    client.setTimeout(5000);
    for (const [first, count] of [
      [3000, 125],
      [3125, 125],
      [3024, 2],
    ] as const) {
      const { data } = await client.readInputRegisters(first, count);
      assert.deepEqual(data, bank.read('input', first, count));
    }
    assert.deepEqual((await client.readHoldingRegisters(43, 8)).data, bank.read('holding', 43, 8));
    await assert.rejects(client.readInputRegisters(9000, 1), /exception 2/i);
    await assert.rejects(client.writeRegister(3, 50), /exception 1/i);
  });
}

test('ser2net makes an inverter on a serial line readable', async (t) => {
  const { port: simulated } = await serveBanks(t, { 1: SCAN.bank() }, { framing: 'rtu-tcp' });
  const folder = emptyFolder(t);
  const tty = join(folder, 'ttyUSB0');
  start(t, 'socat', [`pty,raw,echo=0,link=${tty}`, `tcp:127.0.0.1:${simulated}`]);
  for (let attempt = 0; attempt < 100 && !existsSync(tty); attempt++) await delay(100);
  const port = await freePort(t);
  const config = join(folder, 'ser2net.yaml');
  // As docs/modbus.md has it, but for the port and the device.
  writeFileSync(
    config,
    `connection: &growatt
  accepter: tcp,127.0.0.1,${port}
  connector: serialdev,${tty},9600n81,local
  options:
    kickolduser: true
`,
  );
  start(t, 'ser2net', ['-n', '-c', config]);
  await delay(1000);
  const server = { host: '127.0.0.1', port };
  const shown = await polled(sourceTo(server, { gateway: gatewayTo(server, { framing: 'rtu-tcp' }) }));
  assert.deepEqual(shown, SCAN.expected);
});

test('eight inverters behind one gateway are read one after the other, a second apart', async (t) => {
  const units = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i + 1, SCAN.bank()]));
  for (const [unit, bank] of Object.entries(units)) bank.holding[23] = 0x4130 + Number(unit);
  const { address, requests, connections } = await serveBanks(t, units);
  const targets = Object.keys(units).map((unit) => `roof${unit}=${address}/${unit}`);
  const agent = start(t, process.execPath, ['src/main.ts'], {
    GROWATT_MODBUS_TARGETS: targets.join(','),
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
    LOG_FORMAT: 'text',
  });
  let log = '';
  agent.stderr?.on('data', (chunk) => {
    log += chunk;
  });
  const powers = async () => {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(log)?.[0];
    if (!url) return [];
    const { samples } = parseExposition(await (await fetch(`${url}/metrics`)).text());
    return samples.filter(({ name }) => name === 'growatt_current_power_watts').map(({ value }) => value);
  };
  for (let second = 0; second < 240 && (await powers()).length < 8; second++) await delay(1000);
  assert.deepEqual(await powers(), new Array(8).fill(677.5));
  assert.ok(requests.every(({ overlapping }) => !overlapping));
  const gaps = requests.slice(1).map(({ at }, i) => at - requests[i]!.at);
  assert.ok(Math.min(...gaps) >= 950, `${Math.min(...gaps)} ms`);
  assert.ok(connections.open <= 1);
});

test('a day with both ways, and everything going wrong now and then: no counter falls, no false value', async (t) => {
  const home = await startHome(t, { interval: 30_000 });
  const agent = home.run({ local: home.local() });
  const kinds = [
    'short',
    'long',
    'wrong-id',
    'previous-answer',
    'previous-registers',
    'reset',
    'close',
    'exception',
    'busy',
  ] as const;
  const last = new Map<string, number>();
  let minute = 0;
  for (let at = MIDNIGHT; at <= MIDNIGHT + 24 * HOUR; at += 60_000, minute++) {
    if (minute % 7 === 0)
      home.faults.next({
        kind: kinds[(minute / 7) % kinds.length]!,
        match: 'input',
        times: 1 + (minute % 4),
      });
    if (minute % 240 === 200) home.state.isReachable = false;
    if (minute % 240 === 230) home.state.isReachable = true;
    await home.until(at);
    const model = home.cloud.inverters()[0]!.measure();
    for (const { metric, attributes, value } of agent.store.samples()) {
      const key = `${metric} ${JSON.stringify(attributes)}`;
      if (metric.endsWith('_total_kwh')) {
        assert.ok(value >= (last.get(key) ?? 0), `${key}: ${value} after ${last.get(key)}`);
        last.set(key, value);
      }
      if (metric === 'growatt_pv_power_watts') assert.ok(value >= 0 && value <= 6600, `${key}: ${value}`);
      if (metric === 'growatt_ac_frequency_hz' && value !== 0)
        assert.ok(Math.abs(value - 50) < 0.2, `${value}`);
      if (metric === 'growatt_energy_total_kwh' && model)
        assert.ok(Math.abs(value - model.total.ac) < 1, `${value}, not ${model.total.ac}`);
    }
  }
  assert.ok(last.size >= 4);
});
