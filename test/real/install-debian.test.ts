import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { buildBundle } from '../../deploy/build/bundle.ts';
import { buildDebianPackage } from '../../deploy/build/debian-package.ts';
import { version } from '../../src/base/version.ts';
import { type GrowattCloud, startGrowattCloud } from '../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../src/simulators/growatt/plants.ts';
import { blocksOf } from '../helpers/page-sections.ts';
import { serveReleases } from './releases.ts';
import { eventually, freePort } from './support.ts';
import { bootSystemd, readyForPackages } from './systemd-container.ts';

const run = promisify(execFile);
const SECTION = 'Debian package';
const TOKEN = 'growatt-token-0123456789';
const STATE = '/var/lib/private/solar-otel-agent';
/** What 0.1.0 installed and wrote; its README says how it was made. */
const OLD = 'test/state/fixtures/0.1.0';

describe('The pages on installing and on the Raspberry Pi, under a real systemd', () => {
  let folder: string;
  let page: string;
  let raspberry: string;
  let port: number;
  let cloud: GrowattCloud;
  let inside: (...command: readonly string[]) => Promise<string>;
  /** Runs commands of the page. */
  let follow: (commands: string) => Promise<string>;
  const stops: (() => unknown)[] = [];
  const asked = (command: string) => inside('sh', '-c', `${command} || true`);
  const metrics = async () =>
    await (await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined))?.text();
  const firstPoll = () =>
    eventually('the first poll', async () => {
      const text = await metrics();
      return text?.includes('growatt_up{plant_id="1"} 1') ? text : undefined;
    });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    stops.push(() => rm(folder, { recursive: true }));
    page = await readFile('docs/install.md', 'utf8');
    raspberry = await readFile('docs/raspberry-pi.md', 'utf8');
    port = await freePort();
    const now = () => Date.now();
    cloud = await startGrowattCloud({
      token: TOKEN,
      plants: [homePlant(now(), { id: 1 })],
      now,
      limits: false,
    });
    stops.push(() => cloud.close());
    const dist = join(folder, 'dist');
    await buildBundle(dist);
    await buildDebianPackage(process.arch === 'arm64' ? 'arm64' : 'x64', dist, dist);
    const releases = await serveReleases(dist);
    stops.push(releases.close);
    await makeTrial();
    const systemd = await bootSystemd(folder, 'trial.target', {
      '/etc/systemd/system/trial.target': join(folder, 'trial/trial.target'),
      '/trial': join(folder, 'trial'),
      ...Object.fromEntries(
        ['nano', 'sudo'].map((tool) => [`/usr/bin/${tool}`, join(folder, 'trial', tool)]),
      ),
      '/usr/local/bin/node': process.execPath,
    });
    stops.push(systemd.stop);
    inside = systemd.inside;
    follow = (commands) => {
      const here = releases.replaced(commands).replaceAll('localhost:9120', `127.0.0.1:${port}`);
      return inside('sh', '-ec', `cd /root\n${here}`);
    };
    await readyForPackages(systemd, 'trial.target');
  });
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  /** In place of the people at the keyboard: an editor that takes what is prepared for a file of that name. */
  async function makeTrial(): Promise<void> {
    const trial = join(folder, 'trial');
    await mkdir(trial);
    const files = {
      // systemd-run asks systemd over D-Bus, which each installation of Debian has.
      'trial.target': '[Unit]\nWants=dbus.socket\n',
      'growatt-token': `${TOKEN}\n`,
      'config.yaml': `${oldConfig()}token_file: \${CREDENTIALS_DIRECTORY}/secrets_growatt-token\n`,
      nano: '#!/bin/sh\nexec cp "/trial/$(basename "$1")" "$1"\n',
      sudo: '#!/bin/sh\nexec "$@"\n',
      'state.json': ofNow(await readFile(join(OLD, 'state.json'), 'utf8')),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(trial, name), text);
    for (const tool of ['nano', 'sudo']) await chmod(join(trial, tool), 0o755);
    await run('cp', [join(OLD, 'solar-otel-agent.service'), join(folder, 'dist/solar-otel-agent.js'), trial]);
  }

  /** A file of 0.1.0, where the unit says in which file the token is. */
  const oldConfig = () =>
    `base_url: ${cloud.url}\ngrowatt: { call_spacing: 20ms }\nexporter: { listen_addr: '127.0.0.1:${port}' }\n`;

  it('have commands that install the package, which waits to be configured', async () => {
    const [install = ''] = blocksOf(page, SECTION);
    assert.match(await follow(install), /is not configured yet/);
    assert.equal(await inside('solar-otel-agent', '--version'), `solar-otel-agent ${version}`);
    assert.equal(await asked('systemctl is-active solar-otel-agent'), 'inactive');
  });

  it('have commands that configure and start it', async () => {
    const [, ...blocks] = blocksOf(page, SECTION);
    for (const commands of blocks.slice(0, 3)) await follow(commands);
    await firstPoll();
    assert.equal(await asked('test -r /etc/solar-otel-agent/secrets/growatt-token && echo there'), 'there');
  });

  it('have commands that tell whether it works', async () => {
    const [, , , , check = ''] = blocksOf(page, SECTION);
    const said = await eventually('the first poll', () => follow(check).catch(() => undefined));
    assert.match(said, /^active\nready/);
  });

  it('have a command that shows what the agent understands of the configuration, without the token', async () => {
    const [, , , , , show = ''] = blocksOf(page, SECTION);
    const shown = await follow(show);
    assert.match(shown, new RegExp(`base_url: ${cloud.url}`));
    assert.ok(!shown.includes(TOKEN));
    assert.match(await follow(show.replace(' check ', ' discover ')), /SIMMIN0001/);
  });

  it('have commands that upgrade it, and keep configuration and state', async () => {
    const config = await inside('cat', '/etc/solar-otel-agent/config.yaml');
    const pid = await inside('systemctl', 'show', '--property=MainPID', '--value', 'solar-otel-agent');
    const lists = () => cloud.calls.filter(({ path }) => path.endsWith('plant/list')).length;
    const before = lists();
    const [install = ''] = blocksOf(page, SECTION);
    await follow(install.replace('--yes', '--yes --reinstall'));
    await firstPoll();
    assert.notEqual(
      await inside('systemctl', 'show', '--property=MainPID', '--value', 'solar-otel-agent'),
      pid,
    );
    assert.equal(await inside('cat', '/etc/solar-otel-agent/config.yaml'), config);
    assert.equal(lists(), before, 'what the account has is known');
  });

  it('have commands that let Prometheus scrape it, and load its alerts', async () => {
    const [, configure = ''] = blocksOf(raspberry, '3. Prometheus');
    assert.match(await follow(configure), /SUCCESS: 1 rule files found/);
    const { rule_files, scrape_configs } = parse(await inside('cat', '/etc/prometheus/prometheus.yml'));
    assert.deepEqual(rule_files, ['/usr/share/solar-otel-agent/alerts.yaml']);
    assert.ok(scrape_configs.length > 1);
    assert.deepEqual(scrape_configs.at(-1), {
      job_name: 'solar-otel-agent',
      static_configs: [{ targets: [`127.0.0.1:${port}`] }],
    });
  });

  it('have commands that give Grafana what Docker Compose gives it', async () => {
    const provisioning = '/etc/grafana/provisioning';
    await inside('mkdir', '-p', `${provisioning}/datasources`, `${provisioning}/dashboards`);
    const [provision = ''] = blocksOf(raspberry, '4. Grafana');
    await follow(provision);
    const written = async (kind: string) => parse(await inside('cat', `${provisioning}/${kind}/solar.yaml`));
    const composed = async (file: string) => parse(await readFile(`deploy/compose/grafana/${file}`, 'utf8'));
    const sources = await composed('datasources/prometheus.yaml');
    sources.datasources[0].url = 'http://localhost:9090';
    assert.deepEqual(await written('datasources'), sources);
    const dashboards = await composed('dashboards/solar.yaml');
    const path = '/usr/share/solar-otel-agent/dashboards';
    dashboards.providers[0].options.path = path;
    assert.deepEqual(await written('dashboards'), dashboards);
    assert.equal(await inside('ls', path), (await readdir('deploy/grafana/dashboards')).join('\n'));
  });

  it('have a command for a backup, and commands that bring it back on a machine without anything', async () => {
    const [backup = '', restore = ''] = blocksOf(raspberry, '5. Backup');
    const config = await inside('cat', '/etc/solar-otel-agent/config.yaml');
    await follow(backup);
    await follow(blocksOf(page, SECTION).at(-1) ?? '');
    await follow(blocksOf(page, SECTION)[0] ?? '');
    assert.notEqual(await inside('cat', '/etc/solar-otel-agent/config.yaml'), config);
    const before = cloud.calls.length;
    await follow(restore);
    await firstPoll();
    assert.equal(await inside('cat', '/etc/solar-otel-agent/config.yaml'), config);
    assert.ok(!cloud.calls.slice(before).some(({ path }) => path.endsWith('plant/list')));
  });

  it('have a command that removes it with all that it left', async () => {
    const remove = blocksOf(page, SECTION).at(-1) ?? '';
    await follow(remove);
    assert.equal(await asked('find /etc /lib /var/lib/private /usr/bin -name "*solar-otel-agent*"'), '');
  });

  it('an installation of 0.1.0 by hand goes on with a new program alone, and has its state', async () => {
    await inside(
      'sh',
      '-ec',
      `
      install -D -m 600 /trial/growatt-token /etc/solar-otel-agent/token
      cp /trial/solar-otel-agent.service /etc/systemd/system/
      install -m 755 /trial/solar-otel-agent.js /usr/local/bin/solar-otel-agent
      mkdir -p -m 700 ${STATE} && cp /trial/state.json ${STATE}/
      systemctl daemon-reload
    `,
    );
    await inside('sh', '-c', `printf '%s' "${oldConfig()}" > /etc/solar-otel-agent/config.yaml`);
    const before = cloud.calls.length;
    await inside('systemctl', 'enable', '--now', 'solar-otel-agent');
    await firstPoll();
    assert.ok(!cloud.calls.slice(before).some(({ path }) => path.endsWith('plant/list')));
  });

  it('have commands that move it to the package with its state', async () => {
    const before = cloud.calls.length;
    await follow(blocksOf(page, 'From 0.1.0, installed by hand')[0] ?? '');
    const [install = ''] = blocksOf(page, SECTION);
    await follow(install);
    const text = await firstPoll();
    assert.match(text, /^growatt_account_up\{account="default"\} 1$/m);
    assert.equal(await asked('systemctl is-active solar-otel-agent'), 'active');
    const program = await inside('systemctl', 'show', '--property=ExecStart', '--value', 'solar-otel-agent');
    assert.match(program, /path=\/usr\/bin\/solar-otel-agent/);
    assert.ok(!cloud.calls.slice(before).some(({ path }) => path.endsWith('plant/list')));
    assert.match(await inside('cat', `${STATE}/state.json`), /^\{"version":2,/);
  });
});

/** The state with times as if it had been written ten minutes ago, when its calls may be repeated. */
function ofNow(state: string): string {
  const times = [...state.matchAll(/\b1781\d{9}\b/g)].map(([time]) => Number(time));
  const ahead = Date.now() - 600_000 - Math.max(...times);
  return state.replaceAll(/\b1781\d{9}\b/g, (time) => String(Math.round(Number(time) + ahead)));
}
