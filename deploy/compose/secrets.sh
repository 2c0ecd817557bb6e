#!/bin/sh
# Makes the secrets of compose.yaml, each in a file of secrets/; what is there already is not touched.
set -eu
cd "$(dirname "$0")/../.."

# Containers read the files as users of their own, so the folder is what keeps others on this machine out.
mkdir -p secrets
chmod 700 secrets

store() {
    cat >"secrets/$1.new"
    chmod 444 "secrets/$1.new"
    mv "secrets/$1.new" "secrets/$1"
}

for name in postgres_password webhook_secret jwt_secret erase_secret; do
    test -s "secrets/$name" || head -c 36 /dev/urandom | base64 | tr '+/' '-_' | store "$name"
done
if [ ! -s secrets/unipile_api_key ]; then
    if [ -t 0 ]; then printf 'Access token from the UniPile dashboard: ' >&2; fi
    IFS= read -r key || true
    test -n "$key" || { echo "confab: no token was given: run this again" >&2; exit 1; }
    printf '%s\n' "$key" | store unipile_api_key
fi
