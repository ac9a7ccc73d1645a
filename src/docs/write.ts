import { writeFileSync } from 'node:fs';
import { examples, kindPages } from './checked-answers.ts';
import { configurationReference } from './configuration.ts';
import { faultsPage } from './faults.ts';
import { limitsPage } from './limits.ts';
import { metricsReference } from './metrics.ts';
import { statusReference } from './status-api.ts';

/** The pages that are made from the program's own tables; this file is the command that writes them. */
const PAGES = {
  'docs/configuration.md': configurationReference(),
  'docs/metrics.md': metricsReference(examples()),
  'docs/status-api.md': statusReference(),
  'docs/limits.md': limitsPage(),
  'docs/faults.md': faultsPage(),
  ...(await kindPages()),
};

for (const [path, text] of Object.entries(PAGES)) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);
}
