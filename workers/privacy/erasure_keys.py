"""Reports at a worker's start that a secret is missing with which data was erased."""

import structlog

from server.store.privacy.erasure_digests import count_missing_keys
from workers.context import Parts

log = structlog.get_logger()


async def check_erasure_keys(parts: Parts) -> None:
    """Without its secret, what was erased is not recognised when UniPile sends it again."""
    missing = await parts.database.read(count_missing_keys, parts.name_hasher)
    if missing:
        log.error(
            "erasure_key_missing",
            missing=missing,
            advice="Put the earlier secrets into ERASE_SECRET_PREVIOUS.",
        )
