import assert from 'node:assert/strict';
import { createServer, Socket } from 'node:net';
import { test } from 'node:test';
import { SourceError } from '../../../src/base/errors.ts';
import type { ModbusFault } from '../../../src/simulators/modbus/faults.ts';
import type { FramingName } from '../../../src/simulators/modbus/wire.ts';
import { connectTcp } from '../../../src/sources/modbus/connection.ts';
import type { Gateway } from '../../../src/sources/modbus/gateway.ts';
import { virtualClock } from '../../helpers/clock.ts';
import { deadAddress } from '../../helpers/http.ts';
import { bankOf, clientOf, gatewayTo, QUICK, serveBanks } from './support.ts';

const never = new AbortController().signal;
const ONE_TRY = { ...QUICK, retries: 0 };
const bank = bankOf(Object.fromEntries(Array.from({ length: 300 }, (_, at) => [at, 1000 + at])));
const first = { space: 'input', address: 10, count: 20 } as const;
const second = { space: 'input', address: 100, count: 20 } as const;
const wordsOf = ({ address, count }: { address: number; count: number }) =>
  Array.from({ length: count }, (_, i) => 1000 + address + i);

const kindOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => 'no error',
    (reason: unknown) => reason,
  );
  return error instanceof SourceError ? error.kind : String(error);
};

const framingNames: readonly FramingName[] = ['tcp', 'rtu-tcp'];

/** What a single request ends with when it goes wrong, and whether its connection is used again. */
const FAULTS: readonly [fault: ModbusFault, kind: string, keeps: boolean, framing?: FramingName][] = [
  ['short', 'malformed', false],
  ['long', 'malformed', false],
  ['cut-off', 'timeout', false],
  ['wrong-id', 'malformed', false, 'tcp'],
  ['wrong-unit', 'malformed', false],
  ['wrong-function', 'malformed', false],
  ['wrong-checksum', 'malformed', false, 'rtu-tcp'],
  ['previous-answer', 'malformed', false],
  ['previous-registers', 'malformed', false],
  ['byte-by-byte', 'no error', true],
  ['silence', 'timeout', false],
  ['reset', 'unreachable', false],
  ['close', 'unreachable', false],
  ['exception', 'server', true],
  ['busy', 'server', true],
  ['gateway-silent', 'timeout', true],
  ['slow', 'timeout', false],
];

for (const framing of framingNames) {
  for (const [kind, expected, keeps, only] of FAULTS) {
    if (only && only !== framing) continue;
    test(`${framing}, ${kind}: ${expected}; the next answer is right`, async (t) => {
      const server = await serveBanks(t, { 1: bank }, { framing });
      const client = clientOf(gatewayTo(server, { framing }), 1, ONE_TRY);
      assert.deepEqual(await client.read('map', first, never), wordsOf(first));
      server.faults.next({ kind });
      assert.equal(await kindOf(client.read('map', second, never)), expected);
      assert.deepEqual(await client.read('map', second, never), wordsOf(second));
      assert.equal(server.connections.accepted, keeps ? 1 : 2);
    });
  }
}

test('a fault is not seen by a caller who may try again', async (t) => {
  const server = await serveBanks(t, { 1: bank });
  const client = clientOf(gatewayTo(server));
  for (const [kind] of FAULTS) {
    if (kind === 'wrong-checksum') continue;
    server.faults.next({ kind });
    const asked = kind.length % 2 ? first : second;
    assert.deepEqual(await client.read('map', asked, never), wordsOf(asked), kind);
  }
});

test('an earlier answer of the same length is noticed; inverters that are alike are not', async (t) => {
  const server = await serveBanks(t, { 1: bank, 2: bank });
  const gateway = gatewayTo(server);
  await clientOf(gateway, 1).read('map', first, never);
  assert.deepEqual(await clientOf(gateway, 2).read('map', first, never), wordsOf(first));
  server.faults.next({ kind: 'previous-registers' });
  const later = clientOf(gateway, 2, ONE_TRY).read('map', second, never);
  await assert.rejects(later, /input 100 to 119: the answer to an earlier request, input 10 to 29/);
  assert.deepEqual(await clientOf(gateway, 2).read('map', second, never), wordsOf(second));
});

test('blocks of zeros are alike everywhere, and no earlier answers', async (t) => {
  const client = clientOf(gatewayTo(await serveBanks(t, { 1: bankOf({ 10: 5, 100: 5 }) })));
  assert.equal((await client.read('map', first, never))[0], 5);
  assert.equal((await client.read('map', second, never))[0], 5);
});

test('a refused check closes the connection and is tried again on a fresh one', async (t) => {
  const server = await serveBanks(t, { 1: bank });
  let checks = 0;
  const check = () => {
    if (++checks < 3) throw new SourceError('malformed', 'not plausible');
  };
  assert.deepEqual(await clientOf(gatewayTo(server)).read('map', first, never, check), wordsOf(first));
  assert.deepEqual([checks, server.connections.accepted], [3, 3]);
});

test('a connection that the other side closed is noticed before the next request', async (t) => {
  const server = await serveBanks(t, { 1: bank });
  const client = clientOf(gatewayTo(server), 1, ONE_TRY);
  await client.read('map', first, never);
  server.disconnect();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(await client.read('map', first, never), wordsOf(first));
  assert.equal(server.connections.accepted, 2);
});

test('bytes that come without a request are not taken for the next answer', async (t) => {
  const stale = Buffer.from([0, 2, 0, 0, 0, 5, 1, 4, 2, 0xab, 0xcd]);
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.once('data', (request) => {
      socket.write(Buffer.concat([request.subarray(0, 4), Buffer.from([0, 5, 1, 4, 2, 0, 7])]));
      if (sockets.length === 1) setTimeout(() => socket.write(stale), 10);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const client = clientOf(gatewayTo({ host: '127.0.0.1', port }), 1, ONE_TRY);
  const one = { space: 'input', address: 5, count: 1 } as const;
  assert.deepEqual(await client.read('map', one, never), [7]);
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.deepEqual(await client.read('map', one, never), [7]);
  assert.equal(sockets.length, 2);
  for (const socket of sockets) socket.destroy();
});

test('an endless answer ends with the longest frame', async (t) => {
  let sent = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    // A transaction, a protocol and a body that agree, and then no end.
    socket.once('data', (request) => {
      socket.write(Buffer.concat([request.subarray(0, 4), Buffer.from([0, 43, 1, 4, 40])]));
      const timer = setInterval(() => {
        if (socket.destroyed) clearInterval(timer);
        else sent += socket.write(Buffer.alloc(1000)) ? 1000 : 1000;
      }, 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const client = clientOf(gatewayTo({ host: '127.0.0.1', port }), 1, ONE_TRY);
  assert.equal(await kindOf(client.read('map', first, never)), 'malformed');
  assert.ok(sent < 20_000);
});

test('all units behind a gateway share one connection and one request in flight', async (t) => {
  const units = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [i + 1, bank]));
  const server = await serveBanks(t, units);
  const gateway = gatewayTo(server);
  const reads = Object.keys(units).map((unit) => {
    const asked = { ...first, address: 10 + Number(unit) };
    return clientOf(gateway, Number(unit)).read('map', asked, never);
  });
  const answers = await Promise.all(reads);
  assert.deepEqual(
    answers.map(([word]) => word),
    [1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018],
  );
  assert.equal(server.connections.accepted, 1);
  assert.ok(server.requests.every(({ overlapping }) => !overlapping));
});

test('requests of all units keep their distance', async (t) => {
  const clock = virtualClock();
  const server = await serveBanks(t, { 1: bank, 2: bank }, { now: () => clock.now() });
  const gateway = gatewayTo(server, { clock, spacing: 1000 });
  let done = 0;
  const reads = [1, 2, 1, 2].map(async (unit, i) => {
    await clientOf(gateway, unit).read('map', { ...first, address: i }, never);
    done++;
  });
  for (let answered = 1; answered <= 4; answered++) {
    while (done < answered) await new Promise((resolve) => setImmediate(resolve));
    if (answered < 4) {
      await clock.sleeping();
      await clock.pass(1000);
    }
  }
  await Promise.all(reads);
  const times = server.requests.map(({ at }) => at);
  assert.deepEqual(
    times.map((at) => at - times[0]!),
    [0, 1000, 2000, 3000],
  );
});

test('an abort ends a request at once, and its connection', async (t) => {
  const server = await serveBanks(t, { 1: bank });
  const gateway = gatewayTo(server);
  const client = clientOf(gateway, 1, { ...QUICK, timeout: 60_000 });
  server.faults.next({ kind: 'silence' });
  const abort = new AbortController();
  const started = performance.now();
  const read = client.read('map', first, abort.signal);
  setTimeout(() => abort.abort(new Error('stopped')), 20);
  await assert.rejects(read, /stopped/);
  assert.ok(performance.now() - started < 1000);
  assert.deepEqual(await client.read('map', first, never), wordsOf(first));
});

test('an abort ends a connection attempt at once', async () => {
  const pending = new Socket();
  const gateway = gatewayTo({ host: '192.0.2.1', port: 502 }, { connect: () => pending });
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error('stopped')), 20);
  const client = clientOf(gateway, 1, { ...QUICK, timeout: 60_000 });
  await assert.rejects(client.read('map', first, abort.signal), /stopped/);
  assert.ok(pending.destroyed);
});

test('nothing that listens is unreachable, and said so with its address', async () => {
  const [host = '', port] = (await deadAddress()).split(':');
  const client = clientOf(gatewayTo({ host, port: Number(port) }), 1, ONE_TRY);
  await assert.rejects(client.read('map', first, never), (error) => {
    assert.ok(error instanceof SourceError);
    assert.equal(error.kind, 'unreachable');
    assert.equal(error.message, `${host}:${port}: connection refused`);
    return true;
  });
});

const settled = async (gateway: Gateway, keepOpen: boolean, signal: AbortSignal) => {
  await gateway.use(signal, () => clientOf(gateway).read('map', first, signal));
  await new Promise((resolve) => setTimeout(resolve, 20));
  return keepOpen;
};

test('between polls the connection is closed, so that others have their turn, unless polls are frequent', async (t) => {
  for (const keepOpen of [false, true]) {
    const server = await serveBanks(t, { 1: bank });
    const stop = new AbortController();
    const gateway = gatewayTo(server, { keepOpen });
    await settled(gateway, keepOpen, stop.signal);
    assert.equal(server.connections.open, keepOpen ? 1 : 0);
    await settled(gateway, keepOpen, stop.signal);
    assert.equal(server.connections.accepted, keepOpen ? 1 : 2);
    stop.abort();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(server.connections.open, 0);
  }
});

test('work that overlaps keeps the connection for each other', async (t) => {
  const server = await serveBanks(t, { 1: bank });
  const gateway = gatewayTo(server, { keepOpen: false });
  const client = clientOf(gateway);
  await gateway.use(never, async () => {
    await gateway.use(never, () => client.read('map', first, never));
    await client.read('map', second, never);
  });
  assert.equal(server.connections.accepted, 1);
});

test('connections are made by what is passed in', async (t) => {
  const server = await serveBanks(t, { 1: bank });
  const seen: unknown[] = [];
  const gateway = gatewayTo(server, {
    connect(address) {
      seen.push(address);
      return connectTcp(address);
    },
  });
  await clientOf(gateway).read('map', first, never);
  assert.deepEqual(seen, [{ host: server.host, port: server.port }]);
});

test('a connection that is kept does not keep the program running', async (t) => {
  const server = await serveBanks(t, { 1: bank });
  const states: string[] = [];
  const gateway = gatewayTo(server, {
    connect(address) {
      const socket = connectTcp(address);
      const { ref, unref } = socket;
      socket.ref = () => {
        states.push('held');
        return ref.call(socket);
      };
      socket.unref = () => {
        states.push('free');
        return unref.call(socket);
      };
      return socket;
    },
  });
  await clientOf(gateway).read('map', first, never);
  assert.deepEqual(states, ['free', 'held', 'free']);
});
