import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOwnMetrics } from '../../src/telemetry/own.ts';
import { createProvider } from '../../src/telemetry/provider.ts';

test('limits that were reached are counted by name', async (t) => {
  const { provider, reader, ownMeter } = createProvider();
  t.after(() => provider.shutdown());
  const own = createOwnMetrics(ownMeter, () => []);
  for (const limit of ['list_rows', 'other', 'list_rows']) own.limitReached(limit);
  const { resourceMetrics } = await reader.collect();
  const metric = resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === 'solar_agent_limit_reached_total');
  assert.deepEqual(
    metric?.dataPoints.map(({ attributes, value }) => [attributes, value]),
    [
      [{ limit: 'list_rows' }, 2],
      [{ limit: 'other' }, 1],
    ],
  );
});
