import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { backfill } from '../../src/cli/commands/backfill.ts';
import type { BackfillInvocation } from '../../src/cli/flags.ts';
import { type GrowattCloudOptions, startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import { emptyFolder } from '../backfill/support.ts';
import { otlpReceiver } from '../export/otlp-receiver.ts';
import { scriptedServer } from '../helpers/http.ts';

const TOKEN = 'a-token-for-tests';
const DAY = 24 * 60 * 60_000;
const CLEAR_LINE = '\r\u001b[K';
const daysAgo = (days: number) => new Date(Date.now() - days * DAY).toISOString().slice(0, 10);

/** A home on the equator in UTC, which is as old as `days` says. */
async function startHome(t: TestContext, days = 5, options: Partial<GrowattCloudOptions> = {}) {
  const place = { latitude: 0, longitude: 0, timezone: 'GMT+0', zone: 0 };
  const plants = [homePlant(Date.now(), { ...place, id: 1, createDate: daysAgo(days) })];
  const cloud = await startGrowattCloud({ token: TOKEN, plants, limits: false, ...options });
  t.after(() => cloud.close());
  const env = { GROWATT_TOKEN: TOKEN, GROWATT_BASE_URL: cloud.url, GROWATT_CALL_SPACING: '0' };
  const count = (path: string) => cloud.calls.filter((call) => call.path.endsWith(path)).length;
  return { cloud, env, count };
}

/** Runs the command as the command line would. */
async function run(
  env: Readonly<Record<string, string>>,
  invocation: Partial<BackfillInvocation> = {},
  {
    signal,
    isTerminal = false,
    stopAt,
  }: { signal?: AbortSignal; isTerminal?: boolean; stopAt?: string } = {},
) {
  const stop = new AbortController();
  const out: string[] = [];
  const err: string[] = [];
  const program = {
    env,
    out: async (text: string) => void out.push(text),
    err: (text: string) => {
      err.push(text);
      if (stopAt && text.includes(stopAt)) stop.abort();
    },
    isTerminal,
    columns: 80,
    signal: signal ?? stop.signal,
  };
  const given = {
    configFile: undefined,
    flags: {},
    from: undefined,
    to: undefined,
    out: undefined,
    otlp: false,
  };
  const result = backfill({ ...given, ...invocation }, program).then(
    (code) => ({ code, error: undefined }),
    (error: unknown) => ({ code: undefined, error }),
  );
  const { code, error } = await result;
  assert.doesNotMatch(err.join('') + String(error), new RegExp(TOKEN));
  const message = error instanceof Error ? `${error.name}: ${error.message}` : undefined;
  return { code, message, out: out.join(''), err: err.join('') };
}

test('--out is written whole, says beforehand how long it takes, and leaves no journal', async (t) => {
  const { env } = await startHome(t);
  const folder = emptyFolder(t);
  const { code, out, err } = await run(env, { out: join(folder, 'new', 'past.om') });
  assert.equal(code, 0);
  assert.equal(out, '');
  assert.deepEqual(readdirSync(join(folder, 'new')), ['past.om']);
  const text = readFileSync(join(folder, 'new', 'past.om'), 'utf8');
  assert.match(text, /^growatt_plant_power_watts\{plant_id="1"\} [\d.]+ \d+$/m);
  assert.equal(text.match(/^growatt_daily_energy_kwh\{/gm)?.length, 5);
  assert.match(text, /\n# EOF\n$/);
  assert.match(
    err,
    new RegExp(
      `^Looking up the plants\\n.*\\nReading ${daysAgo(5)} to ${daysAgo(1)} of 1 plant: 6 calls, about 0 s\\n\\d+ samples in .*past\\.om\\n$`,
    ),
  );
});

test('without --out it goes to standard output, and nothing is left behind', async (t) => {
  const { env } = await startHome(t);
  const [folder, temporary] = [emptyFolder(t), emptyFolder(t)];
  const { TMPDIR = '' } = process.env;
  process.env.TMPDIR = temporary;
  t.after(() => {
    process.env.TMPDIR = TMPDIR;
  });
  const file = await run(env, { out: join(folder, 'past.om') });
  const piped = await run(env);
  assert.equal(file.code, 0);
  assert.equal(piped.code, 0);
  assert.equal(piped.out, readFileSync(join(folder, 'past.om'), 'utf8'));
  assert.deepEqual(readdirSync(temporary), []);
});

test('the estimate follows the calls that are left and GROWATT_CALL_SPACING', async (t) => {
  const { env } = await startHome(t, 5);
  const out = join(emptyFolder(t), 'past.om');
  const first = await run(env, { out }, { stopAt: 'Reading' });
  assert.match(first.err, /: 6 calls, about 0 s\nInterrupted\. Run the same command again/);
  const second = await run({ ...env, GROWATT_CALL_SPACING: '10s' }, { out }, { stopAt: 'Reading' });
  assert.match(second.err, /^Looking up the plants\nReading .*: 6 calls, about 1 min\nInterrupted/);
});

test('--to in the future ends with yesterday, --from before the plant begins with its first day', async (t) => {
  const { env, cloud } = await startHome(t, 3);
  const { err } = await run(env, { from: '2001-01-01', to: '2099-01-01' });
  assert.match(err, new RegExp(`Reading ${daysAgo(3)} to ${daysAgo(1)} of 1 plant`));
  const dates = cloud.calls.map(({ params }) => params.date).filter((date) => date !== undefined);
  assert.deepEqual(dates, [daysAgo(3), daysAgo(2), daysAgo(1)]);
});

test('days that are not over, and days before the plant, are an error that says which there are', async (t) => {
  const { env, count } = await startHome(t, 3);
  const folder = emptyFolder(t);
  for (const range of [
    { from: daysAgo(0) },
    { from: '2090-01-01' },
    { from: '2001-01-01', to: '2001-12-31' },
  ]) {
    const { message } = await run(env, { ...range, out: join(folder, 'past.om') });
    assert.equal(
      message,
      `RunError: There is no day to read: the completed days of plant 1 are ${daysAgo(3)} to ${daysAgo(1)}.`,
    );
  }
  assert.deepEqual(readdirSync(folder), []);
  assert.equal(count('plant/power'), 0);
});

test('a run that is stopped goes on where it was, and writes the same file', async (t) => {
  const { env, cloud } = await startHome(t, 6);
  const folder = emptyFolder(t);
  assert.equal((await run(env, { out: join(folder, 'whole.om') })).code, 0);
  const callsOfOne = cloud.calls.length;
  const path = join(folder, 'past.om');
  let stopped = 0;
  for (;;) {
    const stop = new AbortController();
    const calls = cloud.calls.length;
    const watch = setInterval(() => cloud.calls.length > calls + 1 && stop.abort(), 1);
    const { code, err } = await run(env, { out: path }, { signal: stop.signal });
    clearInterval(watch);
    assert.equal(code, 0);
    if (existsSync(path)) break;
    assert.match(err, /Interrupted\. Run the same command again to resume\.\n$/);
    assert.deepEqual(readdirSync(folder).toSorted(), ['past.om.journal', 'whole.om']);
    stopped++;
  }
  assert.ok(stopped > 1);
  assert.equal(readFileSync(path, 'utf8'), readFileSync(join(folder, 'whole.om'), 'utf8'));
  assert.ok(cloud.calls.length <= 2 * callsOfOne + 2 * stopped);
  assert.deepEqual(readdirSync(folder).toSorted(), ['past.om', 'whole.om']);
});

test('plants are not listed again: the cloud would refuse that so soon after', async (t) => {
  const { env, count, cloud } = await startHome(t, 3, { limits: true });
  const out = join(emptyFolder(t), 'past.om');
  cloud.faults.next({ kind: 'permission', match: 'plant/power' });
  const { message } = await run(env, { out });
  assert.equal(
    message,
    `RunError: plant 1, ${daysAgo(3)}: plant/power: 10011 error_permission_denied. Run the same command again to resume.`,
  );
  assert.equal(readFileSync(`${out}.journal`, 'utf8').split('\n').length, 4);
  const before = count('plant/power');
  assert.equal((await run(env, { out })).code, 0);
  assert.equal(count('plant/list'), 1);
  assert.equal(count('plant/data'), 1);
  assert.equal(count('plant/energy'), 1);
  assert.equal(count('plant/power') - before, 3);
});

test('a refused token and an account without plants say what to check', async (t) => {
  const { env, cloud } = await startHome(t);
  const refused = await run({ ...env, GROWATT_TOKEN: 'another' });
  assert.match(refused.message ?? '', /^RunError: .* refuses the token .*: check the token/);
  cloud.removePlant(1);
  const { message, err } = await run(env);
  assert.match(err, /this token has access to no plants/);
  assert.equal(message, 'RunError: There is no plant to read.');
});

test('without an account, and with --otlp without an endpoint, it is a usage error', async (t) => {
  const { env } = await startHome(t);
  const lonely = await run({ TRUCKI_TARGETS: '127.0.0.1:1' });
  assert.equal(lonely.message, 'UsageError: backfill reads Growatt plants: set GROWATT_TOKEN.');
  const { message } = await run(env, { otlp: true });
  assert.equal(message, 'UsageError: --otlp needs an endpoint: set OTEL_EXPORTER_OTLP_ENDPOINT.');
});

test('a journal of other days, and a damaged one, are named', async (t) => {
  const { env, cloud } = await startHome(t, 3);
  const out = join(emptyFolder(t), 'past.om');
  cloud.faults.next({ kind: 'permission', match: 'plant/power' });
  await run(env, { out });
  const other = await run(env, { out, from: daysAgo(2) });
  assert.equal(
    other.message,
    `RunError: ${out}.journal is of a backfill of other days or plants: delete it to start over`,
  );
  writeFileSync(`${out}.journal`, readFileSync(`${out}.journal`, 'utf8').replace('"energies"', '"energy"'));
  const damaged = await run(env, { out });
  assert.equal(damaged.message, `RunError: ${out}.journal is damaged in line 3: delete it to start over`);
});

test('a file that cannot be written is named before any call', async (t) => {
  const { env, cloud } = await startHome(t, 2);
  const folder = emptyFolder(t);
  writeFileSync(join(folder, 'file'), '');
  const out = join(folder, 'file', 'past.om');
  const { message } = await run(env, { out });
  assert.match(
    message ?? '',
    /^RunError: .*\/file\/past\.om cannot be written \((ENOTDIR|EEXIST)\)\. Run the same/,
  );
  mkdirSync(join(folder, 'past.om'));
  const late = await run(env, { out: join(folder, 'past.om') });
  assert.match(late.message ?? '', /^UsageError: --out .*\/past\.om is a folder/);
  assert.equal(cloud.calls.length, 0);
});

test('on a terminal a line of the log takes the place of the bar', async (t) => {
  const { env } = await startHome(t, 2);
  const { err } = await run(env, {}, { isTerminal: true });
  const lines = err.split('\n');
  const [, log = '', , bar = ''] = lines.map((line) => line.split(CLEAR_LINE).at(-1));
  assert.ok(lines[1]?.startsWith(CLEAR_LINE));
  assert.match(log, /WARN.*plant 1 is read as GMT\+0, without daylight saving/);
  assert.match(bar, /^█{20} .* 0 calls left, 0 s {2}Demo home \(simulated\)$/);
});

test('--otlp sends the same to the receiver, and a failure keeps what was read', async (t) => {
  const { env, count } = await startHome(t, 3);
  const receiver = await otlpReceiver(t);
  const stateDir = emptyFolder(t);
  const otlpEnv = { ...env, STATE_DIR: stateDir, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: receiver.url };
  receiver.script((response) => response.writeHead(400).end());
  const { message } = await run(otlpEnv, { otlp: true });
  assert.equal(
    message,
    `RunError: ${receiver.url} does not take the data: HTTP 400 Bad Request. Run the same command again to resume.`,
  );
  assert.deepEqual(readdirSync(stateDir).toSorted(), ['backfill.journal', 'instance-id']);
  receiver.script((response) => response.end());
  const { code, err } = await run(otlpEnv, { otlp: true });
  assert.equal(code, 0);
  assert.match(err, new RegExp(`Sending to ${receiver.url}\\n\\d+ samples\n$`));
  assert.equal(count('plant/power'), 3);
  assert.deepEqual(readdirSync(stateDir), ['instance-id']);
  const [instance] = readFileSync(join(stateDir, 'instance-id'), 'utf8').split('\n');
  assert.equal(receiver.received.at(-1)?.resource['service.instance.id'], instance);
  const piped = await run(env);
  const sent = receiver.received.slice(1).flatMap(({ metrics }) => metrics);
  assert.deepEqual(
    sent.map(({ name, type }) => `${name} ${type}`),
    [
      'growatt_plant_power_watts gauge',
      'growatt_daily_energy_kwh gauge',
      'growatt_daily_peak_power_watts gauge',
      'growatt_plant_energy_total_kwh counter',
    ],
  );
  for (const { name, points } of sent) {
    const values = piped.out.split('\n').filter((line) => line.startsWith(`${name}{`));
    assert.deepEqual(
      points.map(({ value }) => value),
      values.map((line) => Number(line.split(' ').at(-2))),
    );
  }
});

test('the present is not exported while the past is', async (t) => {
  const { env } = await startHome(t, 2);
  const receiver = await scriptedServer(t, (_request, response) => response.end());
  const { code } = await run({
    ...env,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url.href,
    OTEL_METRIC_EXPORT_INTERVAL: '100',
  });
  assert.equal(code, 0);
  assert.equal(receiver.requests.length, 0);
});
