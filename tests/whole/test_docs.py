"""What the documents say is so: links lead somewhere, commands and settings exist, queries run and answer as shown.

What is easily got wrong about a source is named on its page and held by tests, and the tutorial is run as it stands.
"""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
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
from tests.depth import DEEP
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
    attaches = "ATTACH " in query
    database = ":memory:" if attaches else str(published)
    with duckdb.connect(database, read_only=not attaches) as con:
        cursor = con.execute(query.replace(PUBLISHED, str(published)))
        names = [d[0] for d in cursor.description or []]
        rows = [[shown(v) for v in row] for row in cursor.fetchall()]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [names, ["---"] * len(names), *rows])


def anchors(text: str) -> set[str]:
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


WITH_QUERIES = [str(page.relative_to(ROOT)) for page in PAGES if queries(str(page.relative_to(ROOT)))]


def broken_links(page: Path, text: str) -> Iterator[str]:
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(_FENCE, "", text)):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        path = page if not name else (page.parent / name).resolve()
        if not path.exists() or (anchor and anchor not in anchors(path.read_text(encoding="utf-8"))):
            yield target


def unknown_commands(named: str) -> Iterator[str]:
    for command, rest in re.findall(r"(?<![\w./=-])(?:\.venv/bin/)?bilateral ([a-z]+)\b([^\n|;]*)", named):
        if command not in COMMANDS:
            yield command
        else:
            known = {"--help", *(o for p in COMMANDS[command].params for o in (*p.opts, *p.secondary_opts))}
            options = set(re.findall(r"(?<!\S)--[a-z-]+", re.sub(r'"[^"]*"', "", rest)))
            yield from (f"{command} {option}" for option in options - known)
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    yield from set(re.findall(r"(?<![\w./-])make ([a-z-]+)\b", named)) - targets


def test_every_link_inside_the_project_leads_somewhere_and_every_command_exists() -> None:
    texts = {page: page.read_text(encoding="utf-8") for page in PAGES}
    assert {page: broken for page, text in texts.items() if (broken := list(broken_links(page, text)))} == {}
    assert {page: unknown for page, text in texts.items() if (unknown := list(unknown_commands(code(text))))} == {}


def test_commands_settings_sources_and_schedules_are_on_their_pages_and_no_others_are() -> None:
    assert with_commands(PAGE) == PAGE, "make renew"
    listed = re.findall(r"^\| `(BILATERAL_[A-Z_]+)` \|", PAGE, re.MULTILINE)
    assert {f"BILATERAL_{name.upper()}" for name in Settings.model_fields} <= set(listed)
    assert sorted(listed) == sorted(set(listed))
    page, sources = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8"), load_sources().values()
    assert with_tables(page, sources) == page, "run: make renew"
    rows = re.findall(r"^\| \[`(\w+)`\]\(sources/(\w+)\.md#\1\) \| [^|]+ \| (yes|by hand) \|", page, re.MULTILINE)
    pages = {s.id: "acts" if s.domain == "sanctions" and s.list is None else s.domain for s in sources}
    assert sorted(rows) == sorted((s.id, pages[s.id], "yes" if s.live == "fetch" else "by hand") for s in sources)
    for name in (*DOMAINS, "acts"):
        sections = re.findall(r"^## (\w+)$", (ROOT / "docs" / "sources" / f"{name}.md").read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(sections) == sorted(s for s, on in pages.items() if on == name)
    schedules = re.compile(r"^\| `(\w+)_schedule` \| `([^`]+)` \| ([\w/]+) \|", re.MULTILINE)
    told = schedules.findall((ROOT / "docs" / "operations.md").read_text(encoding="utf-8"))
    assert told == [(name, cron, zone) for name, (cron, zone, _) in SCHEDULES.items()]


@pytest.mark.parametrize("page", WITH_QUERIES)
def test_every_query_runs_and_answers_as_shown(record: Warehouse, page: str) -> None:
    for query, table in queries(page):
        found = answer(record.file, query)
        assert not table or found == table, f"{page}: the answer to this query is another one:\n{query}\n{found}"


READS = ("changes", "cite", "describe", "find", "sql", "status", "trail")
"""Commands that only read the published file and what it is made of."""
OF_THEIR_OWN = ("suppliers.txt", "--file", "...", "QUERY", "NAME", "TABLE", "ID", "20261126T145228Z-0e7eb2f0")
"""Words of commands that name what is not in the record."""


def reading_commands() -> list[str]:
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


def named(page: str) -> list[tuple[str, str | None]]:
    """Source and trap of each item below ``Beware:`` and of each row of a table of traps; None where an item has no name."""
    found: list[tuple[str, str | None]] = []
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        source = section.partition("\n")[0]
        for items in re.findall(r"^Beware:?(.*?)(?=^(?:\*\*|\||#)|\Z)", section, re.MULTILINE | re.DOTALL):
            assert items.startswith("\n\n- "), f"{source}: what is to beware of is a list with a name for each item"
            for item in re.findall(r"^- (.+)$", items, re.MULTILINE):
                name = re.match(r"`([a-z0-9-]+)` ", item)
                found.append((source, None if name is None else name[1]))
        for rows in re.findall(r"^\| trap \|.+\n\|[-|]+\n((?:\|.+\n)+)", section, re.MULTILINE):
            found += [(source, name or None) for name in re.findall(r"^\| (?:`([a-z0-9-]+)`)?", rows, re.MULTILINE)]
    return found


def held(text: str) -> list[tuple[str, str]]:
    """Source and trap of each mark on a test of a file."""
    return [
        (str(source.value), str(trap.value))
        for test in ast.walk(ast.parse(text))
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_")
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.trap"
        for source, trap in [mark.args]
        if isinstance(source, ast.Constant) and isinstance(trap, ast.Constant)
    ]


def test_every_trap_of_a_source_is_held_by_a_test_and_every_mark_names_a_trap() -> None:
    pages = [ROOT / "docs" / "sources" / f"{domain}.md" for domain in DOMAINS]
    on_pages = [trap for page in pages for trap in named(page.read_text(encoding="utf-8"))]
    assert [source for source, trap in on_pages if trap is None] == [], "an item without a name"
    assert [trap for trap, n in Counter(on_pages).items() if n > 1] == [], "named twice"
    in_tests = {trap for path in (ROOT / "tests").rglob("test_*.py") for trap in held(path.read_text(encoding="utf-8"))}
    assert len(in_tests) > 80
    assert sorted(set(on_pages) - in_tests) == [], "no test holds these"
    assert sorted(in_tests - set(on_pages)) == [], "no page names these"
    # items and marks are found, and an item without a name too
    text = (
        "# Lists\n\n## us_x\n\nBeware:\n\n- `a-b` **One.** More\n  of it.\n- Two.\n\n**Limits**:\n- none\n\n"
        "| trap | what |\n|---|---|\n| `c` | three |\n| four | |\n\n## us_y\n\nNothing.\n"
    )
    assert named(text) == [("us_x", "a-b"), ("us_x", None), ("us_x", "c"), ("us_x", None)]
    marked = '@pytest.mark.trap("us_x", "a-b")\n@pytest.mark.real_data\ndef test_it() -> None: ...\n'
    assert held(marked) == [("us_x", "a-b")]
    assert held(marked.replace("test_it", "helper")) == []


COPIED = ("assets", "docs", "pipelines", "sql", "tests", "warehouse/record", "README.md", "Makefile", "pyproject.toml")
SAY_HOW_LONG = ("bilateral refresh", "python -m pytest", "make ")
_BLOCK = re.compile(r"(?:^(Add to )?`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> Iterator[tuple[str, str, str]]:
    """What there is to do, in order: (file or append, path, content) or (run, commands, what they print)."""
    found = [m.groups() for m in _BLOCK.finditer(page)]
    for number, (adds, path, language, content) in enumerate(found):
        if path is not None:
            yield ("append" if adds else "file"), path, content
        elif language == "sh":
            following = found[number + 1] if number + 1 < len(found) else (None, None, "", "")
            yield "run", content, following[3] if following[2] == "text" else ""


def as_run(command: str) -> str:
    if command.startswith("make "):
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        lines = makefile.partition(f"\n{command.removeprefix('make ')}: ")[2].split("\n")[1:]
        recipe = [line.strip().replace("$(BIN)/python", "python") for line in lines[: lines.index("")]]
        command = " && ".join(recipe)
    return re.sub(r"(?<![\w/-])bilateral (?=\w)", "python -m pipelines.cli ", command)


def run_all(commands: str, folder: Path) -> str:
    """Run the lines of a block; what they print, but for those that say how long they took."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BILATERAL_", "DAGSTER_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    printed = []
    for command in commands.splitlines():
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", as_run(command)], cwd=folder,
            env={**kept, "PATH": path, "PYTHONPATH": str(folder), "BILATERAL_DATA_DOCS": "false"},
            # only what hangs: a refresh takes minutes on a busy machine
            capture_output=True, text=True, timeout=3000, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        if not command.startswith(SAY_HOW_LONG):
            printed.append(done.stdout)
    return "".join(printed)


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: a dozen processes, among them two refreshes")
def test_the_first_list_is_added_as_the_page_says(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, folder / name)
    for kind, what, content in blocks((ROOT / "docs" / "extending.md").read_text(encoding="utf-8")):
        path = folder / what if kind != "run" else folder
        if kind == "file":
            assert not path.exists(), f"{what} stands there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        elif kind == "append":
            path.write_text(path.read_text(encoding="utf-8") + content, encoding="utf-8")
        else:
            assert run_all(what, folder) == content, f"this prints something else:\n{what}"
