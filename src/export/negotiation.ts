import type { ExpositionFormat } from './text-format.ts';

/** The exact `Content-Type` of each format. */
export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Where a wildcard matches both, the first is used. */
const offers = [
  { format: 'text', group: 'text/*', type: 'text/plain', version: '0.0.4' },
  { format: 'openmetrics', group: 'application/*', type: 'application/openmetrics-text', version: '1.0.0' },
] as const;

type Offer = (typeof offers)[number];

interface Preference {
  /** Lower case, without parameters. */
  readonly name: string;
  readonly version: string | undefined;
  /** 0 (refused) to 1. */
  readonly weight: number;
  /** Place in the header. */
  readonly place: number;
}

/**
 * Chooses from an `Accept` header by weight, then by order in the header. What cannot be parsed or is not offered
 * (protobuf, other versions) is ignored; the default is the text format.
 */
export function chooseFormat(accept: string | undefined): ExpositionFormat {
  const preferences = parseList(accept);
  const [best] = offers
    .map((offer) => ({ format: offer.format, preference: mostSpecific(preferences, offer) }))
    .filter(({ preference }) => preference.weight > 0)
    .sort((a, b) => b.preference.weight - a.preference.weight || a.preference.place - b.preference.place);
  return best?.format ?? 'text';
}

/** Whether an `Accept-Encoding` header allows gzip and does not prefer an unencoded answer. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const preferences = parseList(acceptEncoding);
  const weightOf = (...names: string[]) => preferences.find(({ name }) => names.includes(name))?.weight;
  const gzip = weightOf('gzip', 'x-gzip') ?? weightOf('*') ?? 0;
  return gzip > 0 && gzip >= (weightOf('identity') ?? 0);
}

const refused: Preference = { name: '', version: undefined, weight: 0, place: Infinity };

/** RFC 9110 §12.5.1: the most specific range that matches an offer decides about it. */
function mostSpecific(preferences: readonly Preference[], offer: Offer): Preference {
  const levels = [
    (range: Preference) => range.name === offer.type && range.version === offer.version,
    (range: Preference) => range.name === offer.type && range.version === undefined,
    (range: Preference) => range.name === offer.group,
    (range: Preference) => range.name === '*/*',
  ];
  for (const matches of levels) {
    const preference = preferences.find(matches);
    if (preference) return preference;
  }
  return refused;
}

function parseList(header = ''): Preference[] {
  return header.split(',').flatMap((item, place) => {
    const [name = '', ...rest] = item.split(';').map((part) => part.trim().toLowerCase());
    const parameters = new Map(rest.map(parseParameter));
    const weight = Number(parameters.get('q') ?? 1);
    return weight >= 0 && weight <= 1 ? [{ name, version: parameters.get('version'), weight, place }] : [];
  });
}

function parseParameter(text: string): [name: string, value: string] {
  const [name = '', value = ''] = text.split('=', 2).map((part) => part.trim());
  return [name, value.replace(/^"(.*)"$/, '$1')];
}
