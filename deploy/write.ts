import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { dashboardFiles } from './grafana/dashboards.ts';
import { schemaFiles } from './helm/values-schema.ts';
import { podFiles } from './kubernetes/agent-pod.ts';
import { ruleFiles } from './prometheus/rule-files.ts';
import { versionFiles } from './release/version-files.ts';

/** The files that are made from the sources in this folder; this is the command that writes them. */
write({ ...dashboardFiles, ...ruleFiles, ...podFiles, ...schemaFiles });
write(versionFiles());

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
