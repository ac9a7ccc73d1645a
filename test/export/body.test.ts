import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { Body, BodyPart } from '../../src/export/body.ts';

const whole = async (body: Body) => Buffer.concat(await body.gzip());

test('the compressed form of any parts is that of their text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme', maxLength: 2000 })), async (texts) => {
      const body = new Body(...texts);
      assert.equal(gunzipSync(await whole(body)).toString(), texts.join(''));
      assert.equal(body.size, Buffer.byteLength(texts.join('')));
      assert.equal(String(body), texts.join(''));
    }),
  );
});

test('several parts are one member of gzip: some clients read no further than the first', async () => {
  const text = 'growatt_current_power_watts 1\n'.repeat(1000);
  const zipped = await whole(new Body(text, 'own 1\n'));
  const header = 10;
  const { engine, buffer } = inflateRawSync(zipped.subarray(header), { info: true }) as unknown as {
    readonly buffer: Buffer;
    readonly engine: { readonly bytesWritten: number };
  };
  assert.equal(buffer.toString(), `${text}own 1\n`);
  assert.equal(engine.bytesWritten, zipped.length - header - 8, 'only the checksum and the length follow');
  assert.ok(zipped.length < 1000);
});

test('a part that is in several bodies is compressed once', async () => {
  const part = new BodyPart('growatt_current_power_watts 1\n'.repeat(100));
  const [[, first], [, second]] = await Promise.all([
    new Body(part, 'own 1\n').gzip(),
    new Body(part, 'own 2\n').gzip(),
  ]);
  assert.equal(first, second);
});
