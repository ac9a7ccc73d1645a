import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Agent } from '../src/agent.ts';
import { createLog } from '../src/base/log.ts';
import { capture } from '../src/cli/commands/capture.ts';
import { discover } from '../src/cli/commands/discover.ts';
import { loadConfig } from '../src/config/load.ts';
import { startServer } from '../src/export/server.ts';
import { testProgram } from './cli/program.ts';
import { parseExposition } from './export/exposition-parser.ts';
import { instantClock } from './helpers/clock.ts';
import { scriptedServer } from './helpers/http.ts';
import { devices, liveData, plants, refusal } from './sources/growatt/scripted.ts';

const NOON = Date.parse('2026-06-12T10:00:00Z');
/** What a name should never be: colours and other escape sequences, reversed text, markup, ends of labels and lines. */
const HOSTILE =
  '\u001b[31m\u009b2J\u202Eevil\u0000<script>alert(1)</script>"\\\n# TYPE x counter\r__proto__{a="b"} 1\u2028../../etc';
/** Line breaks between lines of a text are its own. */
const ACTED_ON = /[^\P{Cc}\n]|[\p{Cf}\u2028\u2029]/u;

const ANSWERS: Readonly<Record<string, object>> = {
  'plant/list': plants({ plant_id: 1, name: HOSTILE, city: HOSTILE, country: HOSTILE }),
  'device/list': devices(
    { device_sn: `${HOSTILE}1`, type: 7, model: HOSTILE, datalogger_sn: HOSTILE, last_update_time: HOSTILE },
    { device_sn: '__proto__', type: 99, model: HOSTILE, datalogger_sn: '__proto__' },
  ),
  'device/tlx/tlx_last_data': liveData({ statusText: HOSTILE, status: 77, time: '2026-06-12 12:00:00' }),
  'plant/data': refusal(10011, HOSTILE),
};

async function setUp(t: TestContext) {
  const server = await scriptedServer(t, (request, response) => {
    const path = new URL(request.url ?? '/', 'http://cloud').pathname.replace(/^\/v1\//, '');
    response.end(JSON.stringify({ error_code: 0, ...(ANSWERS[path] ?? refusal(10001, HOSTILE)) }));
  });
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = {
    GROWATT_TOKEN: 'a-token-for-tests',
    GROWATT_BASE_URL: server.url.origin,
    GROWATT_CALL_SPACING: '0',
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
    STATE_DIR: folder,
  };
  return { folder, env };
}

/** One cycle of an agent. @returns all that it shows and writes, by its kind */
async function shownBy(t: TestContext, env: Record<string, string>, format: 'text' | 'json') {
  const config = loadConfig({ env, flags: {}, isTerminal: false });
  const lines: string[] = [];
  const log = createLog({ level: 'debug', format, write: (line) => lines.push(line) });
  const agent = new Agent({ config, log, clock: instantClock(NOON) });
  const server = await startServer({ listen: config.exporter.listenAddr, surface: agent, log });
  t.after(() => server.close(0));
  await agent.pollOnce(new AbortController().signal, NOON + 60_000);
  const get = async (path: string) => await (await fetch(server.url + path)).text();
  const [metrics, page, status] = [await get('/metrics'), await get('/'), await get('/api/v1/status')];
  await agent.stop();
  return { log: lines.join(''), metrics, page, status };
}

for (const format of ['text', 'json'] as const) {
  test(`hostile names and words are harmless in metrics, pages, state and the log as ${format}`, async (t) => {
    const { env, folder } = await setUp(t);
    const shown = await shownBy(t, env, format);
    for (const [where, text] of Object.entries(shown)) assert.doesNotMatch(text, ACTED_ON, where);
    assert.match(shown.log, /evil/, 'the words themselves are logged');
    const { samples, headers } = parseExposition(shown.metrics);
    assert.ok(!headers.has('TYPE x'));
    const info = samples.find(({ name }) => name === 'growatt_plant_info');
    assert.match(info?.labels.plant_name ?? '', /evil.*<script>alert\(1\)<\/script>"\\ # TYPE x counter/);
    assert.ok(samples.some(({ labels }) => labels.device_sn?.includes('evil')));
    assert.doesNotMatch(shown.page, /<script>alert/);
    JSON.parse(shown.status);
    JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
    if (format === 'json') for (const line of shown.log.trimEnd().split('\n')) JSON.parse(line);
    else for (const line of shown.log.trimEnd().split('\n')) assert.match(line, /^2\d{3}-\d\d-\d\d /);

    const again = await shownBy(t, env, format);
    assert.doesNotMatch(again.log, /saved state|internal error/i);
    const names = (text: string) =>
      parseExposition(text).samples.filter(({ name }) => name.endsWith('_info'));
    assert.deepEqual(names(again.metrics), names(shown.metrics));
  });
}

test('hostile names are harmless in the table of discover', async (t) => {
  const { env } = await setUp(t);
  for (const json of [false, true]) {
    const terminal = testProgram(env);
    await discover({ configFile: undefined, flags: {}, json }, terminal.program);
    assert.doesNotMatch(terminal.out() + terminal.err(), ACTED_ON);
    assert.match(terminal.out(), /evil/);
    // Of the table: the source, the titles, two devices.
    if (!json) assert.equal(terminal.out().trimEnd().split('\n').length, 4, terminal.out());
  }
});

test('hostile names are in no name of a file that capture writes', async (t) => {
  const { env, folder } = await setUp(t);
  const terminal = testProgram(env);
  const out = join(folder, 'case');
  const invocation = { configFile: undefined, flags: {}, source: undefined, device: undefined, out };
  assert.equal(await capture(invocation as Parameters<typeof capture>[0], terminal.program), 0);
  assert.doesNotMatch(terminal.out() + terminal.err(), ACTED_ON);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  assert.ok(files.length > 4);
  for (const file of files)
    assert.match(file, /^(case|case\/[a-zA-Z0-9-]+\.(json|md|txt)|state\.json|instance-id|agent.*)$/);
});
