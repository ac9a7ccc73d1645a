import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { agent } from './agent.ts';
import { fleet } from './fleet.ts';
import { home } from './home.ts';
import { trucki } from './trucki.ts';

/** All dashboards, by the name of their file. */
const dashboards: Readonly<Record<string, Dashboard>> = { home, trucki, fleet, agent };

/** For Grafana to load from a folder, and for the ConfigMaps of Kubernetes, which are limited in size. */
const PLACES = {
  'deploy/grafana/dashboards': 2,
  'deploy/kubernetes/monitoring/dashboards': 0,
  'deploy/helm/solar-otel-agent/files/dashboards': 0,
};

/** The files that hold the dashboards: path and text. */
export const dashboardFiles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PLACES).flatMap(([folder, indent]) =>
    Object.entries(dashboards).map(([name, dashboard]) => [
      `${folder}/${name}.json`,
      `${JSON.stringify(dashboard, undefined, indent)}\n`,
    ]),
  ),
);
