"""Checks ASSET_URL: whether browsers get this version's files there, and may use them."""

import re
from pathlib import Path

import aiohttp

from server.config import ROOT, Config
from server.config.web import Web
from server.said.said import Said, said
from server.system.findings import FAILED, OK, Finding

STATIC = ROOT / "static"
CHECK_SECONDS = 5.0
# Scripts of the page, as the build names them.
SCRIPT = re.compile(r'src="/(assets/[^"]+\.js)"')


async def check_assets(config: Config, static: Path = STATIC) -> list[Finding]:
    """Request the page's scripts as a browser does, which needs the header for pages of other origins."""
    if not config.web.asset_url:
        return []
    timeout = aiohttp.ClientTimeout(total=CHECK_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, headers={"Origin": config.web.public_url}) as session:
        for name, content in _scripts_of(static).items():
            problem = await _problem_with(session, config.web, name, content)
            if problem is not None:
                return [Finding("asset url", FAILED, problem)]
    return [Finding("asset url", OK, said("assets_served", url=config.web.asset_url))]


def _scripts_of(static: Path) -> dict[str, bytes]:
    """The scripts that the page has in it, by name."""
    page = static / "index.html"
    names = SCRIPT.findall(page.read_text()) if page.is_file() else []
    return {name: (static / name).read_bytes() for name in names}


async def _problem_with(session: aiohttp.ClientSession, web: Web, name: str, content: bytes) -> Said | None:
    url = f"{web.asset_url}/{name}"
    try:
        # A policy with a path does not allow where a redirect leads.
        async with session.get(url, allow_redirects=False) as answer:
            body = await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        return said("assets_silent", url=url, error=type(error).__name__)
    if answer.status != 200:
        return said("assets_missing", url=url, status=answer.status)
    if body != content:
        return said("assets_differ", url=url)
    if answer.headers.get("Access-Control-Allow-Origin") not in ("*", web.public_url):
        return said("assets_closed", url=url)
    return None
