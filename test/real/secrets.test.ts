import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';
import { startFakePushgateway } from '../export/fake-pushgateway.ts';
import { scriptedServer } from '../helpers/http.ts';
import { eventually, freePort } from './support.ts';

const ROOT = join(import.meta.dirname, '../..');
const TOKEN = 'marked-token-7f3a9c51e8d2';
const PASSWORDS = ['marked-stick-4b81', 'marked-gateway-96de', 'marked-receiver-c05a'] as const;
const [STICK, GATEWAY, RECEIVER] = PASSWORDS;

/** Every form in which a secret could be written. */
const forms = (secret: string) => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
];
const FORBIDDEN = [
  ...[TOKEN, ...PASSWORDS].flatMap(forms),
  Buffer.from(`admin:${STICK}`).toString('base64'),
  Buffer.from(`me:${GATEWAY}`).toString('base64'),
];

function assertClean(text: string, where: string): void {
  for (const secret of FORBIDDEN) assert.ok(!text.includes(secret), `${where} holds ${secret}`);
}

/** All files below a folder. */
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

interface Place {
  readonly folder: string;
  readonly bundle: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The bundle, the servers it reads and sends to, and its settings, secrets in files of their own. */
async function setUp(t: TestContext): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  await promisify(execFile)(process.execPath, ['deploy/build.ts', join(folder, 'dist')], { cwd: ROOT });
  const cloud = await startGrowattCloud({ token: TOKEN, plants: [homePlant(Date.now())], limits: false });
  const stick = await startTruckiStick({ firmware: 'v1.12', password: STICK });
  t.after(() => Promise.all([cloud.close(), stick.close()]));
  const gateway = await startFakePushgateway(t, (response) => response.end());
  const receiver = await scriptedServer(t, (request, response) =>
    response.writeHead(401).end(`no: ${request.headers.authorization}`),
  );
  const secrets = { token: TOKEN, password: STICK };
  for (const [name, secret] of Object.entries(secrets)) writeFileSync(join(folder, name), secret);
  return {
    folder,
    bundle: join(folder, 'dist/solar-otel-agent.js'),
    env: {
      PATH: process.env.PATH ?? '',
      GROWATT_TOKEN_FILE: join(folder, 'token'),
      GROWATT_BASE_URL: cloud.url,
      GROWATT_CALL_SPACING: '0',
      TRUCKI_TARGETS: `shed=${stick.address}`,
      TRUCKI_PASSWORD_FILE: join(folder, 'password'),
      PUSHGATEWAY_URL: `http://me:${GATEWAY}@${gateway.host}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url.origin,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${RECEIVER}`,
      OTEL_METRIC_EXPORT_INTERVAL: '2s',
      STATE_DIR: join(folder, 'state'),
      LOG_LEVEL: 'debug',
    },
  };
}

/** Starts the bundle; what it writes is kept. */
function start(t: TestContext, { bundle }: Place, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child: ChildProcess = spawn(process.execPath, [bundle, ...args], { env });
  let output = '';
  child.stdout?.on('data', (text) => {
    output += text;
  });
  child.stderr?.on('data', (text) => {
    output += text;
  });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  t.after(() => {
    child.kill('SIGKILL');
  });
  return { child, ended, output: () => output };
}

/** The pages of a running agent, and what the system shows of its process. */
async function shown(url: string, pid: number): Promise<string> {
  const headers = [{}, { accept: 'application/openmetrics-text' }];
  const paths = ['/', '/metrics', '/api/v1/status', '/healthz', '/readyz', '/nothing', '/-/reload'];
  const texts: string[] = [];
  for (const path of paths)
    for (const given of headers) texts.push(await (await fetch(url + path, { headers: given })).text());
  const process = ['cmdline', 'comm', 'status'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8'));
  return [...texts, ...process].join('\n');
}

test('no secret is in any log, page, metric, state, process title or report of a running agent', async (t) => {
  const place = await setUp(t);
  const port = await freePort();
  const env: Record<string, string> = { ...place.env, EXPORTER_LISTEN_ADDR: `127.0.0.1:${port}` };
  // A report of Node's diagnostics shows the environment: settings there are the user's own to keep.
  const { OTEL_EXPORTER_OTLP_HEADERS: _, PUSHGATEWAY_URL: __, ...fromFiles } = env;
  for (const settings of [env, fromFiles]) {
    const report = join(place.folder, 'report.json');
    const options = `--report-on-signal --report-filename=${report}`;
    const agent = start(t, place, [], { ...settings, NODE_OPTIONS: options });
    const url = `http://127.0.0.1:${port}`;
    await eventually('the agent to have read its sources', async () => {
      const text = await fetch(`${url}/metrics`)
        .then((response) => response.text())
        .catch(() => '');
      return (text.includes('growatt_energy_year_kwh{') && text.includes('trucki_up{')) || undefined;
    });
    const pages = await shown(url, agent.child.pid ?? 0);
    assert.match(pages, /growatt_current_power_watts/);
    assertClean(pages, 'a page or the process');
    if (settings === fromFiles) {
      agent.child.kill('SIGUSR2');
      const text = await eventually('the report', () => {
        try {
          return JSON.stringify(JSON.parse(readFileSync(report, 'utf8')));
        } catch {
          return undefined;
        }
      });
      assert.match(text, /javascriptStack/);
      assertClean(text, 'the report of diagnostics');
    } else {
      await eventually(
        'an export that fails',
        () => /OTLP export to .* failed/.test(agent.output()) || undefined,
      );
    }
    agent.child.kill('SIGTERM');
    assert.equal(await agent.ended, 0, agent.output());
    assert.match(agent.output(), /"level":"debug"/);
    assertClean(agent.output(), 'the log');
    for (const file of filesIn(join(place.folder, 'state'))) assertClean(readFileSync(file, 'utf8'), file);
  }
});

test('no secret is in what the other commands write', async (t) => {
  const place = await setUp(t);
  const out = join(place.folder, 'case');
  // Without state: a second run would wait until the cloud allows the call again.
  const push = { EXPORTER_MODE: 'push', STATE_DIR: '' };
  const commands: [args: string[], env: Record<string, string>, code: number, shows: RegExp][] = [
    [['check'], {}, 0, /\[redacted\]/],
    [['check'], { COLLECT_INTERVAL: 'soon' }, 2, /COLLECT_INTERVAL/],
    [['check'], { GROWATT_TOKEN: TOKEN }, 2, /GROWATT_TOKEN/],
    [
      ['check'],
      { OTEL_EXPORTER_OTLP_ENDPOINT: `nonsense://${RECEIVER}@x` },
      2,
      /OTEL_EXPORTER_OTLP_ENDPOINT/,
    ],
    [['discover'], {}, 0, /SIMMIN0001/],
    [['discover', '--json'], {}, 0, /SIMMIN0001/],
    [['capture', '--source', 'growatt/default', '--out', out], {}, 0, /case/],
    [['capture', '--source', 'trucki/shed', '--out', `${out}2`], {}, 0, /case2/],
    [[], push, 0, /Pushed/],
    [[], { ...push, PUSHGATEWAY_URL: `http://me:${GATEWAY}@127.0.0.1:1` }, 1, /127\.0\.0\.1:1/],
    [['healthcheck'], { EXPORTER_LISTEN_ADDR: '127.0.0.1:1' }, 1, /./],
  ];
  for (const [args, env, code, shows] of commands) {
    const command = start(t, place, args, { ...place.env, ...env });
    assert.equal(await command.ended, code, `${args.join(' ')}: ${command.output()}`);
    assert.match(command.output(), shows);
    assertClean(command.output(), args.join(' '));
  }
  for (const file of [...filesIn(out), ...filesIn(`${out}2`)]) assertClean(readFileSync(file, 'utf8'), file);
});

test('no secret is in what an agent says that ends because of a defect', async (t) => {
  const place = await setUp(t);
  const hook = join(place.folder, 'hook.cjs');
  // As if a library had thrown, outside of any promise, with the request in its message.
  writeFileSync(
    hook,
    `setTimeout(() => { throw new Error('request failed: token=${TOKEN} ${STICK}'); }, 3000);`,
  );
  const agent = start(t, place, [], {
    ...place.env,
    EXPORTER_LISTEN_ADDR: '127.0.0.1:0',
    NODE_OPTIONS: `--require ${hook}`,
  });
  assert.equal(await agent.ended, 1);
  assert.match(agent.output(), /Internal error, please report it/);
  assert.match(agent.output(), /request failed: token=\[redacted\]/);
  assertClean(agent.output(), 'the log of a defect');
});

test('a cloud that quotes the token in its answers brings it nowhere', async (t) => {
  const place = await setUp(t);
  const cloud = createServer((request, response) => {
    const quoted = `token ${request.headers.token}`;
    const isList = request.url?.includes('plant/list');
    const plants = [{ plant_id: 1, name: quoted, city: quoted }];
    const list = { error_code: 0, data: { count: 1, plants } };
    response.end(JSON.stringify(isList ? list : { error_code: 10011, error_msg: quoted, data: '' }));
  });
  cloud.listen(0, '127.0.0.1');
  await once(cloud, 'listening');
  t.after(() => cloud.close());
  const address = cloud.address();
  assert.ok(typeof address === 'object' && address);
  const port = await freePort();
  const agent = start(t, place, [], {
    ...place.env,
    GROWATT_BASE_URL: `http://127.0.0.1:${address.port}`,
    EXPORTER_LISTEN_ADDR: `127.0.0.1:${port}`,
  });
  const url = `http://127.0.0.1:${port}`;
  await eventually('a refusal', () => /10011/.test(agent.output()) || undefined);
  const pages = await shown(url, agent.child.pid ?? 0);
  assert.match(pages, /plant_name="token \[redacted\]"/);
  assertClean(pages, 'a page');
  agent.child.kill('SIGTERM');
  assert.equal(await agent.ended, 0);
  assertClean(agent.output(), 'the log');
  for (const file of filesIn(join(place.folder, 'state'))) assertClean(readFileSync(file, 'utf8'), file);
});
