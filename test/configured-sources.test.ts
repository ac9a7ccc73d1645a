import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Config } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load.ts';
import { ConfiguredSources } from '../src/configured-sources.ts';
import type { Source } from '../src/model/source.ts';
import { fakeSource } from './poll/fake-source.ts';

const config = (token: string): Config => loadConfig({ env: { GROWATT_TOKEN: token }, isTerminal: false });
const source = (name: string, isDerived = false): Source =>
  fakeSource(async function* () {}, { name, isDerived });

/** Sources of which one is made for each plant. */
function setUp(plants: string[], first = config('one')) {
  let sources: readonly Source[] = [source('growatt/one')];
  const state = { revision: 0, replacements: 0, running: 0 };
  const set = {
    get sources() {
      return sources;
    },
    replace: async (next: readonly Source[]) => {
      assert.equal(state.running++, 0, 'replacements do not overlap');
      state.replacements++;
      await Promise.resolve();
      sources = next;
      state.running--;
      return { started: next.map(({ name }) => name), replaced: [], stopped: [], kept: [] };
    },
  };
  const tokenOf = ({ sources: { growatt } }: Config) => growatt.accounts[0]?.token ?? '';
  const configured = new ConfiguredSources({
    config: first,
    set,
    plantRevision: () => state.revision,
    create: (given) => [source(`growatt/${tokenOf(given)}`)],
    derive: (given) => plants.map((plant) => source(`forecast/${plant} of ${tokenOf(given)}`, true)),
  });
  return { configured, state, names: () => sources.map(({ name }) => name) };
}

test('what is derived comes and goes with the plants, and the other sources stay', async () => {
  const plants = ['7'];
  const { configured, state, names } = setUp(plants);
  await configured.followPlants();
  assert.deepEqual(names(), ['growatt/one', 'forecast/7 of one']);
  plants.splice(0, 1, '8', '9');
  await configured.followPlants();
  assert.equal(state.replacements, 1, 'nothing was listed anew');
  state.revision++;
  await configured.followPlants();
  assert.deepEqual(names(), ['growatt/one', 'forecast/8 of one', 'forecast/9 of one']);
  plants.length = 0;
  state.revision++;
  await configured.followPlants();
  assert.deepEqual(names(), ['growatt/one']);
});

test('where nothing is derived, no list of plants touches the sources', async () => {
  const { configured, state } = setUp([]);
  for (; state.revision < 5; state.revision++) await configured.followPlants();
  assert.equal(state.replacements, 0);
});

test('another configuration holds for what is derived too, also while plants change', async () => {
  const { configured, state, names } = setUp(['7']);
  const followed = configured.followPlants();
  const changes = configured.reconfigure(config('two'));
  state.revision++;
  await Promise.all([followed, changes, configured.followPlants()]);
  assert.deepEqual(names(), ['growatt/two', 'forecast/7 of two']);
  assert.deepEqual((await changes).started, ['growatt/two', 'forecast/7 of two']);
});

test('a change that fails does not prevent the next one', async () => {
  const plants = ['7'];
  const { configured, state, names } = setUp(plants);
  Object.defineProperty(plants, 'map', {
    configurable: true,
    value: () => {
      throw new Error('a defect');
    },
  });
  await assert.rejects(configured.followPlants(), /a defect/);
  Reflect.deleteProperty(plants, 'map');
  state.revision++;
  await configured.followPlants();
  assert.deepEqual(names(), ['growatt/one', 'forecast/7 of one']);
});
