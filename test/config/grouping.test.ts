import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeConfig } from '../../src/config/config.ts';
import { load, messageOf } from './support.ts';

const TARGET = 'trucki: {targets: [a]}\n';
const groupingOf = (yaml: string, env = {}) =>
  load(`${TARGET}pushgateway:\n  grouping: ${yaml}\n`, env).pushgateway.grouping;

test('grouping labels are a mapping, a list or a text, and a variable replaces them', () => {
  const expected = { instance: 'home', site: 'a b' };
  assert.deepEqual(groupingOf('{instance: home, site: a b}'), expected);
  assert.deepEqual(groupingOf('[instance=home, site=a b]'), expected);
  assert.deepEqual(groupingOf('instance=home, site=a b'), expected);
  const fromVariables = { PUSHGATEWAY_GROUPING: 'site=roof' };
  assert.deepEqual(groupingOf('{instance: home}', fromVariables), { site: 'roof' });
});

test('values may hold equals signs, commas, slashes and variables, or nothing', () => {
  assert.deepEqual(groupingOf(`{a: "x=y", b: "1,2", c: /var, d: "\${HOST}"}`, { HOST: 'pi' }), {
    a: 'x=y',
    b: '1,2',
    c: '/var',
    d: 'pi',
  });
  assert.deepEqual(groupingOf('["a="]'), { a: '' });
});

test('a label that only metrics of the HTTP server have can be one of the group: push mode has no server', () => {
  assert.deepEqual(groupingOf('{path: /var}'), { path: '/var' });
});

test('the printed configuration gives the same group when it is used again', () => {
  const config = load(undefined, { TRUCKI_TARGETS: 'a', PUSHGATEWAY_GROUPING: 'instance=home,empty=' });
  assert.deepEqual(load(describeConfig(config)), config);
});

const FORM =
  'must be label=value with a label of letters, digits and _, not beginning with a digit or with __';
const MISTAKES: Readonly<Record<string, string>> = {
  site: `PUSHGATEWAY_GROUPING: ${FORM}, not "site"`,
  '=x': `PUSHGATEWAY_GROUPING: ${FORM}, not "=x"`,
  '9a=x': `PUSHGATEWAY_GROUPING: ${FORM}, not "9a=x"`,
  'a-b=x': `PUSHGATEWAY_GROUPING: ${FORM}, not "a-b=x"`,
  '__name__=x': `PUSHGATEWAY_GROUPING: ${FORM}, not "__name__=x"`,
  'a=x,a=y': 'PUSHGATEWAY_GROUPING: duplicate label "a"',
  'job=x': 'PUSHGATEWAY_GROUPING: must not hold job, which PUSHGATEWAY_JOB gives, not "job=x"',
  'plant_id=1':
    'PUSHGATEWAY_GROUPING: must not hold plant_id, which is a label of the metrics, not "plant_id=1"',
  'stick=x': 'PUSHGATEWAY_GROUPING: must not hold stick, which is a label of the metrics, not "stick=x"',
  'a=x\u0007y': 'PUSHGATEWAY_GROUPING: must be text without control characters, not "a=x\\u0007y"',
};

for (const [given, message] of Object.entries(MISTAKES)) {
  test(`the grouping ${JSON.stringify(given)} is refused`, () => {
    const env = { TRUCKI_TARGETS: 'a', PUSHGATEWAY_GROUPING: given };
    assert.equal(
      messageOf(() => load(undefined, env)),
      message,
    );
  });
}

test('a mistake in the file names the place', () => {
  assert.equal(
    messageOf(() => groupingOf('{instance: home, device_sn: X}')),
    'pushgateway.grouping[1]: must not hold device_sn, which is a label of the metrics, not "device_sn=X"',
  );
  assert.match(
    messageOf(() => groupingOf('{site: {a: b}}')),
    /^pushgateway\.grouping\[0\]\.a: unknown setting; known here: label, value$/m,
  );
});
