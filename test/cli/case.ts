import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Call {
  readonly file: string;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly status: number;
  readonly complete?: boolean;
}

/** A case folder as `capture` writes it. */
export interface Case {
  readonly kind: string;
  readonly agent: string;
  readonly captured: string;
  readonly device?: string;
  readonly devices: readonly {
    readonly family: string;
    readonly model: string;
    readonly supported: boolean;
  }[];
  readonly calls: readonly Call[];
}

export const readCase = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8')) as Case;

/** All files of a case, one after the other. */
export const textOf = (folder: string) =>
  readdirSync(folder)
    .map((file) => `${file}\n${readFileSync(join(folder, file), 'utf8')}`)
    .join('\n');

/** What a stick and both versions of Growatt's API say of something that they do not have. */
const MISSING = '{"error_code":10002,"error_msg":"not in this case","code":4,"data":""}';

/** A `fetch` that gives the answers of a case, and says of everything else that it does not exist. */
export function replay(folder: string): typeof globalThis.fetch {
  const { calls } = readCase(folder);
  return async (input, init) => {
    const url = new URL(String(input));
    const form = init?.body instanceof URLSearchParams ? init.body : [];
    const params = JSON.stringify(Object.fromEntries([...url.searchParams, ...form]));
    const call = calls.find(
      (each) =>
        url.pathname.endsWith(`/${each.path}`) &&
        each.method === (init?.method ?? 'GET') &&
        JSON.stringify(each.params) === params,
    );
    if (!call) return new Response(MISSING, { status: 404 });
    return new Response(readFileSync(join(folder, call.file), 'utf8'), { status: call.status });
  };
}
