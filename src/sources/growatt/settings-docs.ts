import type { SettingsDocs } from '../../model/kind.ts';

/** What help and docs/configuration.md say of the Growatt cloud beside its settings. */
export const settingsDocs: SettingsDocs = {
  reads: 'Growatt plants',
  usage: 'GROWATT_TOKEN=… GROWATT_REGION=eu solar-otel-agent',
  example: `# The Growatt account. Leave this part out if you have none.
token: \${GROWATT_TOKEN}          # or token_file: /run/secrets/growatt-token
region: eu

plants:                          # leave out for all plants
  - id: "12345"
    timezone: Europe/Berlin      # only if the cloud has it wrong
    devices:                     # leave out for all devices of the plant
      - sn: "ABC123"
      - sn: "DEF456"

growatt:
  call_spacing: 3s
  idle_interval: 30m             # poll interval at night; 0: as by day

history:
  enabled: true
  days: 30
  schedule: "5 0 * * *"          # 00:05 daily, in the plant's time zone
`,
  notes: `### Several accounts

With \`accounts\`, the keys \`token\`, \`token_file\`, \`plants\` and \`device_sns\` belong into each account, and
\`GROWATT_PLANT_ID\` and \`GROWATT_DEVICE_SN\` cannot be used. An account without its own token uses \`GROWATT_TOKEN\`
or \`GROWATT_TOKEN_FILE\`; one without its own \`region\`, \`base_url\` or \`v4\` uses the one at the top.

\`\`\`yaml
accounts:
  - name: home
    token: \${HOME_TOKEN}
    region: eu
  - name: farm
    token_file: /run/secrets/farm-token
    region: us
    plants: ["67890"]
\`\`\`
`,
};
