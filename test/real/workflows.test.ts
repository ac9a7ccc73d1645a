import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { prepared } from './programs.ts';

const run = promisify(execFile);
const SCRIPTS = ['.ci/programs', '.ci/run'];

/** Runs actionlint, and by it shellcheck over the scripts in a workflow. @throws Error with what it found as `stdout` */
const actionlint = (...files: readonly string[]) =>
  run(prepared('actionlint'), ['-no-color', '-shellcheck', 'shellcheck', '-pyflakes', '', ...files]);

describe('The workflows', () => {
  it('are what GitHub takes, and their scripts are in order', async () => {
    // Where it is missing, actionlint would leave the scripts out.
    await run('shellcheck', ['--version']);
    const { stdout } = await actionlint('.github/workflows/ci.yml', '.github/workflows/release.yml');
    assert.equal(stdout, '');
  });

  it('a mistake in one is found, in its keys and in its scripts', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'solar-otel-agent-'));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, 'release.yml');
    const text = (await readFile('.github/workflows/release.yml', 'utf8')).replace(
      'uses: ./.github/workflows/ci.yml',
      'runs-on: ubuntu-24.04\n    steps: [{run: "true"}]',
    );
    await writeFile(file, text);
    assert.equal((await actionlint(file)).stdout, '');
    for (const [right, wrong] of [
      ['needs: build', 'needs: builds'],
      ['steps.push.outputs', 'steps.pushed.outputs'],
      ['"$GITHUB_OUTPUT"', '$GITHUB_OUTPUT'],
    ] as const) {
      assert.ok(text.includes(right));
      await writeFile(file, text.replace(right, wrong));
      await assert.rejects(actionlint(file), { code: 1 }, wrong);
    }
  });

  it('the scripts that they run are in order', async () => {
    await run('shellcheck', SCRIPTS);
  });
});
