import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebConfig } from '../../../src/export/web/file.ts';
import { loadWebConfig } from '../../../src/export/web/watched-file.ts';
import { pem, TLS, webFolder } from './support.ts';

const HASH = '$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu';
const indented = (text: string) => text.replace(/^/gm, '    ');
const VERSIONS = '{cert_file: server.pem, key_file: server.key';

const accepted: readonly [what: string, file: string, holds: (config: WebConfig) => void][] = [
  [
    'an empty file',
    '',
    ({ tls, users, empty }) => assert.deepEqual([tls, users.size, empty], [undefined, 0, true]),
  ],
  ['a file of comments', '# nothing\n', ({ empty }) => assert.ok(empty)],
  [
    'an empty section',
    'tls_server_config:\n',
    ({ tls, empty }) => assert.deepEqual([tls, empty], [undefined, false]),
  ],
  [
    'empty texts as absent',
    'tls_server_config: {cert_file: "", key: ~, client_auth_type: ""}',
    ({ tls }) => assert.equal(tls, undefined),
  ],
  [
    'settings that do not turn TLS on',
    'tls_server_config: {min_version: TLS13, prefer_server_cipher_suites: yes}',
    ({ tls }) => assert.equal(tls, undefined),
  ],
  [
    'certificate and key inline',
    `tls_server_config:\n  cert: |\n${indented(pem('server.pem'))}\n  key: |\n${indented(pem('server.key'))}`,
    ({ tls }) => assert.equal(tls?.options.cert, pem('server.pem')),
  ],
  [
    'a path in place of what is inline',
    `tls_server_config: {cert_file: server.pem, cert: nonsense, key_file: server.key, key: nonsense}`,
    ({ tls }) => assert.equal(tls?.options.key, pem('server.key')),
  ],
  [
    'TLS 1.2 where the file allows what is older',
    `tls_server_config: ${VERSIONS}, min_version: TLS10, max_version: TLS12}`,
    ({ tls }) => assert.deepEqual([tls?.options.minVersion, tls?.options.maxVersion], ['TLSv1.2', 'TLSv1.2']),
  ],
  [
    'cipher suites in their order, after those of TLS 1.3',
    `tls_server_config: ${VERSIONS}, cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA], prefer_server_cipher_suites: False}`,
    ({ tls }) => {
      const ciphers =
        'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-SHA';
      assert.deepEqual([tls?.options.ciphers, tls?.options.honorCipherOrder], [ciphers, false]);
    },
  ],
  [
    'suites without those of HTTP/2 where it is off',
    `tls_server_config: ${VERSIONS}, cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]}\nhttp_server_config: {http2: off}`,
    ({ tls }) => assert.ok(tls),
  ],
  [
    'curves in their order',
    `tls_server_config: ${VERSIONS}, curve_preferences: [X25519, CurveP384, X25519]}`,
    ({ tls }) => assert.equal(tls?.options.ecdhCurve, 'X25519:P-384'),
  ],
  [
    'the system CAs where clients are verified and none is given',
    `tls_server_config: ${VERSIONS}, client_auth_type: RequireAndVerifyClientCert}`,
    ({ tls }) => assert.ok(Array.isArray(tls?.options.ca)),
  ],
  [
    'headers as they were written, without line breaks and blank ones',
    'http_server_config:\n  headers:\n    X-XSS-Protection: 1\n    Strict-Transport-Security: ""\n    Content-Security-Policy: |\n      default-src\n      ü\n',
    ({ headers }) =>
      assert.deepEqual(headers, { 'X-XSS-Protection': '1', 'Content-Security-Policy': 'default-src Ã¼' }),
  ],
  [
    'users, also with names that YAML reads as numbers',
    `basic_auth_users: {alice: ${HASH}, 007: ${HASH}, __proto__: ${HASH}}`,
    ({ users }) => assert.deepEqual([...users.keys()], ['alice', '007', '__proto__']),
  ],
  [
    'an alias',
    `basic_auth_users: {alice: &hash ${HASH}, bob: *hash}`,
    ({ users }) => assert.equal(users.get('bob'), HASH),
  ],
  [
    'a rate limit',
    'rate_limit: {interval: 1m0.5s, burst: 3}',
    ({ rateLimit }) => assert.deepEqual(rateLimit, { interval: 60_500, burst: 3 }),
  ],
  [
    'no rate limit',
    'rate_limit: {interval: 0, burst: 0}',
    ({ rateLimit }) => assert.equal(rateLimit, undefined),
  ],
];

for (const [what, file, holds] of accepted) {
  test(`The file may hold ${what}`, (t) => holds(loadWebConfig(webFolder(t, file).file)));
}

for (const [what, file, warnings] of [
  [
    'a version below TLS 1.2',
    'tls_server_config: {min_version: TLS11}',
    [/min_version: TLS11 is not supported, TLS12 is used$/],
  ],
  [
    'a rate limit without a burst',
    'rate_limit: {interval: 1s}',
    [/rate_limit\.burst: below 1, so every request is answered 429$/],
  ],
  [
    'hashes that take long',
    `basic_auth_users: {alice: ${HASH}, bob: ${HASH.replace('$10$', '$14$')}, carol: ${HASH.replace('$10$', '$13$')}}`,
    [/basic_auth_users\.bob: at cost 14 checking a password takes about 1 s; 10 to 12 is usual$/],
  ],
  ['nothing strange', `${TLS}rate_limit: {interval: 1s, burst: 1}`, []],
] as const) {
  test(`The file may hold ${what}: ${warnings.length} warnings`, (t) => {
    const { file: path } = webFolder(t, file);
    const given = loadWebConfig(path).warnings;
    assert.equal(given.length, warnings.length);
    for (const [index, warning] of warnings.entries()) assert.match(given[index] ?? '', warning);
    assert.ok(given.every((warning) => warning.startsWith(`${path}: `)));
  });
}
