import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import { eventually, freePort } from './support.ts';
import { bootSystemd } from './systemd-container.ts';

const run = promisify(execFile);
const UNITS = ['solar-otel-agent.service', 'solar-otel-agent-push.service', 'solar-otel-agent-push.timer'];
const SERVICES = UNITS.filter((unit) => unit.endsWith('.service'));
const PROGRAM = '/usr/local/bin/solar-otel-agent';
const unitText = (unit: string) => readFile(join('deploy/systemd', unit), 'utf8');

describe('The systemd units', () => {
  it('pass systemd-analyze verify without a word', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    for (const unit of UNITS) {
      await writeFile(join(folder, unit), (await unitText(unit)).replaceAll(PROGRAM, process.execPath));
    }
    const units = UNITS.map((unit) => join(folder, unit));
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', ...units]);
    await rm(folder, { recursive: true });
    assert.equal(stdout + stderr, '');
  });

  it('are exposed no more than the documentation says', async () => {
    const [, documented] =
      /exposure level of (\d\.\d)/.exec(await readFile('docs/deployment.md', 'utf8')) ?? [];
    for (const unit of SERVICES) {
      const args = ['security', '--offline=true', '--no-pager', join('deploy/systemd', unit)];
      const { stdout } = await run('systemd-analyze', args);
      const [, exposure] = /Overall exposure level .*: (\d+\.\d)/.exec(stdout) ?? [];
      assert.ok(Number(exposure) <= Number(documented), `${unit}: ${exposure}, documented: ${documented}`);
    }
  });

  it('are hardened alike', async () => {
    const [agent, push] = await Promise.all(SERVICES.map(unitText));
    const hardening = (text = '') => /^DynamicUser=[^[]*/m.exec(text)?.[0].trim();
    assert.equal(hardening(push), hardening(agent));
  });
});

describe('Under a real systemd', () => {
  let folder: string;
  let port: number;
  let pushed: { path: string; body: string } | undefined;
  let inside: (...command: readonly string[]) => Promise<string>;
  const stops: (() => Promise<unknown>)[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    stops.push(() => rm(folder, { recursive: true }));
    port = await freePort();
    const cloud = await startGrowattCloud({
      token: 'a-token',
      plants: [homePlant(Date.now())],
      limits: false,
    });
    stops.push(() => cloud.close());
    const pushgateway = createServer(async (request, response) => {
      pushed = { path: request.url ?? '', body: Buffer.concat(await request.toArray()).toString() };
      response.end();
    }).listen(0, '127.0.0.1');
    await once(pushgateway, 'listening');
    stops.push(async () => pushgateway.close());
    const address = pushgateway.address();
    assert.ok(typeof address === 'object' && address);

    await mkdir(join(folder, 'etc'));
    await mkdir(join(folder, 'etc/secrets'), { mode: 0o700 });
    await writeFile(join(folder, 'etc/secrets/growatt-token'), 'a-token\n', { mode: 0o600 });
    await writeFile(
      join(folder, 'etc/config.yaml'),
      `base_url: ${cloud.url}
token_file: \${CREDENTIALS_DIRECTORY}/secrets_growatt-token
growatt: { call_spacing: 20ms }
exporter: { listen_addr: '127.0.0.1:${port}' }
pushgateway: { url: 'http://127.0.0.1:${address.port}' }
`,
    );
    await run(process.execPath, ['deploy/build.ts', join(folder, 'dist')]);
    for (const unit of UNITS) await copyFile(join('deploy/systemd', unit), join(folder, unit));
    await writeFile(
      join(folder, 'trial.target'),
      // A target that requires the agent would stop with it, and systemd would drop what it knows of both.
      '[Unit]\nWants=solar-otel-agent.service solar-otel-agent-push.timer\n',
    );
    const systemd = await bootSystemd(folder, 'trial.target', {
      ...Object.fromEntries(
        [...UNITS, 'trial.target'].map((unit) => [`/etc/systemd/system/${unit}`, join(folder, unit)]),
      ),
      '/etc/solar-otel-agent': join(folder, 'etc'),
      [PROGRAM]: join(folder, 'dist/solar-otel-agent.js'),
      '/usr/local/bin/node': process.execPath,
    });
    stops.push(systemd.stop);
    inside = systemd.inside;
    await eventually('the first readings', async () => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (response === undefined) systemd.check();
      return response?.ok || undefined;
    });
  });
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  it('the agent reads its token from the credential and serves what it reads', async () => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    assert.match(text, /^growatt_account_up\{account="default"\} 1$/m);
    assert.match(text, /^growatt_current_power_watts\{/m);
  });

  it('the agent runs as a user without rights, behind a system call filter', async () => {
    const pid = await inside('systemctl', 'show', '--property=MainPID', '--value', 'solar-otel-agent');
    const status = await inside('cat', `/proc/${pid}/status`);
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1];
    assert.notEqual(field('Uid'), '0');
    assert.equal(Number(field('CapEff')), 0);
    assert.equal(field('NoNewPrivs'), '1');
    assert.equal(field('Seccomp'), '2');
  });

  const show = (property: string) =>
    inside('systemctl', 'show', `--property=${property}`, '--value', 'solar-otel-agent');

  it('the agent says that it serves, and where', async () => {
    assert.equal(await show('SubState'), 'running');
    assert.match(await show('StatusText'), new RegExp(`^Serves metrics at http://127.0.0.1:${port}/metrics`));
  });

  it('a reload reads the configuration anew, and leaves the process as it is', async () => {
    const pid = await show('MainPID');
    const path = join(folder, 'etc/config.yaml');
    await writeFile(path, `${await readFile(path, 'utf8')}stale_after: 2h\n`);
    const loadedAt = async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      const name = 'solar_agent_config_last_reload_success_timestamp_seconds';
      return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
    };
    const before = await loadedAt();
    await inside('systemctl', 'reload', 'solar-otel-agent');
    await eventually('the reload', async () => (await loadedAt()) > before || undefined);
    await eventually(
      'the end of the reload',
      async () => (await show('SubState')) === 'running' || undefined,
    );
    assert.equal(await show('MainPID'), pid);
  });

  it('an agent that is frozen is restarted, and one that works is not', async () => {
    const seconds = 4;
    const dropIn = `[Service]\nWatchdogSec=${seconds}\nTimeoutAbortSec=1\nRestartSec=100ms\n`;
    const place = '/run/systemd/system/solar-otel-agent.service.d';
    await inside('sh', '-c', `mkdir -p ${place} && printf '${dropIn}' > ${place}/trial.conf`);
    await inside('systemctl', 'daemon-reload');
    await inside('systemctl', 'restart', 'solar-otel-agent');
    const pid = await show('MainPID');
    const fedAt = async () => Number(await show('WatchdogTimestampMonotonic'));
    const first = await fedAt();
    await eventually(
      'the watchdog to be fed',
      async () => (await fedAt()) > first + 2e6 * seconds || undefined,
    );
    assert.equal(await show('MainPID'), pid);
    await inside('kill', '-STOP', pid);
    await eventually('a restart', async () => Number(await show('NRestarts')) > 0 || undefined);
    await eventually('the new agent', async () => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      return response?.ok || undefined;
    });
    assert.notEqual(await show('MainPID'), pid);
  });

  it('the agent stops within five seconds and remembers its state', async () => {
    await inside('systemctl', 'stop', 'solar-otel-agent');
    // Systemd's own times, in microseconds: the commands around it are no part of them.
    const asked = Number(await show('ActiveExitTimestampMonotonic'));
    const stopped = Number(await show('InactiveEnterTimestampMonotonic'));
    assert.ok(asked > 0 && stopped > asked);
    assert.ok(stopped - asked < 5_000_000, `${(stopped - asked) / 1000} ms`);
    assert.equal(await show('Result'), 'success');
    assert.notEqual(await inside('ls', '/var/lib/solar-otel-agent/'), '');
  });

  it('the timer waits for five past midnight', async () => {
    const next = await inside(
      'systemctl',
      'show',
      '--property=NextElapseUSecRealtime',
      '--value',
      'solar-otel-agent-push.timer',
    );
    assert.match(next, / 00:05:00 /);
  });

  it('a push sends one collection and ends', async () => {
    // Not to wait until the cloud lets the agent make the same calls again.
    await inside('find', '/var/lib/solar-otel-agent/', '-type', 'f', '-delete');
    await inside('systemctl', 'start', 'solar-otel-agent-push.service');
    assert.match(pushed?.path ?? '', /^\/metrics\/job\//);
    assert.match(pushed?.body ?? '', /^growatt_energy_today_kwh\{/m);
  });
});
