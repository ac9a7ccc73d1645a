import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { prepared } from './programs.ts';

const run = promisify(execFile);

describe('Prometheus and its surroundings', () => {
  it("Docker Compose's own parser takes compose.yaml", async () => {
    const args = ['-format=json', 'compose.yaml'];
    const { stdout } = await run(prepared('compose-go'), args, { cwd: 'deploy/compose' });
    const { services } = JSON.parse(stdout) as {
      services: Readonly<Record<string, { profiles?: string[] }>>;
    };
    const always = Object.keys(services).filter((name) => services[name]?.profiles === undefined);
    assert.deepEqual(always.sort(), ['grafana', 'otel-collector', 'prometheus', 'pushgateway']);
  });
});
