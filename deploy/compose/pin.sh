#!/bin/sh
# Prints lines for .env that pin each image of compose.yaml, and the Dockerfile's, to the digest which its tag has now.
set -eu
cd "$(dirname "$0")/../.."

# Each is written as ${NAME_IMAGE:-image:tag}.
sed -n 's/.*\${\([A-Z]*_IMAGE\):-\([^}]*\)}.*/\1 \2/p' compose.yaml | sort -u | while read -r name image; do
    digest="$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image" </dev/null)"
    case "$digest" in
        sha256:*) echo "$name=$image@$digest" ;;
        *) echo "confab: no digest of $image was found" >&2; exit 1 ;;
    esac
done
