import { count, yesNo } from '../../settings/format.ts';
import { setting } from '../../settings/setting.ts';

/** The settings of the daily history, for all kinds that give its metrics. */
export const historySettings = {
  history: {
    enabled: setting(yesNo, {
      env: 'COLLECT_HISTORY',
      default: 'false',
      doc: 'Collect daily energy, daily peak power and hourly average power of completed days.',
    }),
    days: setting(count(1, 366), {
      env: 'HISTORY_DAYS',
      default: '7',
      doc: 'Completed days to read back, 1 to 366.',
    }),
  },
};
