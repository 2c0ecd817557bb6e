"""Names the files with a hash in their name under ASSET_URL, a CDN's, in the page and in the service worker."""

import re

# The files of a build name each other relative to themselves; these two name them from the root
# (frontend/scripts/assetUrls.js).
NAMED_IN = frozenset(("index.html", "sw.js"))
FOLDER = "/assets/"
# Within quotes, or in a stylesheet's url().
NAMED = re.compile(rf'(?<=["(]){FOLDER}')


def assets_source(asset_url: str) -> str:
    """Where they are, as a policy names it: nothing beside that folder is allowed."""
    return f"{asset_url}{FOLDER}"


def name_assets(text: bytes, asset_url: str) -> bytes:
    """The page, or the service worker, with the addresses of the files."""
    return NAMED.sub(lambda _: assets_source(asset_url), text.decode()).encode()
