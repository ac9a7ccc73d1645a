import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadWebConfig } from '../../../src/export/web/watched-file.ts';
import { ConfigError } from '../../../src/settings/problems.ts';
import { TLS, webFolder } from './support.ts';

const HASH = '$2y$10$qRTBuFoULoYNA7AQ/F3ck.trZBPyjV64.oA4ZsSBCIWvXuvQlQTuu';

const refused: readonly [what: string, file: string, message: RegExp][] = [
  ['a text', 'secret', /web\.yml: must hold settings such as `key: value`$/],
  ['broken YAML', 'a: [secret', /web\.yml: is not valid YAML \(line 1, column \d+\)$/],
  ['a key twice', 'rate_limit: {}\nrate_limit: {}', /web\.yml: gives a key twice \(line 2, column 1\)$/],
  [
    'an unknown section',
    'tls: {}',
    /: tls: is not a setting; here are possible: tls_server_config, http_server_config, /,
  ],
  [
    'an unknown key',
    'tls_server_config: {cert_filse: a}',
    /: tls_server_config\.cert_filse: is not a setting; .*cert_file/,
  ],
  ['a list for a section', 'tls_server_config: [a]', /: tls_server_config: must hold settings/],
  ['a mapping for a text', 'tls_server_config: {cert: {a: b}}', /: tls_server_config\.cert: must be a text$/],
  [
    'a key without a certificate',
    'tls_server_config: {key_file: server.key}',
    /: tls_server_config\.cert_file: must be set, or cert, where TLS is used$/,
  ],
  [
    'a certificate without a key',
    'tls_server_config: {cert_file: server.pem}',
    /: tls_server_config\.key_file: must be set, or key,/,
  ],
  [
    'only a way to ask clients',
    'tls_server_config: {client_auth_type: NoClientCert}',
    /: tls_server_config\.cert_file: must be set/,
  ],
  [
    'a certificate that is not there',
    'tls_server_config: {cert_file: none, key_file: server.key}',
    /: tls_server_config\.cert_file: \/.*\/none does not exist$/,
  ],
  [
    'a file that is no certificate',
    'tls_server_config: {cert_file: server.key, key_file: server.key}',
    /: tls_server_config\.cert_file: must hold a certificate in PEM format$/,
  ],
  [
    'a file that is no key',
    'tls_server_config: {cert_file: server.pem, key_file: server.pem}',
    /: tls_server_config\.key_file: must hold a private key in PEM format, without a passphrase$/,
  ],
  [
    "another certificate's key",
    'tls_server_config: {cert_file: stranger.pem, key_file: server.key}',
    /: tls_server_config\.key_file: must be the private key of the certificate in tls_server_config\.cert_file$/,
  ],
  [
    'an unknown way to ask clients',
    `${TLS}  client_auth_type: Any`,
    /: tls_server_config\.client_auth_type: must be NoClientCert, .* or RequireAndVerifyClientCert, not "Any"$/,
  ],
  [
    'client CAs that are not used',
    `${TLS}  client_ca_file: ca.pem`,
    /: tls_server_config\.client_auth_type: must ask for client certificates where tls_server_config\.client_ca_file is set: RequestClientCert, /,
  ],
  [
    'client CAs that are not there',
    `${TLS}  client_auth_type: VerifyClientCertIfGiven\n  client_ca_file: none`,
    /: tls_server_config\.client_ca_file: \/.*\/none does not exist$/,
  ],
  [
    'client CAs that are none',
    `${TLS}  client_auth_type: VerifyClientCertIfGiven\n  client_ca: secret`,
    /: tls_server_config\.client_ca: must hold a certificate in PEM format$/,
  ],
  [
    'an unknown version',
    'tls_server_config: {min_version: TLS111}',
    /: tls_server_config\.min_version: must be TLS10, TLS11, TLS12 or TLS13, not "TLS111"$/,
  ],
  [
    'nothing newer than TLS 1.1',
    'tls_server_config: {max_version: TLS11}',
    /: tls_server_config\.max_version: must be TLS12 or TLS13, not "TLS11"$/,
  ],
  [
    'versions upside down',
    `${TLS}  min_version: TLS13\n  max_version: TLS12`,
    /: tls_server_config\.max_version: must not be below min_version$/,
  ],
  [
    'an unknown suite',
    'tls_server_config: {cipher_suites: [a]}',
    /: tls_server_config\.cipher_suites\[0\]: must be TLS_.* or TLS_.*, not "a"$/,
  ],
  [
    'one suite and no list',
    'tls_server_config: {cipher_suites: TLS_AES_128_GCM_SHA256}',
    /: tls_server_config\.cipher_suites: must be a list$/,
  ],
  [
    'suites without those of HTTP/2',
    `${TLS}  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]`,
    /: tls_server_config\.cipher_suites: must include .*, unless http_server_config\.http2 is false$/,
  ],
  [
    'an unknown curve',
    'tls_server_config: {curve_preferences: [CurveP257]}',
    /: tls_server_config\.curve_preferences\[0\]: must be CurveP256, .* not "CurveP257"$/,
  ],
  [
    'a word for a boolean',
    'http_server_config: {http2: maybe}',
    /: http_server_config\.http2: must be true or false, not "maybe"$/,
  ],
  [
    'a boolean in quotes',
    'http_server_config: {http2: "true"}',
    /: http_server_config\.http2: must be true or false/,
  ],
  [
    'a header of its own',
    'http_server_config: {headers: {Content-Type: a}}',
    /headers\.Content-Type: is not a header that can be set; these can: Content-Security-Policy, /,
  ],
  [
    'a header with another value',
    'http_server_config: {headers: {X-Frame-Options: DENY}}',
    /X-Frame-Options: must be deny or sameorigin, not "DENY"$/,
  ],
  [
    'an empty header with few values',
    'http_server_config: {headers: {X-Content-Type-Options: }}',
    /X-Content-Type-Options: must be nosniff, not ""$/,
  ],
  [
    'a control character in a header',
    'http_server_config: {headers: {X-XSS-Protection: "a\\0"}}',
    /X-XSS-Protection: must be a text without control characters$/,
  ],
  [
    'a password in clear',
    'basic_auth_users: {alice: secret}',
    /: basic_auth_users\.alice: must be a bcrypt hash .* as `htpasswd -nBC 10 USER` prints/,
  ],
  [
    'a user without a hash',
    'basic_auth_users: {alice: }',
    /: basic_auth_users\.alice: must be a bcrypt hash/,
  ],
  [
    'a hash with a cost of 3',
    `basic_auth_users: {alice: ${HASH.replace('$10$', '$03$')}}`,
    /must be a bcrypt hash with a cost from 4 to 31/,
  ],
  [
    'a user whose name is an escape sequence',
    'basic_auth_users: {"a\\e[2J": secret}',
    /: basic_auth_users\.a \[2J: must be/,
  ],
  [
    'a time that is none',
    'rate_limit: {interval: 1d}',
    /: rate_limit\.interval: must be a time such as 1s, 500ms or 1m30s, not "1d"$/,
  ],
  ['a broken number', 'rate_limit: {burst: 1.5}', /: rate_limit\.burst: must be a whole number, not "1\.5"$/],
];

for (const [what, file, message] of refused) {
  test(`The file may not hold ${what}, and the error shows no secret`, (t) => {
    const error = (() => {
      try {
        loadWebConfig(webFolder(t, file).file);
      } catch (thrown) {
        return thrown;
      }
      return assert.fail('it was accepted');
    })();
    assert.ok(error instanceof ConfigError, String(error));
    assert.match(error.message, message);
    assert.match(error.message, /^\/.*web\.yml: [^\n]*$/);
    assert.doesNotMatch(error.message, /secret|\$10\$|BEGIN/);
  });
}

test('A file that is not there is an error that names it', () => {
  assert.throws(() => loadWebConfig('/nowhere/web.yml'), {
    message: '/nowhere/web.yml: does not exist',
  });
});
