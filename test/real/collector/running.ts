import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { startGrowattCloud } from '../../../src/simulators/growatt/cloud.ts';
import { homePlant } from '../../../src/simulators/growatt/plants.ts';
import { startTruckiStick } from '../../../src/simulators/trucki/stick.ts';
import { prepared } from '../programs.ts';
import { eventually, freePort, startProgram } from '../support.ts';

/** The configuration of the Collector at the top of the repository. */
export const SHIPPED = 'otel-collector.yaml';

/** A folder that goes with the test. */
export async function folderFor(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Starts one with the shipped configuration on free ports; its `url` is what Prometheus scrapes. */
export async function startCollector(
  t: TestContext,
  variables: Record<string, string> = {},
  config = SHIPPED,
) {
  const names = ['OTLP_HTTP', 'OTLP_GRPC', 'PROMETHEUS', 'HEALTH', 'QUEUE'] as const;
  const entries: [string, number][] = [];
  for (const name of names) entries.push([name, await freePort()]);
  const ports = Object.fromEntries(entries) as Record<(typeof names)[number], number>;
  const { STORAGE = await folderFor(t), REMOTE_WRITE = 'http://127.0.0.1:9/', ...others } = variables;
  const settings = [
    ...Object.entries(others).map(([name, value]) => `COLLECTOR_${name}=${value}`),
    ...entries.map(([name, port]) => `COLLECTOR_${name}_PORT=${port}`),
    `COLLECTOR_STORAGE=${STORAGE}`,
    `PROMETHEUS_REMOTE_WRITE_URL=${REMOTE_WRITE}`,
  ];
  const { output } = await startProgram(t, {
    program: 'env',
    package: 'coreutils',
    args: () => [...settings, prepared('otelcol'), '--config', resolve(config)],
    ready: '/',
    readyPort: ports.HEALTH,
  });
  return { ports, output, url: `http://127.0.0.1:${ports.PROMETHEUS}` };
}

/** Simulated devices whose time stands still. @returns the variables that lead an agent to them */
export async function frozenDevices(t: TestContext): Promise<Record<string, string>> {
  const frozen = Date.now();
  const now = () => frozen;
  const cloud = await startGrowattCloud({ token: 'token', plants: [homePlant(frozen)], limits: false, now });
  t.after(() => cloud.close());
  const stick = await startTruckiStick({ firmware: 'jsonlive', remotes: 2, meter: true, now });
  t.after(() => stick.close());
  return {
    GROWATT_TOKEN: 'token',
    GROWATT_BASE_URL: cloud.url,
    GROWATT_CALL_SPACING: '10ms',
    TRUCKI_TARGETS: `roof=${stick.address}`,
    TRUCKI_INTERVAL: '1s',
  };
}

/** The real program; it ends with the test, or when it is stopped. */
export async function runAgent(t: TestContext, variables: Record<string, string>) {
  const port = await freePort();
  const agent = spawn(process.execPath, ['src/main.ts', 'run'], {
    env: { EXPORTER_LISTEN_ADDR: `127.0.0.1:${port}`, ...variables },
    stdio: 'ignore',
  });
  const ended = once(agent, 'exit');
  const stop = async () => {
    agent.kill();
    await ended;
  };
  t.after(stop);
  const url = `http://127.0.0.1:${port}`;
  await eventually('the agent to be ready', async () => {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok || undefined;
  });
  return { url, stop };
}

/** The real program over simulated devices whose time stands still. @returns its address */
export async function startAgent(t: TestContext, variables: Record<string, string>): Promise<string> {
  const { url } = await runAgent(t, { ...(await frozenDevices(t)), ...variables });
  return url;
}
