#!/bin/sh
# Makes the secrets of compose.yaml, each in a file of secrets/files/; what is there already is not touched.
set -eu
cd "$(dirname "$0")/../.."

# Containers read the files as users of their own, and see files/ only: all may enter that. What keeps others on this machine
# out is the folder around it.
mkdir -p secrets/files
chmod 700 secrets
chmod 755 secrets/files

store() {
    cat >"secrets/files/$1.new"
    chmod 444 "secrets/files/$1.new"
    mv "secrets/files/$1.new" "secrets/files/$1"
}

# Up to 0.2.0 they were in the outer folder.
for file in secrets/*; do
    test ! -f "$file" || mv "$file" secrets/files/
done
for name in postgres_password webhook_secret jwt_secret erase_secret; do
    test -s "secrets/files/$name" || head -c 36 /dev/urandom | base64 | tr '+/' '-_' | store "$name"
done
if [ ! -s secrets/files/unipile_api_key ]; then
    if [ -t 0 ]; then printf 'Access token from the UniPile dashboard: ' >&2; fi
    IFS= read -r key || true
    test -n "$key" || { echo "confab: no token was given: run this again" >&2; exit 1; }
    printf '%s\n' "$key" | store unipile_api_key
fi
