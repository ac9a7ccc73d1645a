/** Name and password of an `Authorization` header, read as Go's net/http does; undefined when it holds none. */
export function basicCredentials(
  header: string | undefined,
): { readonly user: string; readonly password: string } | undefined {
  if (header === undefined || header.slice(0, PREFIX.length).toLowerCase() !== PREFIX) return undefined;
  const encoded = header.slice(PREFIX.length);
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString();
  const colon = decoded.indexOf(':');
  if (colon < 0) return undefined;
  return { user: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

const PREFIX = 'basic ';
