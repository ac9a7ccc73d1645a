import type { CheckedAnswer } from '../../model/kind.ts';
import { keysOf } from './expressions.ts';
import { allFamilies } from './families/all.ts';
import type { Family } from './families/family.ts';
import type { FieldRow } from './fields.ts';
import { parseNumber } from './numbers.ts';

/** What devices a family is of. */
const DEVICES: Readonly<Record<string, string>> = {
  inverter: 'Older string inverters (type 1)',
  storage: 'Off-grid inverters SPF, storage SP (type 2)',
  max: 'MAX, large three-phase inverters (type 4)',
  sph: 'SPH, hybrid inverters, "mix" in the API (type 5)',
  spa: 'SPA, storage coupled on the AC side (type 6)',
  min: 'MIN, MID, MOD, MIC, NEO, TL-XH, "tlx" in the API (type 7)',
  pcs: 'ATESS PCS, power conversion (type 8)',
  hps: 'ATESS HPS, hybrid (type 9)',
  pbd: 'ATESS PBD, PV to battery (type 10)',
  groboost: 'GroBoost, water heater (type 11)',
  'sph-s': 'SPH-S, split-phase hybrid inverters (v4 API)',
  wit: 'WIT, commercial hybrid inverters (v4 API)',
  noah: 'NOAH and NEXA, balcony batteries (v4 API)',
  meter: 'Smart meters on a datalogger (type 3)',
  environment: 'Weather stations on a datalogger (type 3)',
};

/** The page `docs/families.md`: for each family which quantities come from which keys, and what they were checked on. */
export function familiesPage(answers: readonly CheckedAnswer[]): string {
  const sections = allFamilies.map((family) =>
    familySection(
      family,
      answers.filter((answer) => answer.family === family.word),
    ),
  );
  return `# Families of devices

Which metric comes from which key of Growatt's answers, made from the tables that the agent reads them with. "Published
answer" means that an owner or Growatt published an answer of such a device in which the key is filled, and that the
tests hold the agent against it; "documented only" that no such answer was found. An answer of your own device
(\`solar-otel-agent capture\`) turns the second into the first.

In the column of keys, \`a|b\` are two spellings of one quantity, \`a+b\` is a sum, \`a else b\` takes the second where the
first is absent or 0, \`a if b>40\` is absent unless that holds, \`a ~ b+c\` is absent where it is not the sum of its
parts, \`a but not b+c\` is absent where it is that sum, \`a*1000\` is a key in another unit, \`>a\` and \`<a\` are the two
directions of a signed power, \`lowest 1:\` and \`highest 1:\` the extremes of those that are at least 1. Keys are compared
without case. \`N\` is the number of a PV input or string.

${sections.join('\n')}`;
}

function familySection(family: Family, answers: readonly CheckedAnswer[]): string {
  const { word, last, batch, largest, fields } = family;
  const calls = [last, batch].filter((call) => call !== undefined);
  const paths = [...new Set(calls.map(({ method, path }) => `\`${method} ${path}\``))];
  const names = answers.map(({ name }) => `\`${name}\``);
  const filled = new Set(answers.flatMap(({ answer }) => filledKeys(answer)));
  const lines = grouped(fields).map(([metric, keys, rows]) => {
    const isChecked = rows.some(([, row]) => keysOf(row).some((key) => filled.has(key.toLowerCase())));
    const cells = [metric, keys].map((cell) => `\`${cell.replaceAll('|', '\\|')}\``);
    return `| ${[...cells, isChecked ? 'published answer' : 'documented only'].join(' | ')} |`;
  });
  return `## ${word}

${DEVICES[word] ?? word}. Read by ${paths.join(' and ')}.${
    largest === undefined
      ? ''
      : ` Without a rated power in the answer, ${largest / 1000} kW bounds its values.`
  }
Checked on ${names.length > 0 ? names.join(', ') : 'no published answer'}.

| Metric | Keys | Checked on |
| --- | --- | --- |
${lines.join('\n')}
`;
}

type Group = readonly [metric: string, keys: string, rows: readonly FieldRow[]];

/** The rows of a table, those of all PV inputs and of all strings as one. */
function grouped(fields: readonly FieldRow[]): readonly Group[] {
  const groups = Map.groupBy(fields, ([metric, keys, labels = {}]) => {
    const n = /_pv(\d+)_/.exec(metric)?.[1] ?? labels.string;
    const text = Object.entries(labels).map(([name, value]) => `${name}="${value === n ? 'N' : value}"`);
    const shown = metric.replace(/_pv\d+_/, '_pvN_') + (text.length > 0 ? `{${text}}` : '');
    const ownKeys = n === undefined ? keys : keys.replaceAll(new RegExp(`(?<!\\d)${n}(?!\\d)`, 'g'), 'N');
    return `${shown}\n${ownKeys}`;
  });
  return [...groups].map(([name, rows]) => {
    const [metric = '', keys = ''] = name.split('\n');
    return [metric, keys, rows];
  });
}

/** The keys of an answer, in lower case, that hold a number other than 0. */
function filledKeys(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([key, value]) => {
    const number = parseNumber(value);
    const isFilled = typeof number === 'number' && number !== 0;
    return isFilled ? [key.toLowerCase()] : filledKeys(value);
  });
}
