import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Architecture, buildBinary, NODE_LICENCE } from './binary.ts';
import { manifest, NAME } from './manifest.ts';
import { manualPage } from './manual-page.ts';
import { inWorkshop } from './workshop.ts';

const SOURCES = 'deploy/debian';
const UNITS = 'deploy/systemd';
/** For Prometheus and Grafana on the same machine. */
const DASHBOARDS = 'deploy/grafana/dashboards';
const ALERTS = 'deploy/prometheus/alerts.yaml';
const MAINTAINER = 'solar-otel-agent maintainers <solar-otel-agent@users.noreply.github.com>';

/** Debian's words for Node's architectures. */
const DEBIAN: Readonly<Record<Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Writes `solar-otel-agent_VERSION_ARCHITECTURE.deb` into a folder; needs dpkg-deb, and strip of binutils for the
 * architecture.
 * @param bundle the folder of the bundle
 */
export async function buildDebianPackage(
  architecture: Architecture,
  bundle: string,
  out: string,
): Promise<void> {
  mkdirSync(out, { recursive: true });
  const debian = DEBIAN[architecture];
  await inWorkshop(async (folder) => {
    const root = join(folder, 'root');
    const binary = await buildBinary(architecture, bundle, folder, { stripped: true });

    const doc = `usr/share/doc/${NAME}`;
    install(root, `usr/bin/${NAME}`, readFileSync(binary), 0o755);
    for (const unit of readdirSync(UNITS))
      install(root, `lib/systemd/system/${unit}`, unitText(readFileSync(join(UNITS, unit), 'utf8')));
    install(root, `etc/${NAME}/config.yaml`, readFileSync(join(SOURCES, 'config.yaml')));
    mkdirSync(join(root, `etc/${NAME}/secrets`), { mode: 0o700 });
    for (const file of readdirSync(DASHBOARDS))
      install(root, `usr/share/${NAME}/dashboards/${file}`, readFileSync(join(DASHBOARDS, file)));
    install(root, `usr/share/${NAME}/${basename(ALERTS)}`, readFileSync(ALERTS));
    install(root, `usr/share/man/man1/${NAME}.1.gz`, zipped(manualPage()));
    install(root, `usr/share/lintian/overrides/${NAME}`, readFileSync(join(SOURCES, 'lintian-overrides')));
    install(root, `${doc}/copyright`, COPYRIGHT);
    for (const file of [join(bundle, 'THIRD_PARTY_LICENSES.txt'), join(folder, NODE_LICENCE)])
      install(root, `${doc}/${basename(file)}.gz`, zipped(readFileSync(file, 'utf8')));
    install(root, `${doc}/changelog.gz`, zipped(changelog()));
    install(root, `${doc}/${NAME}.cdx.json`, readFileSync(join(bundle, `${NAME}.cdx.json`)));

    const files = filesIn(root);
    const size = files.reduce((sum, file) => sum + statSync(join(root, file)).size, 0);
    install(root, 'DEBIAN/control', control(debian, Math.ceil(size / 1024)));
    install(root, 'DEBIAN/conffiles', `/etc/${NAME}/config.yaml\n`);
    install(root, 'DEBIAN/md5sums', checksums(root, files));
    for (const script of ['postinst', 'prerm', 'postrm'])
      install(root, `DEBIAN/${script}`, readFileSync(join(SOURCES, script)), 0o755);
    const name = `${NAME}_${manifest.version}_${debian}.deb`;
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', root, join(out, name)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
}

/** The binary stands where a package puts it. */
const unitText = (unit: string) => unit.replaceAll('/usr/local/bin/', '/usr/bin/');

const zipped = (text: string) => gzipSync(text, { level: 9 });

function install(root: string, path: string, content: string | Buffer, mode = 0o644): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content, { mode });
}

/** All files below a folder, by their paths in it. */
const filesIn = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();

const checksums = (root: string, files: readonly string[]) =>
  files
    .filter((file) => !file.startsWith('etc/'))
    .map(
      (file) =>
        `${createHash('md5')
          .update(readFileSync(join(root, file)))
          .digest('hex')}  ${file}\n`,
    )
    .join('');

/** The versions of the libraries are those that Node's binaries of this version ask for. */
function control(architecture: string, kilobytes: number): string {
  return `Package: ${NAME}
Version: ${manifest.version}
Architecture: ${architecture}
Maintainer: ${MAINTAINER}
Installed-Size: ${kilobytes}
Depends: libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 5.2), init-system-helpers (>= 1.54~)
Section: net
Priority: optional
Homepage: ${manifest.homepage?.replace(/#.*/, '')}
Description: collector agent for solar inverters
 Polls Growatt plants and Trucki sticks in the background and exposes their
 readings as Prometheus metrics, over OTLP to an OpenTelemetry Collector, or
 pushed to a Pushgateway.
`;
}

const COPYRIGHT = `${NAME} is under the Apache License, version 2.0: /usr/share/common-licenses/Apache-2.0.
Copyright (C) 2026 the authors of ${NAME}, ${manifest.homepage}

The program contains Node.js and packages under their own licences, which are in this folder.
`;

/** What Debian asks of a changelog; what changed stands in the project's own. */
function changelog(): string {
  const seconds = Number(process.env.SOURCE_DATE_EPOCH ?? Math.floor(Date.now() / 1000));
  const date = new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
  return `${NAME} (${manifest.version}) stable; urgency=medium

  * See CHANGELOG.md of the project.

 -- ${MAINTAINER}  ${date}
`;
}
