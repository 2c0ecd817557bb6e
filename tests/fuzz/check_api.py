"""schemathesis against a running Confab: no generated request may cause a 5xx or a response that the OpenAPI
document does not declare. Run by `make fuzz`, apart from the other tests.
"""

import asyncio
import base64
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from server.config import Config
from server.config.billing import Billing
from server.routes import ROUTES
from tests.fuzz.sample_account import EXTERNAL_ID, LINK_TOKEN, SampleAccount, furnish
from tests.support.fixtures_stack import run_stack
from tests.support.peers import WEBHOOK_SECRET

SEED = int(os.environ.get("SEED", "20260302"))
EXAMPLES = os.environ.get("EXAMPLES", "30")
DAY_SECONDS = 24 * 3600
BILLING_SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
# Routes that others leave nothing to do, which send or cancel what is planned.
BEGINNING = ("plan_message", "change_planned")
# Routes that change or delete what others need come after them, in this order; those that end the session come last.
ENDING = (
    ("delete_message", "drop_dead_letter", "delete_label"),
    ("merge_contacts",),
    ("erase_contact",),
    ("show_erasure",),
    (
        *("reconnect_account", "disconnect_account", "delete_export", "revoke_key", "change_user"),
        *("accept_link", "remove_reply_file", "delete_reply", "delete_macro"),
    ),
    ("remove_member",),
    ("erase_account",),
    ("log_out",),
)
# Its address is a page of the app too, for which a GET is asked.
PAGES = ("unsubscribe",)
CHECKS = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance", "negative_data_rejection"),
    *("missing_required_header", "unsupported_method", "allow_header_conformance", "ignored_auth"),
)
# Routes that no generated request reaches, and the tests that cover them.
NEVER = {
    "refresh": "needs a cookie that changes: tests/server/handlers/test_auth.py",
    "forget_password": "needs a mail server: tests/workers/people/test_mail.py",
    "change_password": "needs the old one: tests/server/handlers/test_people.py",
    "take_billing_event": "needs a signature: tests/server/handlers/test_billing.py",
    "receive_messages": "UniPile's shapes: tests/server/handlers/test_webhooks.py",
    "receive_account_status": "UniPile's shapes: tests/server/handlers/test_webhooks.py",
    "receive_hosted": "UniPile's shapes: tests/server/handlers/test_hosted.py",
    "open_socket": "no HTTP after its upgrade: tests/server/handlers/test_sockets.py",
    "play_busy_day": "sandbox mode only: tests/server/handlers/test_accounts.py",
    "add_reply_files": "needs files: tests/server/handlers/test_canned_replies.py",
    "unsubscribe": "needs a signed token: tests/workers/people/test_digests.py",
    "add_device": "needs the keys of a browser: tests/server/handlers/test_devices.py",
    "remove_device": "needs the keys of a browser: tests/server/handlers/test_devices.py",
    "test_channel": "needs a device or a mail server: tests/server/handlers/test_devices.py",
    "check_contact_import": "needs targets that fit its file: tests/server/handlers/test_contact_imports.py",
    "start_contact_import": "needs a checked import: tests/server/handlers/test_contact_imports.py",
    "undo_contact_merge": "needs a merged contact: tests/server/handlers/test_contact_merges.py",
    "show_avatar": "needs the hash of a picture: tests/workers/storing/test_contact_rows.py",
}
# Values of body and query fields in nine of ten requests, where random text would never be accepted.
WORDS: dict[str, list[Any]] = {
    "body.token": [LINK_TOKEN],
    "body.to": ["+55 11 97777-0003", "+5511977770004", "+551"],
    "body.email": [
        *(f"person-{n}@example.com" for n in range(50)),
        "colleague-1@test.confab.local",
        "nobody",
    ],
    "body.name": ["Eva", " ", "=1+1"],
    "body.password": ["correct horse battery", "short"],
    "body.external_account_id": [EXTERNAL_ID, "acc-2", "acc-9"],
    "body.value": ["⭐", "❤️", "two"],
    "query.q": ["Bia", "Oi", "  "],
    "query.period": ["2026-11", "2026-13"],
}


def write_config(folder: Path, sample: SampleAccount) -> Path:
    """The configuration of schemathesis: token, secret, and the parameter values in nine of ten requests."""
    everywhere = {f"path.{name}": known for name, known in sample.parameters.items()} | WORDS
    lines = ["[auth.openapi.accessToken]", f"bearer = {json.dumps(sample.owner.token)}"]
    lines += ["[auth.openapi.webhookSecret]", f"api_key = {json.dumps(WEBHOOK_SECRET)}"]
    lines += [*dictionaries("all", everywhere), "[parameters]", *bindings("all", everywhere)]
    for name, parameters in sample.at.items():
        lines += dictionaries(name, parameters)
    for name, parameters in sample.at.items():
        lines += ["[[operations]]", f'include-operation-id = "{name}"']
        lines += ["[operations.parameters]", *bindings(name, parameters)]
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def dictionaries(location: str, parameters: dict[str, list[Any]]) -> list[str]:
    found = parameters.items()
    return [f"[dictionaries.{_word(location, name)}]\nvalues = {json.dumps(known)}" for name, known in found]


def bindings(location: str, parameters: dict[str, list[Any]]) -> list[str]:
    names = parameters.keys()
    return [f'"{n}" = {{ dictionary = "{_word(location, n)}", probability = 0.9 }}' for n in names]


def _word(location: str, name: str) -> str:
    return f"{location}-{name.replace('.', '-')}"


async def run_round(
    folder: Path, url: str, chosen: list[str], left_out: Sequence[str] = ()
) -> tuple[int | None, str]:
    """One run of schemathesis, without some of the checks; its exit code and output."""
    checks = [check for check in CHECKS if check not in left_out]
    program = os.environ["SCHEMATHESIS"]
    process = await asyncio.create_subprocess_exec(
        program,
        *("--config-file", str(folder / "schemathesis.toml"), "run", f"{url}/api/openapi.json"),
        *("--seed", str(SEED), "--max-examples", EXAMPLES, "--checks", ",".join(checks)),
        *("--continue-on-failure", "--no-color", "--generation-database", "none", "--request-timeout", "30"),
        *chosen,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


def only(*names: str) -> list[str]:
    return [word for name in names for word in ("--include-operation-id", name)]


def without(*names: str) -> list[str]:
    return [word for name in names for word in ("--exclude-operation-id", name)]


@pytest.mark.timeout(1800)
async def test_generated_requests_get_only_documented_responses(config: Config, tmp_path: Path) -> None:
    config = replace(
        config,
        auth=replace(config.auth, access_token_seconds=DAY_SECONDS, open_registration=True),
        billing=Billing(secret=BILLING_SECRET),
    )
    async with run_stack(config) as stack:
        seen: Counter[tuple[str, int]] = stack.server.watch.seen
        sample = await furnish(stack)
        write_config(tmp_path, sample)
        seen.clear()
        codes = []
        url = stack.config.web.public_url
        for chosen, left_out in (
            (only(*BEGINNING), ()),
            (without(*BEGINNING, *chain(*ENDING), *PAGES), ()),
            (only(*PAGES), ("unsupported_method", "allow_header_conformance")),
            *((only(*names), ()) for names in ENDING),
        ):
            code, said = await run_round(tmp_path, url, chosen, left_out)
            print(said)
            codes.append(code)
        print(sorted(seen.items()))
        assert codes == [0] * len(codes)
        documented = {route.name for route in ROUTES if route.is_documented}
        assert documented - {name for name, status in seen if status < 400} - NEVER.keys() == set()
