import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Masker } from '../../src/capture/masker.ts';
import type { CaptureRules, Exchange } from '../../src/model/capture.ts';

const rules: CaptureRules = {
  path: /v1\/.*$/,
  contents: [
    [/pass/i, 'secret'],
    [/^(lat|lon)$/, 'place'],
    [/^(state|model|msg)$/, 'plain'],
    [/sn$|sns$|_id$/, 'serial'],
    [/name$/, 'name'],
    [/ip$|url$/, 'address'],
  ],
  words: /^METER$/,
  serialKeys: /^(?=.*\d)[A-Z0-9]{6,30}$/,
};

const exchange = (body: unknown, more: Partial<Exchange> = {}): Exchange => ({
  method: 'GET',
  path: '/v1/list',
  params: [],
  status: 200,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  complete: true,
  ...more,
});

function mask(bodies: readonly unknown[], known: ConstructorParameters<typeof Masker>[1] = {}) {
  const masker = new Masker(rules, known);
  const masked = masker.mask(bodies.map((body) => exchange(body)));
  return {
    masker,
    bodies: masked.map(({ body }) => body),
    values: masked.map(({ body }) => JSON.parse(body)),
  };
}

test('a serial number keeps its length and shape, and is the same everywhere', () => {
  const { values } = mask([
    { sn: 'XGD1a2345', msg: 'device xgd1A2345 is offline', more: 'n/a' },
    { sns: ['XGD1a2345', 'QRS9b8765'], data: { XGD1A2345: { sn: 'XGD1a2345', power: 12.5 } } },
  ]);
  const [{ sn, msg }, { sns, data }] = values;
  assert.match(sn, /^[A-Z]{3}\d[a-z]\d{4}$/);
  assert.notEqual(sn, 'XGD1a2345');
  assert.ok(msg.toLowerCase().includes(sn.toLowerCase()), msg);
  assert.equal(sns[0], sn);
  assert.match(sns[1], /^[A-Z]{3}\d[a-z]\d{4}$/);
  assert.notEqual(sns[1], sn);
  assert.deepEqual(Object.keys(data), [sn.toUpperCase()]);
  assert.deepEqual(Object.values(data), [{ sn, power: 12.5 }]);
});

test('ids and coordinates stay numbers of the same spelling', () => {
  const { bodies } = mask([
    '{"plant_id":1234567,"lat":"52.5200","lon":-113.40, "x_id":0,"y_id":-1,"z":1234567}',
  ]);
  const [, id, lat, lon, z] =
    /^\{"plant_id":(\d{7}),"lat":"(\d\d\.\d{4})","lon":(-\d{3}\.\d\d), "x_id":0,"y_id":-1,"z":(\d{7})\}$/.exec(
      bodies[0] ?? '',
    ) ?? [];
  assert.ok(id && lat && lon, bodies[0]);
  assert.equal(z, id);
  assert.ok(id !== '1234567' && lat !== '52.5200' && lon !== '-113.40');
});

test('parameters are masked like the answers, lists one by one', () => {
  const masker = new Masker(rules, {});
  const [masked] = masker.mask([
    exchange(
      { sns: ['AB12345', 'CD67890'] },
      {
        path: '/proxy/of/jane/v1/list',
        params: [
          ['sns', 'AB12345, CD67890'],
          ['page', '1'],
        ],
      },
    ),
  ]);
  const [a, b] = JSON.parse(masked?.body ?? '').sns;
  assert.deepEqual(masked?.params, [
    ['sns', `${a}, ${b}`],
    ['page', '1'],
  ]);
  assert.equal(masked?.path, 'v1/list');
});

test('what only a parameter names is masked there, and where an error repeats it', () => {
  const masker = new Masker(rules, {});
  const params = [['sn', 'AB1234567']] as const;
  const [masked] = masker.mask([exchange({ msg: 'no device AB1234567' }, { params })]);
  assert.deepEqual(masked?.params, [['sn', 'AA1000001']]);
  assert.equal(masked?.body, '{"msg":"no device AA1000001"}');
});

test('names, addresses and passwords are gone, in other texts too', () => {
  const { bodies, values } = mask([
    {
      owner_name: 'Jane Müller',
      msg: 'Hello jane müller, see http://192.0.2.7/?p=hunter2 or mail j.m@example.org (02:42:ac:11:00:02, fe80::1)',
      host_ip: '192.0.2.7',
      password: 'hunter2',
      state: 'Battery online',
    },
  ]);
  const [body = ''] = bodies;
  assert.doesNotMatch(body, /jane|müller|hunter2|192\.0\.2\.7|example\.org|02:42|fe80/i);
  assert.equal(values[0].state, 'Battery online');
  assert.match(values[0].msg, /^Hello name 1, see address \d or mail address \d \(address \d, address \d\)$/);
});

test('known secrets are masked under every key', () => {
  const { bodies, masker } = mask([{ state: 'token 0123456789abcdef0123456789abcdef' }], {
    secret: ['0123456789abcdef0123456789abcdef'],
  });
  assert.equal(bodies[0], '{"state":"token secret 1"}');
  assert.equal(masker.leaksIn('… 0123456789ABCDEF0123456789abcdef'), true);
});

test('free text under an unknown key is masked and its key named', () => {
  const { values, masker } = mask([{ remark: 'behind the barn', tel: '01711234567', mode: 'Normal' }]);
  assert.deepEqual(values[0], { remark: 'name 1', tel: '10000000001', mode: 'Normal' });
  assert.deepEqual(masker.unknownKeys, ['remark']);
});

test('numbers, times and words of the vendor stay byte for byte', () => {
  const text =
    '{ "ppv":21.600000381469727,"eToday":"7.60","pac":"880.10 W","soc":"64%","e":1E3,"neg":-0.1,"time":"2026-06-12 11:06:34",' +
    '"clock":"20:59","sn":"METER","model":"MIN 6000TL-X","nothing":"","none":null,"na":"N/A","lost":true,"ms":1749697594000}';
  assert.deepEqual(mask([text]).bodies, [text]);
});

test('a short or common original is masked where it stands, not where the same letters mean something else', () => {
  const { values } = mask([
    { plant_id: 77, sn: 'pv1', name: 'Home', pac: 77, pv1: 3, HomePower: 5, state: 'Homestead at Home' },
  ]);
  const { plant_id: id, sn, name, ...rest } = values[0];
  assert.ok(id !== 77 && sn !== 'pv1' && name === 'name 1');
  assert.deepEqual(
    { ...rest, [sn]: undefined },
    { pac: 77, [sn]: undefined, HomePower: 5, state: 'Homestead at name 1' },
  );
});

test('a password that is a word of the protocol does not change keys', () => {
  const { values } = mask([{ password: 'METER', METERPOWER: '21.95 W', METER: 1, state: 'linked' }]);
  assert.deepEqual(Object.keys(values[0]), ['password', 'METERPOWER', 'METER', 'state']);
});

test('what is no JSON is left out', () => {
  const masker = new Masker(rules, {});
  const [masked] = masker.mask([exchange('<html>Welcome, Jane</html>')]);
  assert.equal(masked?.body, '');
  assert.equal(masked?.complete, false);
});

test('more serial numbers than a shape has are still told apart, and none becomes another one', () => {
  const sns = Array.from({ length: 10 }, (_, i) => String(i));
  const ids = sns.map((sn) => Number(`1${sn}`));
  const { values } = mask([{ sns: ids }]);
  assert.equal(new Set(values[0].sns).size, ids.length);
  assert.ok(values[0].sns.every((id: number) => !ids.includes(id)));
});

test('an account with a thousand plants is masked within seconds', () => {
  const plants = Array.from({ length: 1000 }, (_, i) => ({
    plant_id: 1_000_000 + i,
    owner_name: `Owner number ${i}`,
    sn: `SN${10_000_000 + i}`,
    remark: `remark ${i}`,
    values: Array.from({ length: 50 }, (_unused, n) => n + 0.5),
  }));
  const started = performance.now();
  const { bodies } = mask([{ plants }]);
  assert.ok(performance.now() - started < 20_000);
  assert.doesNotMatch(bodies[0] ?? '', /Owner|SN1/);
});
