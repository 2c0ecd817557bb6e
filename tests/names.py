"""The words that no identifier may use, with the term to use instead (docs/glossary.md), and modules with one name."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

# Banned part of an identifier -> what it stood for, and the term for each.
BANNED = {
    "number": "account or seq",
    "numbers": "accounts or seqs",
    "numbered": "with a seq",
    "renumber": "bump_seq",
    "gone": "tombstone, absent or deleted",
    "kept": "cached, stored or leased",
    "keep": "cache, store, upsert or renew",
    "keeps": "stores",
    "buried": "dead-lettered",
    "bury": "dead_letter",
    "burial": "dead letter",
    "told": "reported, declared or published",
    "tell": "publish, push, print or report",
    "tells": "reports",
    "somebody": "user or contact",
    "anybody": "user or contact",
    "everybody": "users or contacts",
    "nobody": "none",
    "whoever": "caller",
    "standing": "state or roles",
    "standings": "states or roles",
    "wish": "request",
    "wishes": "requests",
    "heir": "new payer",
    "desk": "context",
    "seal": "hasher",
    "hint": "early event",
    "hints": "early events",
    "truth": "provider state",
    "look": "check, verification or read",
    "looks": "checks",
    "news": "new messages or pushes",
    "place": "position, target, slot or path",
    "places": "positions or targets",
    "piece": "step, batch or chunk",
    "pieces": "steps, batches or chunks",
    "person": "user, contact or sender",
    "persons": "users or contacts",
    "beat": "heartbeat",
    "sift": "scrub or filter",
    "held": "delayed or leased",
    "claim": "lease, or declared value",
    "claimed": "leased or declared",
    "refuse": "reject or deny",
    "refuses": "rejects",
    "refused": "rejected or denied",
    "refusal": "error, denial or rejected account",
    "refusals": "errors, denials or rejected accounts",
    "theirs": "of the contact",
    "shelf": "storage",
    "till": "until",
}
# Names of the wire, tables, configuration keys, the OpenAPI document and libraries; phone numbers; claims of a JWT.
ALLOWED = frozenset(
    (
        *("Claims", "ChatPeople", "FoundPerson", "NumberOfPerson", "Person", "PhoneNumber"),
        *("Refusal", "RefusalList", "Refused", "dismiss_refusal", "list_refusals", "refusal_id"),
        *("claimed_at", "person", "told_at"),
        *("keep_days", "keep_exports_days", "keep_hints_days", "keep_last", "keep_archived"),
        *(
            "phone_number",
            "phone_numbers",
            "require_phone_number",
            "number_permissions",
            "numbers",
            "signal_number",
            "pairing_number",
        ),
        *("shard_hint", "_hint"),
    )
)
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# Adapters: handlers, schemas, routes and commands have the nouns of the packages they serve.
ADAPTERS = frozenset(("handlers", "schemas", "routes", "cli"))
# Module names that neighbouring packages share for the same noun.
SAME_NOUN = {
    "account_erasures": "the erasure of an account",
    "billing": "the billing webhook: its secret, and its events",
    "client": "the client of a server",
    "contact_erasures": "the erasure of a contact",
    "exports": "an export",
    "messages": "a message, in a webhook and in a list",
    "plans": "the plans of config.toml: their settings, and what follows from them",
    "users": "the team's users",
}


def identifiers(tree: ast.Module) -> Iterator[str]:
    """What a module defines: functions, classes, parameters, variables and fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.id if isinstance(node, ast.Name) else node.attr


def banned_names(text: str) -> list[str]:
    """`name: word (use …)` for each identifier that uses a banned word."""
    found = sorted({name for name in identifiers(ast.parse(text)) if name not in ALLOWED})
    return [
        f"{name}: {word} ({BANNED[word]})"
        for name in found
        for word in map(str.lower, PART.findall(name))
        if word in BANNED
    ]


def shared_names(modules: list[str]) -> list[str]:
    """Modules of packages with one parent that have one name, unless it is the same noun in both."""
    folders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for module in modules:
        path = Path(module)
        package = path.parent
        if package.name not in ADAPTERS and path.stem != "__init__":
            folders[str(package.parent), path.stem].append(module)
    return sorted(
        " and ".join(sorted(paths))
        for (_, stem), paths in folders.items()
        if len(paths) > 1 and stem not in SAME_NOUN
    )
