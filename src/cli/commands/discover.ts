import { Agent } from '../../agent.ts';
import { formatTime } from '../../base/duration.ts';
import type { DiscoveryEntry, OnProgress } from '../../model/source.ts';
import type { SourceDiscovery } from '../../poll/discover-all.ts';
import type { Configured } from '../flags.ts';
import { DONE, FAILED, logFor, type Program } from '../program.ts';
import { configOf } from './run.ts';

/** One table of what the configured accounts and sticks hold. @returns 1 when a source could not be asked, 0 also when stopped */
export async function discover(
  invocation: Configured & { readonly json: boolean },
  program: Program,
): Promise<number> {
  const config = configOf(invocation, program);
  const progress = program.isTerminal ? new ProgressLine(program) : undefined;
  const err = (text: string) => {
    progress?.clear();
    program.err(text);
  };
  const log = logFor({ ...program, err }, config);
  // It only looks, so nothing may leave by OTLP.
  const agent = new Agent({ config: { ...config, otlp: undefined }, log });
  const discoveries = await agent
    .discover(program.signal, (calls) => progress?.show(calls))
    .catch((error) => {
      if (!program.signal.aborted) throw error;
    });
  progress?.clear();
  if (!discoveries) {
    program.err('Stopped.\n');
    return DONE;
  }
  await program.out(invocation.json ? `${JSON.stringify(discoveries, null, 2)}\n` : table(discoveries));
  return discoveries.some(({ problem }) => problem !== undefined) ? FAILED : DONE;
}

const CLEAR_LINE = '\r\u001b[K';

/** How many calls there will be at least, and how far they are, on one line of a terminal. */
class ProgressLine {
  readonly #program: Program;
  /** The first call is made at once, those after it are spaced. */
  #firstDoneAt = 0;
  #shown = false;

  constructor(program: Program) {
    this.#program = program;
  }

  show({ done, expected }: Parameters<OnProgress>[0]): void {
    if (done <= 1) this.#firstDoneAt = performance.now();
    const spacing = (performance.now() - this.#firstDoneAt) / (done - 1);
    const left = done > 1 ? `, ${formatTime((expected - done) * spacing)} left` : '';
    const line = `Listing plants and devices: ${done} of at least ${expected} calls${left}`;
    this.#program.err(CLEAR_LINE + line.slice(0, this.#program.columns - 1));
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown) this.#program.err(CLEAR_LINE);
    this.#shown = false;
  }
}

const columns: readonly (readonly [title: string, width: number, cell: (entry: DiscoveryEntry) => string])[] =
  [
    ['PLANT', 20, ({ plant }) => plant],
    ['DEVICE', 18, ({ device }) => device],
    ['FAMILY', 9, ({ family }) => family],
    ['MODEL', 12, ({ model }) => model],
    ['LAST UPDATE', 11, ({ lastUpdate }) => lastUpdate.replace(/^\d{4}-/, '').slice(0, 11)],
    ['READ', 4, ({ device, supported }) => (device === '' ? '' : supported ? 'yes' : 'no')],
  ];

/** Fits 80 columns; serial numbers and addresses are never cut. What a family was recognised by follows its device. */
function table(discoveries: readonly SourceDiscovery[]): string {
  return discoveries
    .map(({ source, devices, problem }) => {
      const rows = devices.flatMap((entry) => [
        line(columns.map(([, , cell]) => cell(entry))),
        ...(entry.evidence ?? []).map((fact) => `  ${fact}`),
      ]);
      const lines = [line(columns.map(([title]) => title)), ...rows];
      const body = problem === undefined ? lines.join('\n') : `  ${problem}`;
      return `${source}\n${body}\n`;
    })
    .join('\n');
}

function line(cells: readonly string[]): string {
  return columns
    .map(([title, width], i) => fit(cells[i] ?? '', width, title === 'DEVICE'))
    .join(' ')
    .trimEnd();
}

function fit(text: string, width: number, whole: boolean): string {
  const characters = [...text];
  const shown = whole || characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
  return shown.padEnd(width);
}
