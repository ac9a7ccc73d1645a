import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { alternativeNames } from '../../../src/export/web/client-certificate.ts';
import { someText } from '../fake-surface.ts';
import { sendRaw } from '../http-client.ts';
import { askSecurely, clientCertificate, gatedServer, pem, TLS } from './support.ts';

test('With a certificate the server speaks HTTPS, of TLS 1.2 and 1.3, and HTTP/1.1 only', async (t) => {
  const { url, address } = await gatedServer(t, TLS);
  assert.match(url, /^https:/);
  assert.equal((await askSecurely(`${url}/metrics`)).body, someText);
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const reply = await askSecurely(`${url}/healthz`, { minVersion: version, maxVersion: version });
    assert.equal(reply.status, 200);
  }
  const old = askSecurely(url, {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT:@SECLEVEL=0',
  });
  await assert.rejects(old, /protocol version/);
  const socket = connectTls({ port: address.port, ca: pem('ca.pem'), ALPNProtocols: ['h2', 'http/1.1'] });
  await once(socket, 'secureConnect');
  assert.equal(socket.alpnProtocol, 'http/1.1');
  socket.destroy();
});

test('A request without TLS is answered 400 in plain words', async (t) => {
  const { address, lines } = await gatedServer(t, TLS);
  assert.equal(
    await sendRaw(address.port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n',
  );
  assert.deepEqual(lines, []);
});

test('A TLS request to a server without TLS gets no answer that could be taken for one', async (t) => {
  const { url } = await gatedServer(t, '');
  await assert.rejects(askSecurely(url.replace('http:', 'https:')), { code: 'EPROTO' });
});

test('Versions, suites and curves are those of the file', async (t) => {
  const ecdsa = (name: string) => `TLS_ECDHE_ECDSA_WITH_${name}`;
  const suites = [ecdsa('AES_256_GCM_SHA384'), ecdsa('AES_128_GCM_SHA256')];
  const { address } = await gatedServer(
    t,
    `${TLS}  max_version: TLS12\n  cipher_suites: [${suites}]\n  curve_preferences: [CurveP384]\n`,
  );
  const handshake = async (options: object) => {
    const socket = connectTls({ port: address.port, ca: pem('ca.pem'), ...options });
    await once(socket, 'secureConnect');
    const agreed = [socket.getProtocol(), socket.getCipher().standardName, socket.getEphemeralKeyInfo()];
    socket.destroy();
    return agreed;
  };
  const curve = { type: 'ECDH', name: 'secp384r1', size: 384 };
  const both = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384';
  assert.deepEqual(await handshake({ ciphers: both }), ['TLSv1.2', suites[0], curve]);
  await assert.rejects(handshake({ ciphers: 'ECDHE-ECDSA-AES128-SHA' }), /handshake failure/);
  await assert.rejects(handshake({ ecdhCurve: 'X25519' }), /handshake failure/);
  await assert.rejects(handshake({ minVersion: 'TLSv1.3' }), /protocol version/);
});

test('The client chooses the suite where the server is not to', async (t) => {
  const { address } = await gatedServer(
    t,
    `${TLS}  max_version: TLS12\n  prefer_server_cipher_suites: false\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n`,
  );
  const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384';
  const socket = connectTls({ port: address.port, ca: pem('ca.pem'), ciphers });
  await once(socket, 'secureConnect');
  assert.equal(socket.getCipher().standardName, 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256');
  socket.destroy();
});

/** Client certificates: none, one of the test CA, one of its intermediate CA, one that signed itself. */
const CLIENTS = ['', 'client', 'nested', 'stranger'] as const;
const CA = '  client_ca_file: ca.pem\n';

const admitted: readonly [settings: string, clients: readonly string[]][] = [
  ['  client_auth_type: NoClientCert\n', CLIENTS],
  ['  client_auth_type: RequestClientCert\n', CLIENTS],
  [`  client_auth_type: RequestClientCert\n${CA}`, CLIENTS],
  ['  client_auth_type: RequireAnyClientCert\n', ['client', 'nested', 'stranger']],
  ['  client_auth_type: RequireClientCert\n', ['client', 'nested', 'stranger']],
  ['  client_auth_type: VerifyClientCertIfGiven\n', ['']],
  [`  client_auth_type: VerifyClientCertIfGiven\n${CA}`, ['', 'client']],
  ['  client_auth_type: RequireAndVerifyClientCert\n', []],
  [`  client_auth_type: RequireAndVerifyClientCert\n${CA}`, ['client']],
  ['  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: intermediate.pem\n', ['nested']],
  [
    `  client_auth_type: RequireAndVerifyClientCert\n${CA}  client_allowed_sans: [scraper.example]\n`,
    ['client'],
  ],
  [`  client_auth_type: RequireAndVerifyClientCert\n${CA}  client_allowed_sans: [other]\n`, []],
  [`  client_auth_type: RequireAndVerifyClientCert\n${CA}  client_allowed_sans: []\n`, []],
  [
    '  client_auth_type: RequestClientCert\n  client_allowed_sans: [scraper.example]\n',
    ['client', 'stranger'],
  ],
];

for (const [settings, clients] of admitted) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`${version}, ${settings.replace(/\s+/g, ' ')}: admits ${clients.map((name) => name || 'none')}`, async (t) => {
      const { url } = await gatedServer(t, TLS + settings);
      for (const client of CLIENTS) {
        const options = {
          minVersion: version,
          maxVersion: version,
          ...(client && clientCertificate(client)),
        };
        const asked = askSecurely(`${url}/healthz`, options);
        if (clients.includes(client)) assert.equal((await asked).status, 200, client);
        else await assert.rejects(asked, client);
      }
    });
  }
}

test('A resumed session is admitted as the first one was', async (t) => {
  const { address } = await gatedServer(t, `${TLS}  client_auth_type: RequireAndVerifyClientCert\n${CA}`);
  const options = { port: address.port, ca: pem('ca.pem'), ...clientCertificate('client') };
  const first = connectTls(options);
  const [session] = await once(first, 'session');
  first.destroy();
  const second = connectTls({ ...options, session });
  await once(second, 'secureConnect');
  assert.ok(second.isSessionReused());
  second.write('GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  assert.match(await text(second), /^HTTP\/1\.1 200 /);
});

test('The names of a certificate are read as Go writes them', () => {
  const written =
    'DNS:a.example, email:a@b, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1, URI:"a, DNS:b", DirName:CN=c, DNS:d';
  assert.deepEqual(alternativeNames(written), [
    'a.example',
    'a@b',
    '192.0.2.1',
    '2001:db8::1',
    'a, DNS:b',
    'd',
  ]);
  assert.deepEqual(alternativeNames(undefined), []);
  assert.deepEqual(alternativeNames('DNS:"\\x", DNS:e, DNS:"f, nonsense'), ['e', '"f']);
});

for (const san of ['scraper@example.com', '2001:db8::1', '192.0.2.1', 'spiffe://example/scraper']) {
  test(`A client whose certificate carries ${san} is admitted by it`, async (t) => {
    const { url } = await gatedServer(
      t,
      `${TLS}  client_auth_type: RequireAnyClientCert\n  client_allowed_sans: ["${san}"]\n`,
    );
    assert.equal((await askSecurely(`${url}/healthz`, clientCertificate('client'))).status, 200);
    await assert.rejects(askSecurely(`${url}/healthz`, clientCertificate('nested')));
  });
}

for (const [what, bytes] of [
  ['sends nothing', ''],
  ['sends half a handshake', '\x16\x03\x01\x02\x00\x01'],
  ['sends what is neither HTTP nor TLS', '\x16\x03\x01\x00\x05hello'],
]) {
  test(`A client that ${what} is cut off`, async (t) => {
    const { address, url } = await gatedServer(t, TLS, { limits: { headersTimeout: 500 } });
    await sendRaw(address.port, bytes ?? '').catch(() => '');
    assert.equal((await askSecurely(`${url}/healthz`)).status, 200);
  });
}

test('A client that says nothing after the handshake is answered 408', async (t) => {
  const { address } = await gatedServer(t, TLS, { limits: { headersTimeout: 60 } });
  const socket = connectTls({ port: address.port, ca: pem('ca.pem') });
  const [reply] = await once(socket, 'data');
  assert.match(String(reply), /^HTTP\/1\.1 408 /);
});

test('close lets a scrape over TLS finish and cuts off handshakes and idle connections', async (t) => {
  const begun = Promise.withResolvers<void>();
  const rendered = Promise.withResolvers<string>();
  const metrics = () => {
    begun.resolve();
    return rendered.promise;
  };
  const { url, address, close } = await gatedServer(t, TLS, { surface: { metrics } });
  const scrape = askSecurely(`${url}/metrics`);
  const silent = connect(address.port, '127.0.0.1').resume();
  const idle = connectTls({ port: address.port, ca: pem('ca.pem') }).resume();
  idle.on('error', () => {});
  await Promise.all([begun.promise, once(silent, 'connect'), once(idle, 'secureConnect')]);
  const ended = [once(silent, 'close'), once(idle, 'close')];
  const closed = close(60_000);
  await Promise.all(ended);
  rendered.resolve(someText);
  assert.equal((await scrape).body, someText);
  await closed;
});

test('close cuts off a scrape over TLS when the grace is over', async (t) => {
  const begun = Promise.withResolvers<void>();
  const metrics = () => {
    begun.resolve();
    return new Promise<string>(() => {});
  };
  const { url, close } = await gatedServer(t, TLS, { surface: { metrics } });
  const scrape = assert.rejects(askSecurely(`${url}/metrics`), { code: 'ECONNRESET' });
  await begun.promise;
  await close(1);
  await scrape;
});
