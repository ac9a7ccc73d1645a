export interface Endpoint {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, unless it begins with `v4/`. */
  readonly path: string;
}

export type Params = Readonly<Record<string, string | number>>;

/** What people call an endpoint: the last two parts of its path. */
export const endpointName = ({ path }: Endpoint) => path.split('/').slice(-2).join('/');

/** One call to the cloud; the pages of a list are one call. */
export interface Call {
  readonly endpoint: Endpoint;
  /** All but the paging. */
  readonly params: Params;
  /** Tells it apart from other calls. */
  readonly key: string;
  /** Throws for an answer that cannot be used, so that it is asked for again. */
  readonly check?: ((envelope: unknown) => unknown) | undefined;
}

export function callOf(endpoint: Endpoint, params: Params, check?: Call['check']): Call {
  const values = Object.entries(params).map(([name, value]) => `${name}=${value}`);
  return { endpoint, params, key: [endpoint.path, ...values].join(' '), check };
}

/** Endpoint and the plant or device that a call is about, short enough for a line of log. */
export function describeCall({ endpoint, params }: Call): string {
  const [first = ''] = Object.values(params);
  const [subject = '', ...more] = String(first).split(',');
  const about = more.length > 0 ? `${subject} and ${more.length} more` : subject;
  return [endpointName(endpoint), about].filter(Boolean).join(' ');
}
