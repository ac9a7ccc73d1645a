import assert from 'node:assert/strict';
import { test } from 'node:test';
import { owns, shard } from '../../src/config/shard.ts';

const names = Array.from({ length: 2000 }, (_, i) => `growatt/account-${i}`);
const ownerOf = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => index).filter((index) => owns({ index, count }, name));

test('a shard is written as i/n, or with the name of a pod of a StatefulSet', () => {
  assert.deepEqual(shard.parse('0/3'), { index: 0, count: 3 });
  assert.deepEqual(shard.parse('solar-otel-agent-11/12'), { index: 11, count: 12 });
  for (const wrong of ['3/3', '-1/3', '1', '1/0', 'a/b', '1/3/4', ''])
    assert.equal(shard.parse(wrong), undefined, wrong);
});

test('each source belongs to exactly one shard, and the shards have about the same share', () => {
  const shares = [0, 0, 0, 0, 0];
  for (const name of names) {
    const owners = ownerOf(name, shares.length);
    assert.equal(owners.length, 1, name);
    shares[owners[0]!]!++;
  }
  for (const share of shares) assert.ok(share > 320 && share < 480, `${shares}`);
});

test('a further shard takes only its own share: no source moves between the others', () => {
  const moved = names.filter((name) => ownerOf(name, 5)[0] !== ownerOf(name, 6)[0]);
  assert.ok(moved.every((name) => ownerOf(name, 6)[0] === 5));
  assert.ok(moved.length > 240 && moved.length < 430, `${moved.length} moved`);
});
