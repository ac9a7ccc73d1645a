import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { IMAGE, manifest, NAME } from '../../deploy/build/manifest.ts';
import { releaseNotes } from '../../deploy/release/notes.ts';
import { versionFiles, withVersion } from '../../deploy/release/version-files.ts';

const read = (file: string) => readFileSync(file, 'utf8');
const { version } = manifest;

describe('The version', () => {
  it('is everywhere the one of package.json', () => {
    for (const [path, text] of Object.entries(versionFiles()))
      assert.equal(read(path), text, `${path}: run npm run monitoring`);
    const lockfile = JSON.parse(read('package-lock.json'));
    assert.deepEqual([lockfile.version, lockfile.packages[''].version], [version, version]);
  });

  it('is found where it is stated, and what belongs to others is left alone', () => {
    const given = [
      'version: 9.9.9',
      'appVersion: 9.9.9',
      '    newTag: 9.9.9',
      'ARG VERSION=9.9.9',
      `image: ${IMAGE}:9.9.9`,
      `helm install solar oci://example.com/charts/${NAME} --version 9.9.9`,
      `apt install ./dist/${NAME}_9.9.9_arm64.deb and npx ./dist/${NAME}-9.9.9.tgz`,
    ];
    for (const line of given) {
      assert.ok(!withVersion(line).includes('9.9.9'), line);
      assert.equal(withVersion(line), line.replaceAll('9.9.9', version));
    }
    for (const line of ['image: grafana/grafana:9.9.9', 'An upgrade from 9.9.9', 'apiVersion: 9.9.9'])
      assert.equal(withVersion(line), line);
  });

  it('is stated by every file of the deployments that names the image', () => {
    const named = globSync('deploy/**/*.{yaml,json}').filter((file) => read(file).includes(`${IMAGE}:`));
    assert.ok(named.length > 0);
    for (const file of named) assert.ok(file.replaceAll('\\', '/') in versionFiles(), file);
  });
});

describe('The text of a release', () => {
  const agent = { name: NAME, version: '1.2.3', license: '', homepage: 'https://example.com/agent#readme' };
  const changelog = `# Changelog

## 1.2.3 (2026-11-21)

- [FEATURE] A page: [docs/page.md](docs/page.md), see [there](https://example.com/#there).

## 1.2.2 (2026-10-01)

- [BUGFIX] Another.
`;

  it('is the section of its version, with links to its files', () => {
    assert.equal(
      releaseNotes('v1.2.3', changelog, agent),
      '- [FEATURE] A page: [docs/page.md](https://example.com/agent/blob/v1.2.3/docs/page.md), see ' +
        '[there](https://example.com/#there).\n',
    );
  });

  it('is there for this version', () => {
    assert.match(releaseNotes(`v${version}`, read('CHANGELOG.md')), /^- \[/);
  });

  it('is refused where tag, package.json and changelog do not agree', () => {
    const refused = (tag: string, text: string, message: RegExp) =>
      assert.throws(() => releaseNotes(tag, text, agent), { message });
    refused(
      'v1.2.4',
      changelog,
      /^The tag is v1\.2\.4, but package\.json has the version 1\.2\.3: tag v1\.2\.3/,
    );
    refused('1.2.3', changelog, /tag v1\.2\.3 instead/);
    refused(
      'v1.2.3',
      changelog.replace('1.2.3 (2026-11-21)', 'Unreleased'),
      /no section "## 1\.2\.3 \(DATE\)"/,
    );
    refused('v1.2.3', changelog.replace('2026-11-21', 'unreleased'), /the date "unreleased"/);
    refused('v1.2.3', changelog.replace(/^- \[FEATURE\].*$/m, ''), /1\.2\.3 of CHANGELOG\.md is empty/);
  });
});
