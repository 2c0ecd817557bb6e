"""What the chats in the pictures contain besides texts: photos, a voice note, a file, a group, a lost connection."""

from playwright.async_api import Browser

from docs.make_pictures import STORE, WORKSHOP
from sandbox.generators.script import VOICE_NOTE
from tests.support.fixtures_stack import Stack
from tests.support.media_files import enclosed

# A still life in four moods: what a furniture shop sends and gets.
SKIES = (("#f6d365", "#fda085"), ("#a1c4fd", "#c2e9fb"), ("#d4fc79", "#96e6a1"), ("#fbc2eb", "#a6c1ee"))
SCENES: list[bytes] = []


def _scene(top: str, bottom: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><defs><linearGradient id="s" x2="0" y2="1">'
        f'<stop stop-color="{top}"/><stop offset="1" stop-color="{bottom}"/></linearGradient></defs>'
        '<rect width="640" height="480" fill="url(#s)"/><rect y="380" width="640" height="100" fill="#7a5230"/>'
        '<rect x="180" y="250" width="280" height="22" rx="6" fill="#5b3a1e"/>'
        '<path d="M205 272l-18 130m248-130 18 130" stroke="#5b3a1e" stroke-width="18"/>'
        '<rect x="290" y="196" width="60" height="54" rx="8" fill="#fff" opacity=".85"/></svg>'
    )


async def draw_scenes(browser: Browser) -> None:
    """Draw the photos that the demo chats contain."""
    page = await browser.new_page(viewport={"width": 640, "height": 480})
    for top, bottom in SKIES:
        await page.set_content(f'<body style="margin:0">{_scene(top, bottom)}</body>')
        SCENES.append(await page.screenshot(type="jpeg", quality=80))
    await page.close()


async def send_media(stack: Stack) -> None:
    """Give one chat an album, a voice note, a file and formatted text; add a group; disconnect the workshop last."""
    hana = {"from": {"phone_number": "819012340002", "name": "Hana Sato"}}
    for number, scene in enumerate(SCENES):
        photo = enclosed(f"shelf-{number}.jpg", scene, "image/jpeg")
        await stack.write(STORE, "", attachments=[photo], **hana)
    voice = enclosed("voice.ogg", VOICE_NOTE.read_bytes(), "audio/ogg", voice_note=True)
    await stack.write(STORE, "", attachments=[voice], **hana)
    await stack.write(
        STORE, "", attachments=[enclosed("drawing.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")], **hana
    )
    text = "*Two shelves*, _oiled oak_:\n- 120 × 30 cm\n- 80 × 30 cm\nDrawing at https://example.com/shelf (page 2)."
    await stack.write(STORE, text, **hana)
    await stack.write(STORE, "🙌", **hana)
    group = {"name": "Wholesale Berlin"}
    talk = (
        ("2348031110001", "Chidi Okafor", "Morning all, 40 chairs for the café in Kreuzberg?"),
        ("2348031110001", "Chidi Okafor", "Delivery next week if possible"),
        ("819012340002", "Hana Sato", "We have 28 in stock, 12 more on Friday."),
        ("4915112340003", "Lea Baumann", "Which colour?"),
        ("2348031110001", "Chidi Okafor", "Oak, or walnut if oak is out"),
    )
    for phone, name, line in talk:
        await stack.write(STORE, line, group=group, **{"from": {"phone_number": phone, "name": name}})
    await stack.sandbox.ok("POST", f"/sandbox/accounts/{WORKSHOP}/status", {"status": "CREDENTIALS"})
