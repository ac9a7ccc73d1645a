/** One parsed exposition: enough of the grammar to read back what was written. */
export interface Exposition {
  /** `HELP name` → unescaped help, `TYPE name` → type, `UNIT name` → unit. */
  readonly headers: Map<string, string>;
  readonly samples: Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly value: number;
}

const HEADER = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][\w:]*) (.*)$/s;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/gsy;

/** Throws at the first line that neither format allows. */
export function parseExposition(text: string): Exposition {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const headers = new Map<string, string>();
  const samples: Sample[] = [];
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '# EOF') continue;
    const header = HEADER.exec(line);
    if (header) {
      const key = `${header[1]} ${header[2]}`;
      if (headers.has(key)) throw new Error(`second ${key}`);
      headers.set(key, unescapeText(header[3] ?? ''));
    } else {
      samples.push(parseSample(line));
    }
  }
  return { headers, samples };
}

function parseSample(line: string): Sample {
  const [, name, labelText = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  let length = 0;
  for (const [whole, key = '', text = ''] of labelText.matchAll(LABEL)) {
    labels[key] = unescapeText(text);
    length += whole.length;
  }
  if (length !== labelText.length) throw new Error(`bad labels: ${line}`);
  return { name, labels, value: Number(value) };
}

function unescapeText(text: string): string {
  return text.replace(/\\(.)/gs, (_, character: string) => (character === 'n' ? '\n' : character));
}
