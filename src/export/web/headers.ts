import { validateHeaderValue } from 'node:http';
import { alternatives, invalid, WebConfigError } from './yaml.ts';

/** The headers that may be set, and their values where these are few. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'Content-Security-Policy': [],
  'Strict-Transport-Security': [],
  'X-Content-Type-Options': ['nosniff'],
  'X-Frame-Options': ['deny', 'sameorigin'],
  'X-XSS-Protection': [],
};

/** The headers of the section `http_server_config` as Node sends them. @throws WebConfigError */
export function checkedHeaders(headers: ReadonlyMap<string, string>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of headers) {
    const key = `http_server_config.headers.${name}`;
    const values = Object.hasOwn(HEADERS, name) ? HEADERS[name] : undefined;
    if (!values) {
      throw new WebConfigError(
        key,
        `is not a header that can be set; these can: ${Object.keys(HEADERS).join(', ')}`,
      );
    }
    if (values.length > 0 && !values.includes(value))
      throw invalid(key, `must be ${alternatives(values)}`, value);
    // As Go writes headers: one line, in UTF-8.
    const line = Buffer.from(value.replace(/[\r\n]/g, ' ').trim()).toString('latin1');
    try {
      validateHeaderValue(name, line);
    } catch {
      throw new WebConfigError(key, 'must be a text without control characters');
    }
    if (line !== '') checked[name] = line;
  }
  return checked;
}
