import { defaultResource, type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { version } from '../base/version.ts';

/** The OpenTelemetry resource of the metrics: this program, unless `attributes` says otherwise. */
export function agentResource(attributes: Readonly<Record<string, string>> = {}): Resource {
  return defaultResource().merge(
    resourceFromAttributes({
      'service.name': 'solar-otel-agent',
      'service.version': version,
      ...attributes,
    }),
  );
}
