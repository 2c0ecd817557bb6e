"""Makes texts storable: what Postgres or UTF-8 cannot hold is replaced."""

import re

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"


def clean(text: str) -> str:
    """Replace NUL and lone surrogates."""
    return UNSTORABLE.sub(REPLACEMENT, text)
