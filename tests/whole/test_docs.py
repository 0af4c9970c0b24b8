"""What the documents say is so: links lead somewhere, commands and settings exist, queries run and answer as shown."""

import re
import shlex
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import typer

from pipelines.cli.app import EXAMPLES, app
from pipelines.dagster.build import SCHEDULES
from pipelines.domains import DOMAINS
from pipelines.ingest.sources import load_sources
from pipelines.settings import Settings
from tests.pipelines.command_docs import with_commands
from tests.pipelines.table_docs import with_tables
from tests.whole.conftest import ROOT, Warehouse

PAGES = sorted(
    [page for folder in ("", "warehouse") for page in (ROOT / folder).glob("*.md")]
    + [page for folder in ("docs", "assets", "sql", "tests", "warehouse/record") for page in (ROOT / folder).rglob("*.md")]
)
PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
PUBLISHED = "warehouse/bilateral.duckdb"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ASKED = re.compile(r'^    bilateral sql "([^"]+)"\n', re.MULTILINE)
_TABLE = re.compile(r"\n+((?:\|.*\n)+)")


def queries(page: str, fence: str = "sql") -> list[tuple[str, str]]:
    """Queries of a page, each with the Markdown table that follows it at once (empty where none does).

    Blocks marked ``duckdb`` are asked of the real files, those marked ``sql`` and what ``bilateral sql`` is given of
    the built-in record.
    """
    text = (ROOT / page).read_text(encoding="utf-8")
    found = [(block[2], block.end()) for block in _FENCE.finditer(text) if block[1] == fence]
    if fence == "sql":
        found += [(command[1], command.end()) for command in _ASKED.finditer(text)]
    tables = [_TABLE.match(text, end) for _, end in found]
    return [(query, "" if table is None else table[1]) for (query, _), table in zip(found, tables, strict=True)]


def shown(value: Any) -> str:
    """A value as the documents write it."""
    match value:
        case None:
            return "NULL"
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.10g}"
        case datetime():
            return value.isoformat(sep=" ")
        case _:
            return str(value)


def answer(published: Path, query: str) -> str:
    """The answer to the last statement of a query, as a Markdown table."""
    attaches = "ATTACH " in query
    database = ":memory:" if attaches else str(published)
    with duckdb.connect(database, read_only=not attaches) as con:
        cursor = con.execute(query.replace(PUBLISHED, str(published)))
        names = [d[0] for d in cursor.description or []]
        rows = [[shown(v) for v in row] for row in cursor.fetchall()]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [names, ["---"] * len(names), *rows])


def anchors(text: str) -> set[str]:
    """Anchors of the headings of a page, as GitHub makes them."""
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", re.sub(_FENCE, "", text), re.MULTILINE)
    }


def code(text: str) -> str:
    """The code of a page: fenced, indented, and in back quotes."""
    fenced = [block[2] for block in _FENCE.finditer(text)]
    rest = re.sub(_FENCE, "", text)
    return "\n".join([*fenced, *re.findall(r"^    .+$", rest, re.MULTILINE), *re.findall(r"`([^`\n]+)`", rest)])


COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def help_of(command: str) -> set[str] | None:
    """The options of a subcommand of ``bilateral``; None where there is no such command."""
    found = COMMANDS.get(command)
    return (
        None
        if found is None
        else {"--help", *(o for p in found.params for o in (*p.opts, *p.secondary_opts) if o.startswith("--"))}
    )


WITH_QUERIES = [str(page.relative_to(ROOT)) for page in PAGES if queries(str(page.relative_to(ROOT)))]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(_FENCE, "", text)):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        path = page if not name else (page.parent / name).resolve()
        if not path.exists() or (anchor and anchor not in anchors(path.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_in_the_documents_exists(page: Path) -> None:
    named = code(page.read_text(encoding="utf-8"))
    unknown = []
    for command, rest in re.findall(r"(?<![\w./=-])(?:\.venv/bin/)?bilateral ([a-z]+)\b([^\n|;]*)", named):
        known = help_of(command)
        options = set(re.findall(r"(?<!\S)--[a-z-]+", re.sub(r'"[^"]*"', "", rest)))
        unknown += [command] if known is None else [f"{command} {o}" for o in options - known]
    assert unknown == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?<![\w./-])make ([a-z-]+)\b", named)) <= targets


def test_the_commands_are_in_the_documents_as_their_help_has_them() -> None:
    assert with_commands(PAGE) == PAGE, "make renew"


def test_every_setting_is_in_the_table_of_settings() -> None:
    listed = re.findall(r"^\| `(BILATERAL_[A-Z_]+)` \|", PAGE, re.MULTILINE)
    assert {f"BILATERAL_{name.upper()}" for name in Settings.model_fields} <= set(listed)
    assert sorted(listed) == sorted(set(listed))


def test_every_source_has_a_row_and_a_section_and_no_other_has() -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[`(\w+)`\]\(sources/(\w+)\.md#\1\) \| [^|]+ \| (yes|by hand) \|", page, re.MULTILINE)
    sources = load_sources().values()
    pages = {s.id: "acts" if s.domain == "sanctions" and s.list is None else s.domain for s in sources}
    assert sorted(rows) == sorted((s.id, pages[s.id], "yes" if s.live == "fetch" else "by hand") for s in sources)
    for name in (*DOMAINS, "acts"):
        page = (ROOT / "docs" / "sources" / f"{name}.md").read_text(encoding="utf-8")
        sections = re.findall(r"^## (\w+)$", page, re.MULTILINE)
        assert sorted(sections) == sorted(s for s, on in pages.items() if on == name)


def test_the_tables_of_sources_are_those_of_the_declarations() -> None:
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert with_tables(page, load_sources().values()) == page, "run: make renew"


def test_the_schedules_are_those_of_the_page() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)_schedule` \| `([^`]+)` \| ([\w/]+) \|", page, re.MULTILINE)
    assert listed == [(name, cron, zone) for name, (cron, zone, _) in SCHEDULES.items()]


@pytest.mark.parametrize("page", WITH_QUERIES)
def test_every_query_runs_and_answers_as_shown(record: Warehouse, page: str) -> None:
    asked = queries(page)
    assert asked
    for query, table in asked:
        found = answer(record.folder / "bilateral.duckdb", query)
        assert not table or found == table, f"{page}: the answer to this query is another one:\n{query}\n{found}"


READS = ("changes", "cite", "describe", "find", "sql", "status", "trail")
"""Commands that only read the published file and what it is made of."""
OF_THEIR_OWN = ("suppliers.txt", "--file", "...", "QUERY", "NAME", "TABLE", "ID", "20261126T145228Z-0e7eb2f0")
"""Words of commands that name what is not in the record."""


def reading_commands() -> list[str]:
    """Commands of the documents and of the help that only read, and name what the record has."""
    texts = [code(page.read_text(encoding="utf-8")) for page in PAGES]
    texts += [command for examples in EXAMPLES.values() for command, _ in examples]
    called = rf"(?:^|[`\s])bilateral ((?:{'|'.join(READS)})\b(?:\"[^\"]*\"|[^\n|;>#\"`])*)"
    found = {" ".join(command.split()) for text in texts for command in re.findall(called, text)}
    words = {command: {*command.split(), *re.findall(r'"([^"]*)"', command)} for command in found}
    # where only a command or an option is named, nothing is asked
    named = re.compile(r"(find|sql|trail)( --.*)?")
    return sorted(command for command in found if not words[command] & set(OF_THEIR_OWN) and not named.fullmatch(command))


def test_every_command_that_only_reads_is_answered_by_the_record(record: Warehouse) -> None:
    commands = reading_commands()
    assert {command.split()[0] for command in commands} == set(READS)
    refused = [(command, done.err) for command in commands if (done := record.run(*shlex.split(command))).code not in (0, 3, 4)]
    assert refused == []
