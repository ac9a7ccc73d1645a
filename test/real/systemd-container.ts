import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from './support.ts';

const run = promisify(execFile);

export interface SystemdContainer {
  /** @throws AssertionError when systemd has ended */
  check(): void;
  /** Runs a program inside. @returns what it writes, trimmed */
  inside(...command: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Resolves when the target is reached, and packages may start and stop services. */
export async function readyForPackages({ check, inside }: SystemdContainer, target: string): Promise<void> {
  await eventually('systemd to be up', async () => {
    check();
    const state = await inside('sh', '-c', `systemctl is-active ${target} || true`).catch(() => undefined);
    return state === 'active' || undefined;
  });
  // A machine that is a container itself may forbid it.
  await inside('rm', '-f', '/usr/sbin/policy-rc.d');
}

/**
 * Boots this machine's systemd in a container that shares its network, over a copy of its files in memory.
 * @param folder an own folder, for what the container needs
 * @param target the unit to boot
 * @param binds paths inside, and the files or folders that are shown there, not to be written
 */
export async function bootSystemd(
  folder: string,
  target: string,
  binds: Readonly<Record<string, string>>,
): Promise<SystemdContainer> {
  const nspawn = [
    'systemd-nspawn',
    `--directory=${folder}/root`,
    ...[
      '--volatile=overlay',
      '--register=no',
      '--keep-unit',
      '--link-journal=no',
      '--console=pipe',
      '--boot',
    ],
    ...Object.entries(binds).map(([to, from]) => `--bind-ro=${resolve(from)}:${to}`),
    `systemd.unit=${target}`,
  ];
  await mkdir(join(folder, 'root'));
  // Its own mount namespace takes the mount along when it ends.
  const script = `mount --bind / '${folder}/root' && exec "$@"`;
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...nspawn], { stdio: 'pipe' });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  const exited = once(child, 'exit');
  const check = () => {
    if (child.exitCode === null) return;
    assert.fail(
      `systemd did not boot; this test runs as root and needs the package systemd-container:\n${output}`,
    );
  };
  const initPid = async () => {
    const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => '');
    return children.split(' ')[0] || undefined;
  };
  const init = () =>
    eventually('systemd to boot', async () => {
      check();
      return await initPid();
    });
  return {
    check,
    inside: async (...command) =>
      (await run('nsenter', ['--all', `--target=${await init()}`, ...command])).stdout.trim(),
    stop: async () => {
      // The container's systemd outlives a killed nspawn, and nspawn ends after its systemd.
      const pid = await initPid();
      if (pid === undefined) child.kill('SIGKILL');
      else process.kill(Number(pid), 'SIGKILL');
      await exited;
      // Fails if the machine's files were still mounted there, before the folder around it is emptied.
      await rmdir(join(folder, 'root'));
    },
  };
}
