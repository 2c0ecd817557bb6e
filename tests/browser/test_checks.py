"""The checks of a screen find colours that are unreadable in the scheme not shown, and fields without a focus ring."""

import pytest

from tests.browser.checks import check_screen, check_tab_order
from tests.support.fixtures_browser import Windows

PAGE = """
<!doctype html><html lang="en"><title>Colours</title>
<style>
  body {{ background: white; color: black; transition: background-color 1s, color 1s }}
  @media (prefers-color-scheme: dark) {{ body {{ background: black; color: {text} }} }}
</style>
<main><h1>Colours</h1><p>Readable in light colours.</p></main></html>
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_unreadable_colours_are_found_in_either_scheme(windows: Windows, scheme: str) -> None:
    page = await windows.open("about:blank", color_scheme=scheme)
    await page.set_content(PAGE.format(text="white"))
    await check_screen(page)
    assert await page.evaluate(f"() => matchMedia('(prefers-color-scheme: {scheme})').matches")
    await page.set_content(PAGE.format(text="#333"))
    with pytest.raises(AssertionError, match="color-contrast"):
        await check_screen(page)


BOXED = """
<style>
  textarea, button {{ border: 0; outline: none }}
  button:focus {{ background: yellow }}
  .box:has({focused}) {{ box-shadow: 0 0 0 3px blue }}
</style>
<div class="box"><textarea></textarea>{beside}<button>Emoji</button></div>
"""


async def test_the_box_of_a_field_may_draw_its_focus_ring(windows: Windows) -> None:
    page = await windows.open("about:blank")
    await page.set_content(BOXED.format(focused="textarea:focus", beside=""))
    await check_tab_order(page)


@pytest.mark.parametrize(
    ("focused", "beside"), [("button:focus", ""), ("textarea:focus", "<textarea></textarea>")]
)
async def test_a_field_without_a_focus_ring_is_found(windows: Windows, focused: str, beside: str) -> None:
    """Also if the ring is around two fields: it does not tell which one has the focus."""
    page = await windows.open("about:blank")
    await page.set_content(BOXED.format(focused=focused, beside=beside))
    with pytest.raises(AssertionError, match="textarea"):
        await check_tab_order(page)
