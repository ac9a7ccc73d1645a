import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import type { HttpObserver } from '../../src/model/observer.ts';
import { withServer } from '../export/fake-surface.ts';
import { ask } from '../export/http-client.ts';
import { askSecurely, gatedServer, TLS } from '../export/web/support.ts';
import { memoryLog } from '../helpers/log.ts';

const IDLE = 3000;
const SLOW = 500;
/** As many as the queue of the listening socket surely takes. */
const BATCH = 100;

/** Opens connections that say nothing, and others that are slow with their headers. */
async function flood(port: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < IDLE + SLOW) {
    const batch = Array.from({ length: BATCH }, () => connect(port, '127.0.0.1').on('error', () => {}));
    await Promise.all(batch.map((socket) => once(socket, 'connect')));
    if (sockets.length >= IDLE) for (const socket of batch) socket.write('GET /metrics HTTP/1.1\r\nX-Slow: ');
    sockets.push(...batch);
  }
  return sockets;
}

const observer = (dropped: () => void): HttpObserver => ({ answered() {}, connectionDropped: dropped });

test(`${IDLE} silent and ${SLOW} slow connections do not keep a scrape or a probe waiting`, async () => {
  let dropped = 0;
  const log = memoryLog();
  await withServer({ log, observer: observer(() => dropped++) }, async ({ address, url }) => {
    const sockets = await flood(address.port);
    for (const path of ['/metrics', '/healthz']) {
      const before = performance.now();
      assert.equal((await ask(url + path, { agent: false })).status, 200);
      const took = performance.now() - before;
      assert.ok(took < 1000, `${path} took ${took} ms`);
    }
    assert.ok(dropped >= IDLE, `${dropped} were dropped`);
    assert.equal(log.lines.length, 1);
    for (const socket of sockets) socket.destroy();
  });
});

test(`${IDLE} silent and ${SLOW} useless connections do not keep a scrape over TLS waiting`, async (t) => {
  const { address, url } = await gatedServer(t, TLS);
  const sockets = await flood(address.port);
  const before = performance.now();
  assert.equal((await askSecurely(`${url}/metrics`)).status, 200);
  const took = performance.now() - before;
  assert.ok(took < 1000, `it took ${took} ms`);
  for (const socket of sockets) socket.destroy();
});
