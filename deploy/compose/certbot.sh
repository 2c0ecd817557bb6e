#!/bin/sh
# Gets a certificate for PUBLIC_URL's host over ACME, and renews it; nginx.sh takes it from the shared folder.
set -eu
host="${PUBLIC_URL#https://}" host="${host%%[:/]*}"

get() {
    certbot certonly --non-interactive --agree-tos --email "$ACME_EMAIL" --webroot --webroot-path /acme \
        --server "${ACME_SERVER:-https://acme-v02.api.letsencrypt.org/directory}" \
        --keep-until-expiring --cert-name confab --domain "$host"
}

# Complete before it is seen: the key first, each by a rename.
hand_over() {
    umask 077
    for file in privkey fullchain; do
        cp -L "/etc/letsencrypt/live/confab/$file.pem" "/tls/$file.new"
        mv "/tls/$file.new" "/tls/$file.pem"
    done
}

trap exit TERM INT
while true; do
    # Authorities limit failed tries: an hour in between. A valid certificate is left as it is.
    if get && hand_over; then pause=43200; else pause=3600; fi
    sleep "$pause" &
    wait $!
done
