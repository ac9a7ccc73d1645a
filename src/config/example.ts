import { kinds } from '../kinds.ts';
import type { SourceKind } from '../model/kind.ts';

const AGENT = `exporter:
  mode: http                     # or push
  listen_addr: ":9120"

pushgateway:
  url: http://localhost:9091
  grouping:                      # further labels of what is pushed
    instance: home

otlp:                            # leave out for no OTLP export
  endpoint: http://localhost:4318
  resource_attributes:
    service.instance.id: home

stale_after: 1h
state_dir: /var/lib/solar-otel-agent

log:
  level: info
  format: json
`;

/** A file that shows most settings; it is part of the reference page, and a test loads it. */
export const EXAMPLE_FILE = [
  ...Object.values<SourceKind>(kinds).map(({ settingsDocs }) => settingsDocs.example),
  AGENT,
].join('\n');
