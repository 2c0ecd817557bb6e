"""Renders the icons of the installed app from frontend/public/favicon.svg: `make icons`."""

import asyncio
import re
import subprocess
from typing import NamedTuple

from playwright.async_api import Browser, async_playwright

from server.config import ROOT

PUBLIC = ROOT / "frontend" / "public"
# Launchers cut a maskable icon to their own shape: only the inner 80 % is certain to be seen.
SAFE_SHARE = 0.8


class Icon(NamedTuple):
    """A file, its width in pixels, and whether the background fills all of it."""

    name: str
    size: int
    is_full: bool = False


ICONS = (
    Icon("icon-192.png", 192),
    Icon("icon-512.png", 512),
    Icon("icon-maskable-512.png", 512, is_full=True),
    Icon("apple-touch-icon.png", 180, is_full=True),
)


def draw(svg: str, icon: Icon) -> str:
    """The picture in this size; where it is full, the background has no round corners and the sign is smaller."""
    if icon.is_full:
        background, sign = re.fullmatch(
            r"(<svg[^>]*><rect[^>]*/>)(.*)</svg>", svg.strip(), re.DOTALL
        ).groups()  # type: ignore[union-attr]
        shrunk = f"translate({16 * (1 - SAFE_SHARE)} {16 * (1 - SAFE_SHARE)}) scale({SAFE_SHARE})"
        svg = f'{background.replace(" rx=", " data-rx=")}<g transform="{shrunk}">{sign}</g></svg>'
    return svg.replace("<svg ", f'<svg width="{icon.size}" height="{icon.size}" style="display:block" ', 1)


async def render(browser: Browser, svg: str, icon: Icon) -> None:
    """Save one icon."""
    page = await browser.new_page(viewport={"width": icon.size, "height": icon.size})
    await page.set_content(f'<body style="margin:0;background:transparent">{draw(svg, icon)}</body>')
    await page.screenshot(path=PUBLIC / icon.name, omit_background=True)
    await page.close()


async def main() -> None:
    """Render all icons."""
    finder = [ROOT / ".ci" / "chromium"]
    found = await asyncio.to_thread(subprocess.run, finder, stdout=subprocess.PIPE, text=True, check=True)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=found.stdout.strip(), args=["--no-sandbox"]
        )
        for icon in ICONS:
            await render(chromium, (PUBLIC / "favicon.svg").read_text(), icon)
        await chromium.close()


if __name__ == "__main__":
    asyncio.run(main())
