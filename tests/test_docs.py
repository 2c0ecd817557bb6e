"""Documents render as intended, their links resolve, and what the code cites of them exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server import errors, metrics
from server.config import ROOT
from server.errors import CloseCode
from server.handlers.metrics import SHARED
from server.queue import QUEUES
from tests.folders import FOLDERS
from tests.support.markdown import headings, links, paragraphs, slugs, tables

DOCS = ROOT / "docs"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")), ROOT / "sandbox" / "README.md"]
SOURCES = ("server", "workers", "sandbox", "tests", "bench", "migrations", "frontend/src")
SUFFIXES = (".py", ".sql", ".ts", ".tsx")
# A section, or several: §1.4 · §§3, 4 · §3, §4 · §§6–9.
SECTIONS = re.compile(r"(?:unipile-api\.md\s+|\()§+((?:\d+(?:\.\d+)?)(?:\s*[,–]\s*§?\d+(?:\.\d+)?)*)")
CITED = re.compile(r"(?<![\w/.-])((?:docs/)?(?:operations/)?[a-z][\w-]*\.md)\b(?:\S*,\s+\"([^\"]+)\")?")
# A test that proves a guarantee; … is the file named before.
PROMISE = re.compile(r"`(?:((?:tests|frontend)/[\w/.-]+)|…)(?:::(\w+))?`")
SECTION_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\.? ")


def source_files() -> Iterator[Path]:
    for folder in SOURCES:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES)
    yield from (ROOT / name for name in ("run.py", "worker.py", "config.toml", ".env.example"))


def cited_sections(text: str) -> Iterator[str]:
    for (cited,) in (match.groups() for match in SECTIONS.finditer(text)):
        for part in re.split(r"\s*,\s*", cited.replace("§", "")):
            first, _, last = part.partition("–")
            yield from map(str, range(int(first), int(last) + 1)) if last else (first,)


def known_sections() -> set[str]:
    numbers = (SECTION_NUMBER.match(heading) for heading in headings(DOCS / "unipile-api.md"))
    return {match[1] for match in numbers if match}


def test_every_cited_section_of_unipiles_api_exists() -> None:
    known = known_sections()
    cited = {
        (str(path.relative_to(ROOT)), section)
        for path in (*source_files(), *DOCUMENTS)
        for section in cited_sections(path.read_text())
    }
    assert len(cited) > 20
    assert {citation for citation in cited if citation[1] not in known} == set()


def test_ranges_and_lists_of_sections_are_read() -> None:
    text = "unipile-api.md §1.4 … unipile-api.md §§3, 4 … unipile-api.md\n    §§6–9 … unipile-api.md §3, §4.1"
    assert list(cited_sections(text)) == ["1.4", "3", "4", "6", "7", "8", "9", "3", "4.1"]


def test_every_document_that_code_cites_exists() -> None:
    missing = set()
    for path in source_files():
        if path == Path(__file__):
            continue
        for name, heading in CITED.findall(path.read_text()):
            document = DOCS / name.removeprefix("docs/")
            if not document.is_file():
                missing.add(f"{path.relative_to(ROOT)}: {name}")
            elif heading and heading not in headings(document):
                missing.add(f"{path.relative_to(ROOT)}: {name}, {heading}")
    assert missing == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_row_of_a_table_is_rendered_as_text(document: Path) -> None:
    assert [text for text in paragraphs(document) if re.search(r"^\|", text, re.MULTILINE)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    broken = []
    for link in links(document):
        if re.match(r"\w+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (anchor and anchor not in slugs(target)):
            broken.append(link)
    assert broken == []


def first_cells(document: str, heading: str, pattern: str) -> set[str]:
    """The names in the first cells of the tables under this heading."""
    found = (table for table in tables(DOCS / document) if table.heading == heading)
    return {name for table in found for row in table.rows for name in re.findall(pattern, row[0])}


def test_every_metric_is_a_row() -> None:
    named = first_cells("operations.md", "Monitoring", r"confab_\w+")
    collected = {metric.name for metric in metrics.REGISTRY.collect() if metric.name.startswith("confab_")}
    assert {name.removesuffix("_total") for name in named} == collected | set(SHARED)


def test_every_error_code_is_a_row_with_its_status() -> None:
    (known,) = (table for table in tables(DOCS / "api.md") if table.heading == "Errors")
    rows = {code: statuses for statuses, codes, _ in known.rows for code in re.findall(r"`(\w+)`", codes)}
    assert rows.keys() == errors.TABLE.keys()
    assert all(str(status) in rows[code] for code, (status, _) in errors.TABLE.items())


def test_every_close_code_is_a_row() -> None:
    named = first_cells("protocol.md", "Close codes", r"\d{4}")
    assert {str(code.value) for code in CloseCode} <= named


def test_every_job_is_a_row_with_its_queue() -> None:
    (jobs,) = (table for table in tables(DOCS / "architecture.md") if table.heading == "Jobs")
    rows = {name: queue for names, queue, _ in jobs.rows for name in re.findall(r"`(\w+)`", names)}
    assert rows == {name: queue.rpartition(":")[2] for name, queue in QUEUES.items()}


@pytest.mark.parametrize("document", ["security.md", "inbox-points.md"])
def test_every_promise_names_a_test_that_exists(document: str) -> None:
    file, missing = "", []
    for name, test in PROMISE.findall((DOCS / document).read_text()):
        file = name or file
        if not (ROOT / file).exists() or (test and f"def {test}(" not in (ROOT / file).read_text()):
            missing.append(f"{file}::{test}")
    assert missing == []


def listed_modules() -> Iterator[str]:
    """The modules in the tree of docs/architecture.md: a folder's own, those of its packages, and one level deeper."""
    top = package = folder = ""
    for line in (DOCS / "architecture.md").read_text().split("```")[1].strip().splitlines():
        words, indent = line.split(), len(line) - len(line.lstrip())
        if indent == 0:
            top, package, folder = words.pop(0), "", ""
        elif indent == 2:
            package, folder, words = words[0], "", []
        elif words[0].endswith("/"):
            folder = words.pop(0)
        yield from (f"{top}{package}{folder}{name}.py" for name in words)


def test_the_contents_list_every_module() -> None:
    modules = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    wanted = {path.relative_to(ROOT).as_posix() for path in modules if not path.stem.startswith("__")}
    assert set(listed_modules()) == wanted


def test_decisions_are_numbered_without_a_gap() -> None:
    files = sorted(path for path in (ROOT / "docs/adr").glob("0*.md"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    for number, path in enumerate(files, 1):
        assert path.read_text().startswith(f"# {number}. "), path.name
