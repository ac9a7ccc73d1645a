export const STICK = { trucki: { targets: [{ name: 'shed', address: '192.0.2.40' }] } };
export const INVERTER = { modbus: { targets: [{ name: 'roof', address: '192.0.2.50' }] } };
export const ACCOUNTS = {
  accounts: [
    { name: 'north', token_secret: { name: 'growatt', key: 'north-token' } },
    { name: 'Süd: #2', region: 'us', plants: [12345678], token: 'a:#"token"' },
  ],
};
export const MONITORING = {
  monitor: { enabled: true },
  prometheusRule: { enabled: true },
  dashboards: { enabled: true },
};

/** Values of the Helm chart that users may have, each by what is special about them. */
export const CASES: Readonly<Record<string, object>> = {
  'a stick only': STICK,
  'an inverter over Modbus only': INVERTER,
  'accounts, of which one has its token in a Secret of its own': ACCOUNTS,
  'everything of one agent': {
    ...ACCOUNTS,
    ...MONITORING,
    ...INVERTER,
    trucki: {
      password: 'of all sticks',
      targets: [
        { name: 'shed', address: '192.0.2.40', password_secret: { name: 'sticks', key: 'shed' } },
        { address: '192.0.2.41', password: 'of this stick' },
      ],
    },
    config: { region: 'au', history: { enabled: true, days: 30 }, stale_after: '30m' },
    webConfigSecret: 'web',
    image: { repository: 'registry.example/agent', tag: 'test', pullPolicy: 'Always' },
    imagePullSecrets: [{ name: 'registry' }],
    persistence: { storageClass: 'fast', annotations: { 'helm.sh/resource-policy': 'keep' } },
    service: { type: 'NodePort', annotations: { 'example.com/a': 'b' } },
    serviceAccount: { annotations: { 'example.com/a': 'b' } },
    extraEnv: [{ name: 'LOG_LEVEL', value: 'debug' }],
    extraVolumes: [{ name: 'ca', configMap: { name: 'ca' } }],
    extraVolumeMounts: [{ name: 'ca', mountPath: '/etc/ca' }],
    podLabels: { team: 'energy' },
    podAnnotations: { 'example.com/a': 'b' },
    nodeSelector: { 'kubernetes.io/arch': 'arm64' },
    tolerations: [{ operator: 'Exists' }],
    affinity: { nodeAffinity: {} },
    priorityClassName: 'low',
  },
  'shards with a ServiceMonitor': {
    ...ACCOUNTS,
    shards: 3,
    ...MONITORING,
    monitor: { enabled: true, kind: 'ServiceMonitor', endpoint: { scheme: 'https' } },
  },
  'no claim': { ...STICK, persistence: { enabled: false } },
  'a claim and an account of the cluster that there are': {
    ...STICK,
    persistence: { existingClaim: 'mine' },
    serviceAccount: { create: false, name: 'theirs' },
  },
};
