import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { acceptsGzip, chooseFormat, contentTypes } from '../../src/export/negotiation.ts';

const om = 'application/openmetrics-text';

const accepts = [
  [undefined, 'text'],
  ['', 'text'],
  ['*/*', 'text'],
  ['text/*', 'text'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text'],
  ['text/plain;version=0.0.4', 'text'],
  [om, 'openmetrics'],
  [`${om}; version=1.0.0`, 'openmetrics'],
  [`${om};version="1.0.0";charset=utf-8`, 'openmetrics'],
  ['Application/OpenMetrics-Text;VERSION=1.0.0;Q=0.5', 'openmetrics'],
  ['application/*', 'openmetrics'],
  [`${om};version=0.0.1`, 'text'],
  [`${om};version=2.0.0`, 'text'],
  [`${om};q=0`, 'text'],
  [`${om};version=1.0.0;q=0,*/*`, 'text'],
  ['text/plain;q=0,*/*', 'openmetrics'],
  ['*/*;q=0', 'text'],
  [`text/plain;q=0.5,${om};q=0.6`, 'openmetrics'],
  [`text/plain;q=0.6,${om};q=0.5`, 'text'],
  [`${om},text/plain`, 'openmetrics'],
  [`text/plain,${om}`, 'text'],
  [`${om};q=banana,text/plain;q=0.1`, 'text'],
  [`${om};q=7`, 'text'],
  ['application/json', 'text'],
  // Prometheus 2.x, and 3.x with and without its protobuf offer.
  [`${om};version=1.0.0,${om};version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`, 'openmetrics'],
  [
    `${om};version=1.0.0;escaping=allow-utf-8;q=0.5,${om};version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1`,
    'openmetrics',
  ],
  [
    `application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,${om};version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2`,
    'openmetrics',
  ],
  ['application/vnd.google.protobuf;encoding=delimited,text/plain;version=0.0.4;q=0.3', 'text'],
] as const;

for (const [accept, format] of accepts) {
  test(`Accept ${accept ?? 'missing'} gets ${format}`, () => assert.equal(chooseFormat(accept), format));
}

const encodings = [
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['GZIP', true],
  ['x-gzip', true],
  ['gzip, deflate, br', true],
  ['deflate, br', false],
  ['gzip;q=0', false],
  ['gzip;q=0.000', false],
  ['gzip; q=0.001', true],
  ['gzip;q=nonsense', false],
  ['*', true],
  ['*;q=0', false],
  ['gzip;q=0, *', false],
  ['identity;q=1, gzip;q=0.5', false],
  ['identity;q=0.5, gzip;q=1.0', true],
  ['identity', false],
] as const;

for (const [header, accepted] of encodings) {
  test(`Accept-Encoding ${header ?? 'missing'} ${accepted ? 'allows' : 'does not allow'} gzip`, () => {
    assert.equal(acceptsGzip(header), accepted);
  });
}

test('no header, however odd, breaks the negotiation', () => {
  const odd = fc.string({
    unit: fc.constantFrom(...'*/;,=" q01.', 'gzip', 'text/plain', om, 'version', '\t'),
  });
  fc.assert(
    fc.property(odd, (header) => {
      assert.ok(chooseFormat(header) in contentTypes);
      assert.equal(typeof acceptsGzip(header), 'boolean');
    }),
  );
});
