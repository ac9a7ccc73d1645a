import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { dashboardFiles } from './grafana/dashboards.ts';
import { schemaFiles } from './helm/values-schema.ts';
import { podFiles } from './kubernetes/agent-pod.ts';
import { ruleFiles } from './prometheus/rule-files.ts';

/** The files that are made from the sources in this folder; this is the command that writes them. */
for (const [path, text] of Object.entries({ ...dashboardFiles, ...ruleFiles, ...podFiles, ...schemaFiles })) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
