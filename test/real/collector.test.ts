import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { glob, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { type Exposition, parseExposition } from '../export/exposition-parser.ts';
import { remoteWriteReceiver } from './collector/remote-write.ts';
import { folderFor, SHIPPED, startAgent, startCollector } from './collector/running.ts';
import { prepared } from './programs.ts';
import { eventually, freePort } from './support.ts';

const run = promisify(execFile);
const DEVICE_METRIC = /^(growatt|trucki)_/;

describe('the OpenTelemetry Collector', () => {
  let collector: string;
  before(() => {
    collector = prepared('otelcol');
  });

  it('accepts every configuration that is shipped, and the alternative that scrapes', async (t) => {
    const files = await Array.fromAsync(glob(['otel-collector*.yaml', 'deploy/**/otel-collector*.yaml']));
    assert.ok(files.includes(SHIPPED));
    files.push(join(await folderFor(t), 'scraping.yaml'));
    await writeFile(files.at(-1)!, await scrapingConfiguration('127.0.0.1:9120'));
    for (const file of files) await run(collector, ['validate', '--config', file]);
  });

  for (const protocol of ['http/protobuf', 'http/json']) {
    it(`hands on what the agent exports by ${protocol} as the agent itself shows it`, async (t) => {
      const { url, ports } = await startCollector(t);
      const agent = await startAgent(t, {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.OTLP_HTTP}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_METRIC_EXPORT_INTERVAL: '200',
        OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=roof',
      });
      await assertSame(agent, url, { job: 'solar-otel-agent', instance: 'roof' });
    });
  }

  it('shows the same when it scrapes the agent instead', async (t) => {
    const agent = await startAgent(t, {});
    const file = join(await folderFor(t), 'scraping.yaml');
    const { host } = new URL(agent);
    await writeFile(
      file,
      (await scrapingConfiguration(host)).replace('scrape_interval: 30s', 'scrape_interval: 1s'),
    );
    const { url } = await startCollector(t, {}, file);
    await assertSame(agent, url, { job: 'solar-otel-agent', instance: host });
  });

  it('keeps what it cannot write on disk, and writes it after a restart under the same names', async (t) => {
    const storage = await folderFor(t);
    const port = await freePort();
    const variables = { STORAGE: storage, REMOTE_WRITE: `http://127.0.0.1:${port}/api/v1/write` };
    let shown: Exposition | undefined;
    await t.test('while the receiver is down', async (inner) => {
      const { url, ports } = await startCollector(inner, variables);
      const agent = await startAgent(inner, {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${ports.OTLP_HTTP}`,
        OTEL_METRIC_EXPORT_INTERVAL: '200',
        OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=roof',
      });
      await assertSame(agent, url, { job: 'solar-otel-agent', instance: 'roof' });
      shown = await exposition(agent);
    });
    await t.test('once the receiver is up', async (inner) => {
      const written = await remoteWriteReceiver(inner, port);
      await startCollector(inner, variables);
      const wanted = shown?.samples.filter(({ name }) => DEVICE_METRIC.test(name)) ?? [];
      assert.ok(wanted.length > 50);
      await eventually('every series of the agent to be written', () => {
        const labelsOf = new Map(written.map((series) => [key(series.name, series.labels), series.values]));
        const missing = wanted.filter(({ name, labels, value }) => {
          const full = { ...labels, job: 'solar-otel-agent', instance: 'roof' };
          return !labelsOf.get(key(name, full))?.includes(value);
        });
        return missing.length === 0 || undefined;
      });
    });
  });

  it('holds in its queue as many bytes as it is told, drops what comes then, and says so', async (t) => {
    const storage = await folderFor(t);
    const { ports, output } = await startCollector(t, { STORAGE: storage, QUEUE_BYTES: '2000000' });
    const points = Array.from({ length: 3000 }, (_, index) => ({
      timeUnixNano: '1750000000000000000',
      asInt: index,
      attributes: [{ key: 'device_sn', value: { stringValue: `${index}`.padStart(60, '0') } }],
    }));
    const metrics = [{ name: 'growatt_current_power_watts', gauge: { dataPoints: points } }];
    const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
    const headers = { 'content-type': 'application/json' };
    await eventually('the queue to be full', async () => {
      const url = `http://127.0.0.1:${ports.OTLP_HTTP}/v1/metrics`;
      const { status } = await fetch(url, { method: 'POST', headers, body });
      assert.equal(status, 200);
      return output().includes('sending queue is full') || undefined;
    });
    const sizes = await Promise.all(
      (await readdir(storage)).map(async (name) => (await stat(join(storage, name))).size),
    );
    const size = sizes.reduce((sum, one) => sum + one, 0);
    // The file grows in powers of two while it is small.
    assert.ok(size > 1e6 && size <= 2 ** 22, `${size} bytes`);
  });

  it('answers for its health to other hosts when told to, and takes OTLP from its own only', async (t) => {
    const { ports } = await startCollector(t, { HEALTH_HOST: '0.0.0.0' });
    const { ok } = await fetch(`http://127.0.0.2:${ports.HEALTH}/`);
    assert.ok(ok);
    await assert.rejects(fetch(`http://127.0.0.2:${ports.OTLP_HTTP}/`), { message: 'fetch failed' });
    const shipped = await startCollector(t);
    await assert.rejects(fetch(`http://127.0.0.2:${shipped.ports.HEALTH}/`), { message: 'fetch failed' });
  });
});

/** The shipped configuration, changed as its comments say so that the Collector scrapes the agent. */
async function scrapingConfiguration(target: string): Promise<string> {
  const shipped = await readFile(SHIPPED, 'utf8');
  return shipped
    .replace(/(?<=\n) {2}# (?=prometheus:\n)[^\n]*(?:\n {2}# {3}[^\n]*)*/, (block) =>
      block.replaceAll(/^ {2}# /gm, '  '),
    )
    .replace('receivers: [otlp]\n', 'receivers: [prometheus]\n')
    .replace('127.0.0.1:9120', target);
}

async function exposition(url: string): Promise<Exposition> {
  return parseExposition(await (await fetch(`${url}/metrics`)).text());
}

const key = (name: string, labels: Record<string, string>) =>
  `${name} ${JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))}`;

/** Series with values of the devices, and kinds with helps of all metrics: what both sides must have alike. */
function essence({ headers, samples }: Exposition, added: Record<string, string> = {}) {
  const series = samples
    .filter(({ name }) => DEVICE_METRIC.test(name))
    .map(({ name, labels, value }) => `${key(name, { ...labels, ...added })} ${value}`);
  return {
    series: series.toSorted(),
    headers: [...headers]
      .filter(([header]) => !/ (target_info|up|scrape_)/.test(header))
      .map(String)
      .toSorted(),
  };
}

/** Waits until a Collector shows what the agent does, but for the labels that say where it comes from. */
async function assertSame(agent: string, collector: string, added: Record<string, string>): Promise<void> {
  const compare = async () =>
    assert.deepEqual(essence(await exposition(collector)), essence(await exposition(agent), added));
  await eventually('the Collector to show the same as the agent', () =>
    compare().then(
      () => true,
      () => undefined,
    ),
  ).catch(compare);
  assert.ok(essence(await exposition(agent)).series.length > 50);
}
