/** A file that shows most settings; it is part of the reference page, and a test loads it. */
export const EXAMPLE_FILE = `# The Growatt account. Leave this part out if you have none.
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
  idle_interval: 30m             # poll this rarely at night; 0: as by day

# Trucki sticks. Leave this part out if you have none.
trucki:
  interval: 5s
  targets:
    - name: shed                 # becomes the label stick
      address: 192.168.1.40
      password: \${SHED_PASSWORD}
    - address: trucki-2.local:80 # its name is its address

exporter:
  mode: http                     # or push
  listen_addr: ":9120"
  collect_interval: 5m

pushgateway:
  url: http://localhost:9091
  grouping:                      # further labels of what is pushed
    instance: home

otlp:                            # leave out for no OTLP export
  endpoint: http://localhost:4318
  resource_attributes:
    service.instance.id: home

history:
  enabled: true
  days: 30
  schedule: "5 0 * * *"          # 00:05 daily, in the plant's time zone

stale_after: 1h
state_dir: /var/lib/solar-otel-agent

log:
  level: info
  format: json
`;
