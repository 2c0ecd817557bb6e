"""Each sentence of the server has a translation in every catalogue of the app, with the same parameters."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import TypeGuard, get_args

import pytest

from server.config import ROOT
from server.said.said import TABLE, Said, both, said, verbatim
from server.system.findings import CheckName

CATALOGUES = ROOT / "frontend/src/i18n/catalogue"
LANGUAGES = sorted(folder.name for folder in CATALOGUES.iterdir())
PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Text that is not ours, or that only an operator's command prints.
QUOTING = {
    "server/cli/doctor.py",
    "server/mail.py",
    "server/system/checking.py",
    "server/system/service_checks.py",
}


# Their errors are read in a terminal or a log, or by programs: no page of the app shows them.
OPERATORS = re.compile(
    r"server/(backups|cli|config|embedded|process|store/(backups|db)|web|schemas|realtime)/|"
    r"server/handlers/(billing|devices|health|hosted|sockets|webhooks)\.py|server/(queue|media/storage|plans/billing)\.py"
)
RAISED = {
    "ConfabError",
    "NotFound",
    "PhoneError",
    "FieldValueError",
    "RowError",
    "UnreadableTableError",
    "invalid",
}
# Of requests that the app does not send.
FOR_PROGRAMS = {
    "A part of the form has no name.",
    "Must be given at most once.",
    "Must be true, false or a file.",
    "Send files as attachments, and nothing else.",
    "f'The field {name[:50]} is too large.'",
    "Not a file field: send files as attachments.",
    "Send the files as multipart/form-data.",
    "Send the table as multipart/form-data.",
}


def parameters_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def read_texts(language: str) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in (CATALOGUES / language).glob("said*.json"):
        texts |= json.loads(path.read_text())
    return texts


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_its_parameters(language: str) -> None:
    texts = read_texts(language)
    assert {f"said.{code}" for code in TABLE} == set(texts)
    wrong = {
        code
        for code, text in TABLE.items()
        if parameters_of(text) != set(PLACEHOLDER.findall(texts[f"said.{code}"]))
    }
    assert wrong == set()


def is_said(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "said"


def codes_in(tree: ast.AST) -> Iterator[str]:
    calls = [node for node in ast.walk(tree) if is_said(node)]
    return (str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant))


def sources() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("server", "workers"):
        for path in (ROOT / folder).rglob("*.py"):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def test_every_code_that_the_server_says_is_in_the_table() -> None:
    used = {code for _, tree in sources() for code in codes_in(tree)}
    assert len(used) > 50
    assert used <= set(TABLE)


def sentences_in(node: ast.AST) -> Iterator[str]:
    """Literal texts that are not parameters of `said`; texts of one word are codes and names."""
    if is_said(node):
        return
    if isinstance(node, ast.JoinedStr):
        yield ast.unparse(node)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from sentences_in(child)


def sentences_without_code(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED:
            fields = [keyword.value for keyword in node.keywords if keyword.arg == "fields"]
            for part in (*node.args, *fields):
                yield from sentences_in(part)


def test_no_error_that_the_app_may_show_is_without_a_code() -> None:
    found = {
        (name, sentence)
        for name, tree in sources()
        if not OPERATORS.match(name)
        for sentence in sentences_without_code(tree)
        if sentence not in FOR_PROGRAMS
    }
    assert found == set()


def test_a_raised_sentence_without_code_is_found() -> None:
    tree = ast.parse("raise ConfabError('conflict', 'This is taken.')\nraise NotFound(f'No {name}')")
    assert list(sentences_without_code(tree)) == ["This is taken.", "f'No {name}'"]


def test_few_places_quote_text_without_a_code() -> None:
    found = {
        name
        for name, tree in sources()
        if any(isinstance(node, ast.Name) and node.id == "verbatim" for node in ast.walk(tree))
    }
    assert found == QUOTING


def test_the_app_has_a_name_for_every_check() -> None:
    labels = Path(ROOT / "frontend/src/features/system/labels.ts").read_text()
    names = re.findall(r'^  "?([a-z ]+?)"?: "system\.check\.', labels, re.MULTILINE)
    assert sorted(names) == sorted(get_args(CheckName))


def test_a_sentence_is_english_text_with_its_code() -> None:
    last = said("clock_right", seconds=0.3)
    assert last == "differs from the database's by 0.3 s"
    assert last.on_wire() == {"code": "clock_right", "params": {"seconds": 0.3}}
    assert both(last, None) is last


def test_a_sentence_may_contain_others() -> None:
    found = both(said("backup_none"), said("backup_interrupted"))
    assert found == ("none is whole: make one with `python run.py backup`; the last try was interrupted")
    assert found.on_wire() == {
        "code": "both",
        "params": {
            "first": {"code": "backup_none", "params": {}},
            "second": {"code": "backup_interrupted", "params": {}},
        },
    }


def test_what_is_quoted_keeps_the_code_that_it_has() -> None:
    assert verbatim("SMTPConnectError").on_wire() == {
        "code": "quoted",
        "params": {"text": "SMTPConnectError"},
    }
    assert verbatim(Said("worker_alive", {})).code == "worker_alive"
    with pytest.raises(KeyError):
        said("moon_phase")
