import { stringify } from 'yaml';

/**
 * What both ways to run the agent in Kubernetes, the Kustomize overlays and the Helm chart, have in common. The files at
 * the end are made of it.
 */
const CONFIG = '/etc/solar-otel-agent/config.yaml';

/** The restricted Pod Security Standard, as the user of the image. */
const podSecurity = {
  runAsNonRoot: true,
  runAsUser: 65532,
  runAsGroup: 65532,
  fsGroup: 65532,
  seccompProfile: { type: 'RuntimeDefault' },
};

const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

const pod = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: podSecurity,
};

/** Not by HTTP, which a web configuration with users or client certificates would refuse. */
const healthcheck = {
  exec: { command: ['/usr/local/bin/node', '/app/solar-otel-agent.js', 'healthcheck', '--config', CONFIG] },
};

/** The agent is ready as soon as it answers, so there is no readiness probe; what was not read yet is absent. */
const container = {
  args: ['run', '--config', CONFIG],
  ports: [{ name: 'metrics', containerPort: 9120 }],
  startupProbe: { ...healthcheck, periodSeconds: 2, timeoutSeconds: 10, failureThreshold: 30 },
  livenessProbe: { ...healthcheck, periodSeconds: 60, timeoutSeconds: 10 },
  securityContext: containerSecurity,
};

/** What docs/performance.md gives, with a reserve, and a second Node for a fraction of a second in each probe. */
const resources = {
  /** Up to 1 000 inverters. */
  single: { requests: { cpu: '10m', memory: '192Mi' }, limits: { memory: '512Mi' } },
  /** Up to 5 000 inverters. */
  shard: { requests: { cpu: '50m', memory: '448Mi' }, limits: { memory: '1Gi' } },
};

/** A patch of the Deployment, for Kustomize. */
const patch = (podSpec: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'solar-otel-agent' },
  spec: { template: { spec: podSpec } },
});

const FILES: Readonly<Record<string, object>> = {
  'deploy/kubernetes/base/agent-pod.yaml': patch({
    ...pod,
    containers: [{ name: 'agent', ...container, resources: resources.single }],
  }),
  'deploy/kubernetes/sharded/resources.yaml': patch({
    containers: [{ name: 'agent', resources: resources.shard }],
  }),
  'deploy/kubernetes/sidecar/collector-security.yaml': patch({
    containers: [{ name: 'collector', securityContext: containerSecurity }],
  }),
  'deploy/helm/solar-otel-agent/files/agent-pod.yaml': { pod, container, resources },
};

/** The files that hold it: path and text. */
export const podFiles: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(FILES).map(([path, content]) => [
    path,
    `# \`npm run monitoring\` makes this file from deploy/kubernetes/agent-pod.ts.\n${stringify(content, { aliasDuplicateObjects: false })}`,
  ]),
);
