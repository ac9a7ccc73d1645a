/** What `--help` prints; fits 80 columns. */
export const HELP = `Usage: solar-otel-agent [COMMAND] [FLAGS]

Polls Growatt plants and Trucki sticks in the background and offers what it
reads to Prometheus, OpenTelemetry (OTLP) and the Pushgateway.

Commands:
  run         the agent (when no command is given); with EXPORTER_MODE=push it
              collects once, pushes and exits
  demo        the agent over simulated devices: no account, no hardware
  simulate    only the simulated devices
  check       print the configuration as resolved, without secrets
  discover    list plants, devices and sticks, and whether they are supported
  backfill    write past days as OpenMetrics, for promtool to import

Flags:
  --config FILE       YAML file (run, check, discover, backfill)
  --log-level LEVEL   debug, info, warn or error (all but simulate)
  -t HOST[:PORT]      a Trucki stick, or NAME=HOST[:PORT]; may be repeated
                      (run, check, discover)
  -p PORT             port to listen on, on all interfaces
                      (run, check, demo, simulate)
  -i SECONDS          poll interval of the sticks, 0.5 or more (run, check)
  --json              discover: JSON in place of the table
  --from YYYY-MM-DD   backfill: first day
  --to YYYY-MM-DD     backfill: last day
  --out FILE          backfill: file to write (else standard output)
  --otlp              backfill: send to the OTLP endpoint
  --version           print the version
  -h, --help          print this text

Flags beat environment variables, which beat the file. A Growatt token comes
from the ShinePhone app: Me, your user name, API Token.

Examples:
  GROWATT_TOKEN=… GROWATT_REGION=eu solar-otel-agent
  solar-otel-agent -t shed=192.168.1.40 -t 192.168.1.41 -p 8080 -i 5

Then open http://localhost:9120/. All settings: docs/configuration.md.
`;
