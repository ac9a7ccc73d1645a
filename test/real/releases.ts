import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { version } from '../../src/base/version.ts';

/** Where the pages say that releases are. */
const PUBLISHED = 'https://github.com';
const RELEASES = '/solar-otel-agent/solar-otel-agent/releases';
const NAME = 'solar-otel-agent';

export interface Releases {
  /** Commands of a page, with this server in the place of the published one. */
  readonly replaced: (commands: string) => string;
  /** For npm: a registry that has only this package. */
  readonly registry: string;
  readonly close: () => void;
}

/** Serves the files of a folder as GitHub serves those of the latest release, and npm's package as its registry does. */
export async function serveReleases(folder: string): Promise<Releases> {
  const files = new Map<string, string>();
  for (const file of await readdir(folder)) {
    for (const place of [`${RELEASES}/latest/download`, `${RELEASES}/download/v${version}`, '/npm'])
      files.set(`${place}/${file}`, join(folder, file));
  }
  const server = createServer(async ({ url: path = '' }, response) => {
    const file = files.get(path);
    if (file !== undefined) response.end(await readFile(file));
    else if (path === `/npm/${NAME}`) response.end(JSON.stringify(packument(url)));
    else if (path === `${RELEASES}/tag/v${version}`) response.end();
    else if (path === `${RELEASES}/latest`)
      response.writeHead(302, { location: `${RELEASES}/tag/v${version}` }).end();
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    replaced: (commands) => commands.replaceAll(PUBLISHED, url),
    registry: `${url}/npm/`,
    close: () => void server.close(),
  };
}

/** What a registry says of the package. */
function packument(url: string) {
  const bin = { [NAME]: `${NAME}.js` };
  const dist = { tarball: `${url}/npm/${NAME}-${version}.tgz` };
  return {
    name: NAME,
    'dist-tags': { latest: version },
    versions: { [version]: { name: NAME, version, bin, dist } },
  };
}
