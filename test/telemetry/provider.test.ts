import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderText } from '../../src/export/text-format.ts';
import { createProvider } from '../../src/telemetry/provider.ts';

test('a scrape shows more series of one counter than the limit of the SDK, 2000', async () => {
  const { ownReader, ownMeter } = createProvider();
  const polls = ownMeter.createCounter('solar_agent_polls_total');
  for (let i = 0; i < 2500; i++) polls.add(1, { source: `trucki/S${i}` });
  const { resourceMetrics } = await ownReader.collect();
  const text = renderText(resourceMetrics, 'text');
  assert.equal(text.match(/^solar_agent_polls_total\{source="trucki\/S\d+"\} 1$/gm)?.length, 2500);
});
