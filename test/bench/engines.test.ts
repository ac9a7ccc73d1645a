import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type PeerMetric, readExposition } from './exposition.ts';
import { Child } from './measure/child.ts';
import { get, post } from './measure/http.ts';
import { bundleEngines, type Engines } from './measure/programs.ts';

const MIB = 1024 * 1024;

const METRICS: readonly PeerMetric[] = [
  {
    name: 'growatt_current_power_watts',
    kind: 'gauge',
    help: 'Power.',
    labelNames: ['plant_id', 'device_sn'],
    labels: [
      ['1', 'A'],
      ['1', 'B'],
    ],
  },
  { name: 'growatt_up', kind: 'gauge', help: 'Up.', labelNames: ['plant_id'], labels: [['1']] },
];

describe('The programs that the agent is measured beside', () => {
  let folder: string;
  let engines: Engines;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    engines = await bundleEngines(folder);
  });
  after(() => rm(folder, { recursive: true }));

  const start = async (t: TestContext, program: string) => {
    const args = ['--require', engines.probe, program];
    const child = new Child({ command: process.execPath, args, probed: true });
    t.after(() => child.stop());
    return { child, url: await child.url() };
  };

  for (const peer of ['promClient', 'stockExporter'] as const)
    it(`expose the series they are given, with new values each time: ${peer}`, async (t) => {
      const { url } = await start(t, engines[peer]);
      await post(`${url}/series`, JSON.stringify(METRICS));
      for (const values of [
        [1500.5, 0, 1],
        [1600.1, 20, 0],
      ]) {
        await post(`${url}/values`, JSON.stringify(values));
        const scraped = readExposition((await get(`${url}/metrics`)).body.toString());
        assert.deepEqual(scraped, { metrics: METRICS, values });
      }
    });

  it('are probed: what is parsed is seen as CPU time, as a stall and as allocated bytes', async (t) => {
    const { child, url } = await start(t, engines.bareNode);
    const lines = Array.from({ length: 3 }, () =>
      JSON.stringify(Array.from({ length: 1e5 }, () => ({ a: 'b' }))),
    );
    const parse = () => post(`${url}/parse`, lines.join('\n'));
    const rest = () => get(`${url}/metrics`);
    const given = lines.join('\n').length;
    assert.ok((await child.measure('allocated', parse)) > given);
    assert.ok((await child.measure('allocated', rest)) < 2 * MIB);
    const taken = Number((await parse()).body.toString());
    assert.ok(taken > 0);
    assert.ok((await child.measure('stall', parse)) > 10 * (await child.measure('stall', rest)));
    assert.ok((await child.measure('busy', parse)) > 10 * (await child.measure('busy', rest)));
  });
});
