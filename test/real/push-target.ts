import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { startProgram } from './support.ts';

/** A real Pushgateway, below a path of its own when a prefix is given. */
export const startPushgateway = (t: TestContext, prefix = '') =>
  startProgram(t, {
    program: 'prometheus-pushgateway',
    package: 'prometheus-pushgateway',
    args: ({ port }) => [
      `--web.listen-address=127.0.0.1:${port}`,
      '--persistence.file=',
      `--web.route-prefix=${prefix}/`,
    ],
    ready: `${prefix}/-/ready`,
  });

/** A Prometheus that scrapes the Pushgateway as the documentation says. */
export const startPrometheus = (t: TestContext, gateway: { readonly port: number }) =>
  startProgram(t, {
    program: 'prometheus',
    package: 'prometheus',
    async args({ folder, port }) {
      const file = join(folder, 'prometheus.yml');
      const scrape = {
        job_name: 'pushgateway',
        honor_labels: true,
        scrape_interval: '1s',
        scrape_timeout: '1s',
        static_configs: [{ targets: [`127.0.0.1:${gateway.port}`] }],
      };
      await writeFile(file, JSON.stringify({ scrape_configs: [scrape] }));
      return [
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ];
    },
    ready: '/-/ready',
  });
