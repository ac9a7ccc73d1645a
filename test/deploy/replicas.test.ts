import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { owns } from '../../src/config/shard.ts';

const accounts = Array.from({ length: 200 }, (_, i) => `growatt/account-${i}`);

/** For each agent that runs, by its index, the number of agents that it was told. */
type Running = readonly (number | undefined)[];

/** The most agents that read one account at the same time, and the fewest. */
function readers(running: Running): { readonly most: number; readonly fewest: number } {
  const counts = accounts.map(
    (name) => running.filter((count, index) => count !== undefined && owns({ index, count }, name)).length,
  );
  return { most: Math.max(...counts), fewest: Math.min(...counts) };
}

const all = (count: number): Running => Array.from({ length: count }, () => count);

/**
 * What may run after each step of what Kubernetes does for a StatefulSet whose pods are managed in parallel: it starts
 * those that are missing, tells those that are too many to stop, without waiting for them, and replaces the others one
 * by one from the highest, each stopped before its successor starts.
 */
const DOES: Readonly<Record<string, (before: Running, count: number) => readonly Running[]>> = {
  scale: () => [[]],
  wait: (before) => [before],
  apply(before, count) {
    const missing = Array.from({ length: Math.max(0, count - before.length) }, () => count);
    const steps: Running[] = [[...before, ...missing]];
    for (let index = Math.min(before.length, count) - 1; index >= 0; index--) {
      for (const next of [undefined, count]) steps.push((steps.at(-1) ?? []).with(index, next));
    }
    return [...steps, (steps.at(-1) ?? []).slice(0, count)];
  },
};

function states(commands: readonly string[], before: number, after: number): readonly Running[] {
  const seen = [all(before)];
  for (const command of commands) {
    const does = DOES[command];
    assert.ok(does, `kubectl ${command}`);
    seen.push(...does(seen.at(-1) ?? [], after));
  }
  return seen;
}

describe('Another number of agents', () => {
  const page = readFileSync('docs/deployment.md', 'utf8');
  const section = page.slice(page.indexOf('### More agents, or fewer'));
  const lines = /```sh\n([^`]*)```/.exec(section)?.[1]?.trim().split('\n') ?? [];
  const commands = lines.map((line) => /^kubectl (\w+)/.exec(line)?.[1] ?? line);

  for (const [before, after] of [
    [3, 4],
    [4, 3],
  ] as const) {
    it(`from ${before} to ${after}: in the order of the documentation no account is read twice, and each in the end`, () => {
      const seen = states(commands, before, after);
      for (const running of seen) assert.ok(readers(running).most <= 1, JSON.stringify(running));
      assert.deepEqual(seen.at(-1), all(after));
      assert.deepEqual(readers(all(after)), { most: 1, fewest: 1 });
    });

    it(`from ${before} to ${after}: without it some account is read by two agents`, () => {
      const seen = states(['apply'], before, after);
      assert.ok(seen.some((running) => readers(running).most > 1));
    });
  }

  it('the commands stop all agents, wait for that, and name what the manifests name', () => {
    assert.deepEqual(commands, ['scale', 'wait', 'apply']);
    const [scale = '', wait = '', apply = ''] = lines;
    assert.match(scale, / statefulset solar-otel-agent --replicas=0$/);
    assert.match(wait, / --for=delete pod --selector app\.kubernetes\.io\/name=solar-otel-agent /);
    assert.match(apply, / -k deploy\/kubernetes\/sharded$/);
    const patches = readFileSync('deploy/kubernetes/sharded/stateful-set.yaml', 'utf8');
    assert.match(patches, /value: Parallel/);
  });
});
