import { globSync, readFileSync } from 'node:fs';
import { manifest } from '../build/manifest.ts';

/** Files beside package.json and its lockfile that state the version: what is deployed, and pages with commands. */
const STATING = [
  'README.md',
  '.github/SECURITY.md',
  'docs/*.md',
  'deploy/compose/compose.yaml',
  'deploy/docker/Dockerfile',
  'deploy/helm/solar-otel-agent/Chart.yaml',
  'deploy/kubernetes/base/kustomization.yaml',
];

/** Where the version stands: behind the name of an image, file or chart, or one of these words at the start of a line. */
const STATED =
  /(?<=solar-otel-agent(?:[:_-]| --version )|^(?:version: |appVersion: | *newTag: |ARG VERSION=))\d+\.\d+\.\d+(?![\d.]*\d)/gm;

/** A text with this version in place of another wherever it states one. */
export const withVersion = (text: string): string => text.replaceAll(STATED, manifest.version);

/** The files that state the version, as they should be: path and text. */
export const versionFiles = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    globSync(STATING)
      .sort()
      .map((path) => [path, withVersion(readFileSync(path, 'utf8'))]),
  );
