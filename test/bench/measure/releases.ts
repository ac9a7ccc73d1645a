import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { homePlant } from '../../../src/simulators/growatt/plants.ts';
import type { ReleaseFigures } from '../results.ts';
import { median } from '../statistics.ts';
import { Fleet } from './fleet.ts';
import type { Programs } from './programs.ts';
import { onNode, repeatedStart } from './start.ts';

const SCRIPTS = ['build-npm', 'build-binary', 'build-deb'];
const FORMS = [
  ['package for npm', /\.tgz$/],
  ['binary for x64', /-linux-x64$/],
  ['binary for arm64', /-linux-arm64$/],
  ['package for Debian, amd64', /_amd64\.deb$/],
  ['package for Debian, arm64', /_arm64\.deb$/],
] as const;

/**
 * Builds all files of a release, and starts the bundle and this machine's binary in turn until each answers; both with
 * the configuration of a home.
 */
export async function measureReleases(
  programs: Programs,
  rounds: number,
): Promise<readonly ReleaseFigures[]> {
  const folder = mkdtempSync(join(tmpdir(), 'solar-otel-agent-bench-'));
  try {
    for (const script of SCRIPTS)
      await promisify(execFile)(process.execPath, [`deploy/${script}.ts`, folder]);
    const files = readdirSync(folder);
    const own = `-linux-${process.arch}`;
    const binary = files.find((file) => file.endsWith(own));
    const starts = await startInTurn(programs, binary && join(folder, binary), rounds);
    const forms = FORMS.map(([what, pattern]): ReleaseFigures => {
      const file = files.find((name) => pattern.test(name));
      if (file === undefined) throw new Error(`the ${what} was not built`);
      const size = statSync(join(folder, file)).size;
      return { what, size, ...(file === binary && { start: starts.binary }) };
    });
    return [{ what: 'bundle', size: bundleSize(programs), start: starts.bundle }, ...forms];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function startInTurn(programs: Programs, binary: string | undefined, rounds: number) {
  const fleet = await Fleet.start({ plants: (now) => [homePlant(now)], cycles: 1 });
  const startBundle = await repeatedStart(programs, onNode(programs.agent), fleet);
  const startBinary = binary && (await repeatedStart(programs, { command: binary, args: [] }, fleet));
  const bundles: number[] = [];
  const binaries: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bundles.push(await startBundle());
    if (startBinary) binaries.push(await startBinary());
  }
  await fleet.stop();
  return { bundle: median(bundles), binary: startBinary ? median(binaries) : undefined };
}

/** All of its programs. */
function bundleSize({ agent }: Programs): number {
  const folder = dirname(agent);
  const programs = readdirSync(folder).filter((file) => file.endsWith('.js'));
  return programs.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
}
