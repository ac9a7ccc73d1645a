/** What of a fleet the page shows. */
export interface PageQuery {
  /** Lower case; empty: all. */
  readonly search: string;
  /** From 1. */
  readonly page: number;
  /** Only the plant with this id. */
  readonly plant: string | undefined;
  /** Only the stick with this name. */
  readonly stick: string | undefined;
}

const LONGEST = 100;

/** Reads the query of the page's URL; whatever makes no sense is left out. */
export function parseQuery(url: string): PageQuery {
  const params = new URLSearchParams(url.split('?')[1] ?? '');
  const textOf = (key: string) => params.get(key)?.slice(0, LONGEST) || undefined;
  const page = /^[1-9]\d{0,4}$/.test(params.get('page') ?? '') ? Number(params.get('page')) : 1;
  const search = (textOf('q') ?? '').trim().toLowerCase();
  return { search, page, plant: textOf('plant'), stick: textOf('stick') };
}

/** The URL of the same page with other parameters; those that are empty are left out. */
export function linkTo(params: Readonly<Record<string, string | number | undefined>>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value) search.set(key, String(value));
  return search.size === 0 ? '/' : `/?${search}`;
}
