import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { loadConfig } from '../../src/config/load.ts';
import { createOtlpExporter } from '../../src/export/otlp.ts';
import { watchExports } from '../../src/export/otlp-health.ts';
import type { OtlpExport } from '../../src/export/otlp-settings.ts';
import { memoryLog } from '../helpers/log.ts';
import { otlpReceiver } from './otlp-receiver.ts';

/** An exporter to this receiver, what it logs, and how each export ended. */
function exporting(t: TestContext, url: string, protocol: OtlpExport['protocol']) {
  const env = {
    TRUCKI_TARGETS: 'a',
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_METRIC_EXPORT_INTERVAL: '1h',
  };
  const { otlp } = loadConfig({ env, isTerminal: false });
  assert.ok(otlp);
  const log = memoryLog();
  const outcomes: string[] = [];
  const onExport = (outcome: string) => outcomes.push(outcome);
  const exporter = createOtlpExporter(otlp, watchExports({ url, interval: otlp.interval, log, onExport }));
  t.after(() => exporter.shutdown());
  const metrics = { resource: resourceFromAttributes({}), scopeMetrics: [] };
  const send = () => new Promise<void>((resolve) => exporter.export(metrics, () => resolve()));
  return { log, outcomes, send };
}

const PAGE = '<!doctype html><title>Sign in</title>';
const SOMETHING = 'something else came instead of the answer of an OTLP receiver; check the endpoint';
const A_PAGE = SOMETHING.replace('something else', 'a web page');

for (const [what, protocol, answer, message] of [
  ['a web page', 'http/protobuf', PAGE, A_PAGE],
  ['a web page', 'http/json', PAGE, A_PAGE],
  ['a word', 'http/protobuf', 'HHHH', SOMETHING],
  ['a word', 'http/json', 'ok', SOMETHING],
  ['bytes', 'http/protobuf', '\x1fnonsense', SOMETHING],
  ['bytes', 'http/json', '\x0a\x00', SOMETHING],
  ['a list', 'http/json', '[]', SOMETHING],
  ['JSON of another service', 'http/protobuf', '{"status":"ok"}', SOMETHING],
] as const) {
  test(`${what} as the answer with status 200 to an export by ${protocol} is a failure, logged once`, async (t) => {
    const receiver = await otlpReceiver(t);
    const { log, outcomes, send } = exporting(t, receiver.url, protocol);
    receiver.script((response) => response.end(answer, 'latin1'));
    for (let n = 0; n < 2; n++) await send();
    receiver.script((response) => response.end());
    await send();
    assert.deepEqual(log.lines, [
      `warn: OTLP export to ${receiver.url} failed: ${message}; trying again every 1h`,
      `info: OTLP export to ${receiver.url} recovered`,
    ]);
    assert.deepEqual(outcomes, ['failure', 'failure', 'success']);
  });
}

for (const [what, protocol, answer] of [
  ['an empty message', 'http/protobuf', '\x0a\x00'],
  ['an empty object', 'http/protobuf', '{}'],
  ['an empty object', 'http/json', '{}'],
  ['nothing', 'http/json', ''],
] as const) {
  test(`${what} as the answer to an export by ${protocol} is a success`, async (t) => {
    const receiver = await otlpReceiver(t);
    const { outcomes, send } = exporting(t, receiver.url, protocol);
    receiver.script((response) => response.end(answer, 'latin1'));
    await send();
    assert.deepEqual(outcomes, ['success']);
  });
}

const OVERLOADED = 'the receiver is overloaded or unavailable (HTTP 429, 502, 503 or 504)';

for (const [status, tries, message] of [
  [429, 6, OVERLOADED],
  [503, 6, OVERLOADED],
  [500, 1, 'HTTP 500 Internal Server Error'],
  [400, 1, 'HTTP 400 Bad Request'],
] as const) {
  const times = tries === 1 ? 'once' : 'again while it asks for that, at most five times';
  test(`an export that is answered HTTP ${status} is sent ${times}, counted and logged once`, async (t) => {
    const receiver = await otlpReceiver(t);
    const { log, outcomes, send } = exporting(t, receiver.url, 'http/json');
    // A date that has passed asks for a try at once.
    const retryAfter = new Date(0).toUTCString();
    receiver.script((response) => response.writeHead(status, { 'retry-after': retryAfter }).end());
    await send();
    assert.equal(receiver.received.length, tries);
    await send();
    receiver.script((response) => response.end('{}'));
    await send();
    assert.deepEqual(log.lines, [
      `warn: OTLP export to ${receiver.url} failed: ${message}; trying again every 1h`,
      `info: OTLP export to ${receiver.url} recovered`,
    ]);
    assert.deepEqual(outcomes, ['failure', 'failure', 'success']);
  });
}

test('an export that is to be sent again after its time-out is sent once', async (t) => {
  const receiver = await otlpReceiver(t);
  const { outcomes, send } = exporting(t, receiver.url, 'http/json');
  receiver.script((response) => response.writeHead(429, { 'retry-after': '3600' }).end());
  await send();
  assert.deepEqual([receiver.received.length, outcomes], [1, ['failure']]);
});
