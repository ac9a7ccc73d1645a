import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import fc from 'fast-check';
import { type ExpositionFormat, renderText } from '../../src/export/text-format.ts';
import { collect, recordPlant } from './collect.ts';
import { parseExposition } from './exposition-parser.ts';

test('the text format is exactly this', async () => {
  assert.equal(
    renderText(await collect(recordPlant), 'text'),
    `# HELP growatt_current_power_watts AC output power
# TYPE growatt_current_power_watts gauge
growatt_current_power_watts{plant_id="77",device_sn="ABC123"} 4200.5
growatt_current_power_watts{plant_id="78",device_sn="DEF456"} 0
# HELP growatt_energy_total_kwh Lifetime energy
# TYPE growatt_energy_total_kwh counter
growatt_energy_total_kwh{plant_id="77",device_sn="ABC123"} 12345.6
# HELP solar_agent_polls_total Polls by outcome
# TYPE solar_agent_polls_total counter
solar_agent_polls_total{source="growatt/default",outcome="ok"} 3
# HELP process_cpu_seconds_total CPU time
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 1.25
# HELP solar_agent_connections Open connections
# TYPE solar_agent_connections gauge
solar_agent_connections 2
# HELP solar_agent_poll_duration_seconds Duration of one poll
# TYPE solar_agent_poll_duration_seconds histogram
solar_agent_poll_duration_seconds_bucket{source="trucki/shed",le="0.1"} 1
solar_agent_poll_duration_seconds_bucket{source="trucki/shed",le="1"} 3
solar_agent_poll_duration_seconds_bucket{source="trucki/shed",le="10"} 3
solar_agent_poll_duration_seconds_bucket{source="trucki/shed",le="+Inf"} 4
solar_agent_poll_duration_seconds_sum{source="trucki/shed"} 21.05
solar_agent_poll_duration_seconds_count{source="trucki/shed"} 4
`,
  );
});

test('OpenMetrics is exactly this: a counter not named _total is unknown, units only where the name has them', async () => {
  assert.equal(
    renderText(await collect(recordPlant), 'openmetrics'),
    `# HELP growatt_current_power_watts AC output power
# TYPE growatt_current_power_watts gauge
# UNIT growatt_current_power_watts watts
growatt_current_power_watts{plant_id="77",device_sn="ABC123"} 4200.5
growatt_current_power_watts{plant_id="78",device_sn="DEF456"} 0
# HELP growatt_energy_total_kwh Lifetime energy
# TYPE growatt_energy_total_kwh unknown
# UNIT growatt_energy_total_kwh kwh
growatt_energy_total_kwh{plant_id="77",device_sn="ABC123"} 12345.6
# HELP solar_agent_polls Polls by outcome
# TYPE solar_agent_polls counter
solar_agent_polls_total{source="growatt/default",outcome="ok"} 3
# HELP process_cpu_seconds CPU time
# TYPE process_cpu_seconds counter
# UNIT process_cpu_seconds seconds
process_cpu_seconds_total 1.25
# HELP solar_agent_connections Open connections
# TYPE solar_agent_connections gauge
solar_agent_connections 2
# HELP solar_agent_poll_duration_seconds Duration of one poll
# TYPE solar_agent_poll_duration_seconds histogram
# UNIT solar_agent_poll_duration_seconds seconds
solar_agent_poll_duration_seconds_bucket{source="trucki/shed",le="0.1"} 1
solar_agent_poll_duration_seconds_bucket{source="trucki/shed",le="1.0"} 3
solar_agent_poll_duration_seconds_bucket{source="trucki/shed",le="10.0"} 3
solar_agent_poll_duration_seconds_bucket{source="trucki/shed",le="+Inf"} 4
solar_agent_poll_duration_seconds_sum{source="trucki/shed"} 21.05
solar_agent_poll_duration_seconds_count{source="trucki/shed"} 4
# EOF
`,
  );
});

test('the text says what the OpenTelemetry serializer says, but for its added _total and its UNIT lines', async () => {
  const metrics = await collect((provider) => {
    recordPlant(provider);
    const odd = provider.getMeter('odd').createGauge('odd_labels', { description: 'back\\slash\nand line' });
    odd.record(1e21, { path: 'C:\\solar', quote: 'say "sun"', lines: 'a\nb' });
    odd.record(-1.5e-9, { '7days': true, 'a.b': 3 });
  });
  const stock = new PrometheusSerializer(undefined, false, undefined, true, true).serialize(metrics);
  const expected = stock
    .trimEnd()
    .replaceAll('growatt_energy_total_kwh_total', 'growatt_energy_total_kwh')
    // It leaves a label name that begins with a digit as it is, which no parser accepts.
    .replace('7days=', '_7days=')
    .split('\n')
    .filter((line) => !line.startsWith('# UNIT'));
  const ours = renderText(metrics, 'text').trimEnd().split('\n');
  assert.deepEqual(ours.toSorted(), expected.toSorted());
});

test('one name in several scopes has one header, the first type, and every series once', async () => {
  const metrics = await collect((provider) => {
    const record = (scope: string, source: string) =>
      provider
        .getMeter(scope)
        .createGauge('shared', { description: `from ${scope}` })
        .record(1, { source });
    record('a', 'one');
    provider.getMeter('a').createGauge('between').record(5);
    record('b', 'two');
    record('c', 'one');
    provider.getMeter('d').createCounter('shared').add(9, { source: 'three' });
  });
  assert.equal(
    renderText(metrics, 'text'),
    `# HELP shared from a
# TYPE shared gauge
shared{source="one"} 1
shared{source="two"} 1
# TYPE between gauge
between 5
`,
  );
});

test('points that are not finite are no samples, and a family without samples is left out', async () => {
  const metrics = await collect((provider) => {
    const meter = provider.getMeter('plant');
    const gauge = meter.createGauge('some');
    gauge.record(Number.NaN, { n: 1 });
    gauge.record(Infinity, { n: 2 });
    gauge.record(-0, { n: 3 });
    meter.createGauge('none').record(-Infinity);
    meter.createGauge('never_recorded');
    meter.createHistogram('endless').record(Infinity);
  });
  assert.equal(renderText(metrics, 'text'), '# TYPE some gauge\nsome{n="3"} 0\n');
});

test('an empty collection is empty text, and only # EOF in OpenMetrics', async () => {
  const metrics = await collect(() => {});
  assert.equal(renderText(metrics, 'text'), '');
  assert.equal(renderText(metrics, 'openmetrics'), '# EOF\n');
});

for (const format of ['text', 'openmetrics'] satisfies ExpositionFormat[]) {
  test(`any label value, help and finite number survives the ${format} format`, async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('\\', 'n', '"', '\n', '{', '}', ',', '=') }),
    );
    const number = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !Object.is(value, -0));
    await fc.assert(
      fc.asyncProperty(text, text, text, number, async (help, first, second, value) => {
        const metrics = await collect((provider) => {
          const gauge = provider.getMeter('any').createGauge('any_metric', { description: help });
          gauge.record(value, { first, second });
        });
        const { headers, samples } = parseExposition(renderText(metrics, format));
        assert.deepEqual(samples, [{ name: 'any_metric', labels: { first, second }, value }]);
        assert.equal(headers.get('HELP any_metric') ?? '', help);
      }),
    );
  });
}
