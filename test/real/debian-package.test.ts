import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { version } from '../../src/base/version.ts';
import { startTruckiStick } from '../../src/simulators/trucki/stick.ts';
import { eventually, freePort } from './support.ts';
import { bootSystemd, readyForPackages } from './systemd-container.ts';

const run = promisify(execFile);
const CONFIG = '/etc/solar-otel-agent/config.yaml';
const UNIT = 'solar-otel-agent.service';

describe('The packages for Debian', () => {
  let folder: string;
  let port: number;
  let inside: (...command: readonly string[]) => Promise<string>;
  const stops: (() => Promise<unknown>)[] = [];
  const file = (architecture: string) => join(folder, `solar-otel-agent_${version}_${architecture}.deb`);
  /** A command that may fail, such as `systemctl is-active`, and what it writes. */
  const asked = (command: string) => inside('sh', '-c', `${command} || true`);
  const metrics = async () =>
    await (await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined))?.text();

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    stops.push(() => rm(folder, { recursive: true }));
    await run(process.execPath, ['deploy/build-deb.ts', folder]);
    await newer(file('amd64'), folder);
    port = await freePort();
    await writeFile(join(folder, 'trial.target'), '[Unit]\n');
    const systemd = await bootSystemd(folder, 'trial.target', {
      '/etc/systemd/system/trial.target': join(folder, 'trial.target'),
      '/first.deb': file('amd64'),
      '/next.deb': join(folder, 'next.deb'),
    });
    stops.push(systemd.stop);
    inside = systemd.inside;
    await readyForPackages(systemd, 'trial.target');
  });
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  it('have no mistake that lintian knows', async () => {
    for (const architecture of ['amd64', 'arm64'])
      await run('lintian', ['--fail-on=error,warning', '--allow-root', file(architecture)]);
  });

  it('are enabled and not started when they are installed, and say in two lines what to edit', async () => {
    const said = await inside('dpkg', '--install', '/first.deb');
    const lines = [
      `solar-otel-agent is not configured yet. Say in ${CONFIG} what to read, then start it:`,
      '  sudo systemctl start solar-otel-agent',
    ];
    assert.ok(said.includes(lines.join('\n')), said);
    assert.equal(await asked(`systemctl is-enabled ${UNIT}`), 'enabled');
    assert.equal(await asked(`systemctl is-active ${UNIT}`), 'inactive');
    assert.equal(await inside('stat', '--format=%a %U', '/etc/solar-otel-agent/secrets'), '700 root');
    assert.match(await inside('man', '--locale=C', 'solar-otel-agent'), /SOLAR-OTEL-AGENT\(1\)/);
  });

  it('serve a stick once it is configured, without any token', async () => {
    const stick = await startTruckiStick({ firmware: 'jsonlive' });
    stops.push(() => stick.close());
    const config = `exporter: {listen_addr: "127.0.0.1:${port}"}\ntrucki: {targets: ["${new URL(stick.url).host}"]}\n`;
    await inside('sh', '-c', `printf '%s' '${config}' > ${CONFIG}`);
    await inside('systemctl', 'start', UNIT);
    const text = await eventually('the stick', async () => {
      const text = await metrics();
      return text?.includes('trucki_up{') ? text : undefined;
    });
    assert.match(text, /^trucki_up\{stick="[^"]+"\} 1$/m);
    assert.match(text, new RegExp(`^solar_agent_build_info\\{version="${version}"\\} 1$`, 'm'));
  });

  it('keep configuration and state when they are upgraded, and go on with the new program', async () => {
    const before = await inside('cat', CONFIG);
    const pid = await inside('systemctl', 'show', '--property=MainPID', '--value', UNIT);
    await inside('dpkg', '--install', '/next.deb');
    assert.equal(await inside('cat', CONFIG), before);
    assert.equal(await asked(`systemctl is-active ${UNIT}`), 'active');
    assert.notEqual(await inside('systemctl', 'show', '--property=MainPID', '--value', UNIT), pid);
    await eventually('the stick again', async () => (await metrics())?.includes('trucki_up{') || undefined);
  });

  it('stop when they are removed, and leave nothing when they are purged', async () => {
    await inside('dpkg', '--remove', 'solar-otel-agent');
    assert.equal(await asked(`systemctl is-active ${UNIT}`), 'inactive');
    assert.equal(await asked(`test -e ${CONFIG} && echo kept`), 'kept');
    await inside('dpkg', '--purge', 'solar-otel-agent');
    const left = await asked(
      'find /etc /lib /var/lib/private /var/lib/systemd /usr/share -name "*solar-otel-agent*"',
    );
    assert.equal(left, '');
  });
});

/** Writes `next.deb`: the same package with a higher version. */
async function newer(file: string, folder: string): Promise<void> {
  const unpacked = join(folder, 'unpacked');
  await run('dpkg-deb', ['--raw-extract', file, unpacked]);
  const control = join(unpacked, 'DEBIAN/control');
  const text = await readFile(control, 'utf8');
  await writeFile(control, text.replace(/^Version: .*$/m, `Version: ${version}+next`));
  await run('dpkg-deb', ['--root-owner-group', '-Znone', '--build', unpacked, join(folder, 'next.deb')]);
  await rm(unpacked, { recursive: true });
}
