import { growattMetrics } from '../../metrics/growatt.ts';
import { growattQuantities } from '../../metrics/growatt-overview.ts';
import type { SourceKind } from '../../model/kind.ts';
import { RateLimiter } from '../../policy/rate-limiter.ts';
import { type GrowattConfig, resolveGrowatt, shownGrowatt } from './accounts.ts';
import { captureRules } from './capture-rules.ts';
import { familiesOf } from './families/all.ts';
import { growattSettings } from './settings.ts';
import { settingsDocs } from './settings-docs.ts';
import { GrowattSource } from './source.ts';

/** Growatt accounts over Growatt's OpenAPI. */
export const growatt: SourceKind<typeof growattSettings, GrowattConfig> = {
  title: 'Growatt',
  settings: growattSettings,
  settingsDocs,
  metrics: growattMetrics,
  metricsDocs: {
    sourceNames: '`growatt/ACCOUNT`, with `default` for a single account',
    familiesOf,
  },
  overview: {
    sourceTitle: (name) => (name === 'default' ? 'Growatt account' : `Growatt account ${name}`),
    quantities: growattQuantities,
  },
  page: {
    file: 'families.md',
    render: async (answers) => (await import('./families-page.ts')).familiesPage(answers),
  },
  hasHistory: true,
  resolve: resolveGrowatt,
  shown: shownGrowatt,
  simulator: async () => (await import('../../simulators/growatt/simulator.ts')).startSimulator,
  capture: captureRules,
  create(
    { accounts, growatt: intervals, exporter, history },
    { clock, fetch, owns, observer, shared, isReadLocally, once },
  ) {
    const settings = { ...intervals, ...exporter };
    if (once !== undefined) {
      settings.discoveryInterval = Math.max(settings.discoveryInterval, once);
      // A run replaces what an earlier one pushed, so it reads plants whatever is known of them.
      settings.plantInterval = once;
    }
    // The cloud counts calls by token: accounts that share one share its rate limiter, and are in one process.
    return accounts.flatMap((account) => {
      const first = accounts.find(({ token }) => token === account.token) ?? account;
      if (!owns(`growatt/${first.name}`)) return [];
      const rateLimiter = shared(
        `growatt ${account.token}`,
        () => new RateLimiter(clock, settings.callSpacing),
      );
      rateLimiter.spacing = settings.callSpacing;
      const name = `growatt/${account.name}`;
      return [
        new GrowattSource({
          account,
          settings,
          history,
          rateLimiter,
          clock,
          fetch,
          observer: observer(name),
          ...(isReadLocally && { isReadLocally }),
        }),
      ];
    });
  },
};
