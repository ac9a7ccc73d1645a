#!/bin/sh
# Makes the certificates of these tests with openssl; they are valid from 2020 to 2120.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
touch "$work/index"
cat > "$work/ca.conf" << END
[ca]
default_ca = tests
[tests]
new_certs_dir = $work
database = $work/index
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
END

# NAME SUBJECT ISSUER EXTENSION…; the issuer is another name of these, or self
certificate() {
  name=$1 subject=$2 issuer=$3
  shift 3
  printf '%s\n' "$@" > "$work/extensions"
  openssl ecparam -name prime256v1 -genkey -noout -out "$name.key"
  openssl req -new -key "$name.key" -subj "/CN=$subject" -out "$work/request"
  if [ "$issuer" = self ]; then set -- -selfsign -keyfile "$name.key"; else set -- -cert "$issuer.pem" -keyfile "$issuer.key"; fi
  openssl ca -batch -notext -config "$work/ca.conf" -in "$work/request" -out "$name.pem" \
    -startdate 20200101000000Z -enddate 21200101000000Z -extfile "$work/extensions" "$@" 2> /dev/null
}

certificate ca 'Test CA' self 'basicConstraints=critical,CA:TRUE'
certificate intermediate 'Test CA 2' ca 'basicConstraints=critical,CA:TRUE'
certificate server localhost ca 'subjectAltName=DNS:localhost,IP:127.0.0.1'
certificate renewed localhost ca 'subjectAltName=DNS:localhost,IP:127.0.0.1'
certificate client scraper ca 'extendedKeyUsage=clientAuth' \
  'subjectAltName=DNS:scraper.example,email:scraper@example.com,IP:2001:db8::1,IP:192.0.2.1,URI:spiffe://example/scraper'
certificate nested scraper intermediate 'subjectAltName=DNS:nested.example'
certificate stranger stranger self 'subjectAltName=DNS:scraper.example'
