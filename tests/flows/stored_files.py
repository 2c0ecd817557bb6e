"""Files in the storage's folder."""

from tests.support.fixtures_stack import Stack


async def stored_blobs(stack: Stack) -> int:
    folder = stack.config.data_dir / "media"
    return len([path for path in folder.rglob("*") if path.is_file()])
