import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { loadConfig } from '../../src/config/load.ts';
import { prepared } from './programs.ts';

const run = promisify(execFile);

describe('Prometheus and its surroundings', () => {
  it("Docker Compose's own parser takes compose.yaml", async () => {
    const args = ['-format=json', 'compose.yaml'];
    const { stdout } = await run(prepared('compose-go'), args, { cwd: 'deploy/compose' });
    const { services } = JSON.parse(stdout) as {
      services: Readonly<
        Record<string, { profiles?: string[]; image?: string; build?: object; pull_policy?: string }>
      >;
    };
    const always = Object.keys(services).filter((name) => services[name]?.profiles === undefined);
    assert.deepEqual(always.sort(), ['grafana', 'otel-collector', 'prometheus', 'pushgateway']);
    // With these three, Compose takes the image that is here, else pulls it, else builds it.
    for (const name of ['demo', 'live']) {
      const { image, build, pull_policy } = services[name] ?? {};
      assert.ok(image && build, name);
      assert.equal(pull_policy, 'missing', name);
    }
  });

  it('Docker Compose opens the ports where it is told, and runs an agent with a stick and no token', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    t.after(() => rm(folder, { recursive: true }));
    const set: Readonly<Record<string, string>> = {
      BIND_ADDRESS: '192.0.2.1',
      GRAFANA_PASSWORD: 'a-password',
      TRUCKI_TARGETS: 'shed=192.0.2.40',
    };
    const text = await readFile('deploy/compose/compose.yaml', 'utf8');
    // Its parser alone does not read variables.
    const filled = text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name, otherwise) => set[name] ?? otherwise);
    await writeFile(join(folder, 'compose.yaml'), filled);
    const args = ['-format=json', 'compose.yaml'];
    const { stdout } = await run(prepared('compose-go'), args, { cwd: folder });
    const { services } = JSON.parse(stdout) as {
      services: Readonly<
        Record<string, { ports?: { host_ip: string }[]; environment?: Record<string, string> }>
      >;
    };
    const ports = Object.values(services).flatMap(({ ports = [] }) => ports);
    assert.ok(ports.length > 3);
    assert.deepEqual(new Set(ports.map(({ host_ip }) => host_ip)), new Set(['192.0.2.1']));
    assert.equal(services.grafana?.environment?.GF_SECURITY_ADMIN_PASSWORD, 'a-password');
    const { sources } = loadConfig({ env: services.live?.environment ?? {}, flags: {}, isTerminal: false });
    assert.deepEqual(
      sources.trucki.targets.map(({ name }) => name),
      ['shed'],
    );
    assert.deepEqual(sources.growatt.accounts, []);
  });
});
