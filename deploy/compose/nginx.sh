#!/bin/sh
# nginx of compose.yaml: deploy/nginx.conf with this installation's address and certificate. `nginx.sh render` only prints it.
set -eu
SOURCE="${SOURCE:-/confab/nginx.conf}" TLS="${TLS:-/tls}" ACME="${ACME:-/acme}" TARGET=/etc/nginx/conf.d/confab.conf
CERTIFICATE="$TLS/fullchain.pem" KEY="$TLS/privkey.pem"

address="${PUBLIC_URL%/}"
case "$address" in
    https://*[!A-Za-z0-9.:-]* | https://) valid=false ;;
    https://*) valid=true ;;
    *) valid=false ;;
esac
$valid || { echo "confab: PUBLIC_URL must be an address such as https://inbox.example.com" >&2; exit 1; }
host="${address#https://}" host="${host%%:*}"

# The first server, on port 80, answers the authority that issues certificates, and redirects everybody else.
plain() {
    printf '    location /.well-known/acme-challenge/ { root %s; }\n' "$ACME"
    printf '    location / { return 301 %s$request_uri; }\n' "$address"
}

# `resolve`: an instance that Docker starts anew has another address.
render() {
    part="/tmp/confab-plain.$$"
    plain >"$part"
    printf 'resolver 127.0.0.11 valid=5s;\n'
    sed -e "s#server 10\.0\.0\.1:8080 .*#zone confab_web 64k;\n    server web:8080 resolve max_fails=2 fail_timeout=5s;#" \
        -e '/server 10\.0\.0\.2:8080 /d' \
        -e "s#/etc/ssl/inbox\.example\.com\.pem#$CERTIFICATE#" \
        -e "s#/etc/ssl/inbox\.example\.com\.key#$KEY#" \
        -e "s#inbox\.example\.com#$host#g" \
        -e "/^    return 301 /{r $part" -e 'd;}' "$SOURCE"
    rm "$part"
}

# Without a certificate there is only port 80, at which one can be had.
render_plain() {
    printf 'server {\n    listen 80;\n    server_name %s;\n' "$host"
    plain
    printf '}\n'
}

has_certificate() { test -s "$CERTIFICATE" && test -s "$KEY"; }

fingerprint() { cat "$CERTIFICATE" "$KEY" 2>/dev/null | cksum; }

configure() {
    if has_certificate; then render >"$TARGET"; else render_plain >"$TARGET"; fi
}

# A renewed certificate is taken within a minute. One that nginx rejects leaves the present one in use.
follow() {
    seen="$(fingerprint)"
    while sleep 60; do
        now="$(fingerprint)"
        test "$now" = "$seen" && continue
        seen="$now"
        configure && nginx -t && nginx -s reload || echo "confab: nginx does not accept the new certificate" >&2
    done
}

if [ "${1:-}" = render ]; then
    render
    exit
fi
has_certificate || echo "confab: no certificate in $TLS yet, so only port 80 is served (docs/operations/install.md)" >&2
configure
follow &
exec nginx -g 'daemon off;'
