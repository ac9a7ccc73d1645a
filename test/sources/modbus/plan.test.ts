import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { families, familyNamed, familyNames, models } from '../../../src/sources/modbus/families.ts';
import { familyBlocks, planReads } from '../../../src/sources/modbus/plan.ts';
import { inverterMetrics, targetsOf } from '../../../src/sources/modbus/quantities.ts';
import { blocksOf, registerMap } from '../../../src/sources/modbus/register-map.ts';

const all = Object.values(families);

test('a table says register, type, quantity and evidence, several of one kind in one line', () => {
  const { rows } = registerMap(
    'x',
    blocksOf(0, 45),
    '\n 3/4  s32 ×0.1  pv{9-10}_power  VA\n 20 u16 status V \n',
  );
  const common = { words: 2, signed: true, scale: 0.1, evidence: 'VA' };
  assert.deepEqual(rows, [
    { register: 3, quantity: 'pv9_power', ...common },
    { register: 7, quantity: 'pv10_power', ...common },
    { register: 20, quantity: 'status', words: 1, signed: false, scale: 1, evidence: 'V' },
  ]);
  for (const line of ['3 u8 x V', '3 u16 x', 'x u16 x V', '3 u16 ×a x V', '3 u16 X V'])
    assert.throws(() => registerMap('x', blocksOf(0, 45), line), /Not a line/, line);
});

test('every row of every family is read exactly once, with both of its words, whatever the size', () => {
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.integer({ min: 1, max: 125 }), ({ maps }, most) => {
      const blocks = familyBlocks(maps);
      const reads = blocks.flatMap((block) => planReads(block, most));
      const given = maps.flatMap(({ rows }) => rows);
      assert.deepEqual(new Set(reads.flatMap(({ rows }) => rows)), new Set(given));
      assert.equal(reads.flatMap(({ rows }) => rows).length, given.length);
      for (const { address, count, rows } of reads) {
        assert.ok(count <= Math.max(most, 2));
        for (const { register, words } of rows)
          assert.ok(register >= address && register + words <= address + count);
      }
    }),
  );
});

test('a read stays within a block, but for a quantity that does not', () => {
  const crossing = all.flatMap(({ maps }) =>
    familyBlocks(maps).flatMap((block) =>
      planReads(block, 125).filter(({ address, count }) => address + count > block.first + block.count),
    ),
  );
  const addresses = new Set(crossing.map(({ address, count }) => `${address}+${count}`));
  assert.deepEqual(addresses, new Set(['1124+2', '31124+2']));
  for (const { maps } of [families.legacy, families.spf]) {
    for (const block of familyBlocks(maps)) {
      assert.deepEqual([block.first % 45, block.count], [0, 45]);
      assert.equal(planReads(block, 125).length, 1);
    }
  }
});

test('with the vendor’s blocks a poll is as many reads as the family has blocks', () => {
  const reads = Object.fromEntries(
    all.map(({ name, maps }) => [name, familyBlocks(maps).flatMap((block) => planReads(block, 125)).length]),
  );
  assert.deepEqual(reads, {
    min: 1,
    'min-xh': 2,
    vpp: 3,
    'mod-xh': 3,
    'mod-hu': 4,
    mid: 2,
    max: 3,
    sph: 4,
    'sph-tl3': 4,
    spa: 4,
    'spa-tl3': 4,
    wit: 3,
    spf: 3,
    spe: 3,
    legacy: 3,
  });
});

test('quantities of maps become values, or are known to be converted before', () => {
  const converted =
    /^(grid_status|offgrid_status|work_mode|line_rs_voltage|power_factor_raw|bus_p_voltage|bdc_voltage|bms_current|bms_soc|battery_power|battery_output|grid_power|eps_l\d_power)$/;
  const unknown = all
    .flatMap(({ maps }) => maps.flatMap(({ rows }) => rows))
    .map(({ quantity }) => quantity)
    .filter((quantity) => !targetsOf.has(quantity) && !converted.test(quantity));
  assert.deepEqual(unknown, []);
  for (const metric of inverterMetrics) assert.match(metric, /^growatt_[a-z0-9_]+$/);
});

test('families have names of their own, and every code one of them', () => {
  assert.equal(new Set(familyNames).size, familyNames.length);
  for (const name of familyNames) assert.equal(familyNamed(name)?.name, name);
  assert.equal(familyNamed('MIN'), undefined);
  for (const { family } of models.values()) assert.ok(all.includes(family as never));
});
