"""``python -m tests.pipelines.table_docs``: writes ``docs/tables.md``, its pages, and the tables of the page on sources.

Nothing is described here: tables, columns and comments are those of an empty warehouse file; keys, vocabularies, references and
checks those of the declarations; what a macro takes and gives is in its header.
"""

import re
import tempfile
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path

import duckdb

from assets.schema import SQL, WARNINGS, declared
from pipelines.checks.expectations import from_checks
from pipelines.domains import DOMAINS, REFERENCE, packages
from pipelines.ingest.sources import Source, load_sources
from pipelines.publish import build as warehouse
from pipelines.publish.macros import header
from pipelines.publish.scripts import scripts
from pipelines.settings import ROOT

INDEX = ROOT / "docs" / "tables.md"
PAGES = ROOT / "docs" / "tables"
SOURCES = ROOT / "docs" / "sources.md"
"""Between the marks of a table it is made of the declarations: which sources there are, and of what no real file was at hand."""
COMMAND = "python -m tests.pipelines.table_docs"

LIVE = {"fetch": "yes", "manual": "by hand"}
_HEAD = f"""# Tables, marts and macros

These pages are made from the comments in `sql/` by `{COMMAND}`. Every published file has the same
descriptions in `meta.columns`, and `bilateral describe` shows them.

- **core** has the facts, in valid and known time. **marts** are made from core for reading. **meta** says where all of it comes
  from and what was checked. **Macros** are functions that give a table.
- Columns in **bold** are the key: together they identify a row.
- Intervals are half-open: `valid_from <= d` and `d < valid_to`; so are `known_from` and `known_to`. Every `known_*` and
  `*_at` column is a timestamp in UTC without zone.
- *Checked* lists what is verified beyond keys, required columns, vocabularies and references, which are verified for every
  table. A critical check that fails keeps the data from being published; a warning does not.
- Words in capitals before a colon are usage warnings; `meta.columns` has them as `warnings` and `table_warnings`:
{"".join(f'''  - `{word}`: {meaning}{chr(10)}''' for word, meaning in WARNINGS.items())}
| page | has |
|---|---|"""


def _plain(text: str) -> str:
    """Text of a comment, in which nothing is meant as Markdown."""
    return re.sub(r"([<*|\\])", r"\\\1", text)


def _table(name: str, columns: Sequence[tuple[str, str, bool, str, str, list[str]]]) -> Iterator[str]:
    """Lines on one table; ``columns``: name, type, whether it is key, description, description of the table, vocabulary."""
    references = declared()[name].references if name in declared() else ()
    yield from (f"\n## {name}\n", _plain(columns[0][4]), "")
    yield from ("| column | type | meaning |", "|---|---|---|")
    for column, kind, is_key, text, _, words in columns:
        shown = f"**{column}**" if is_key else column
        notes = [f" One of {', '.join(f'`{w}`' for w in words)}."] if words else []
        notes += [f" A row of `{reference.table}`." for reference in references if column in reference.columns]
        yield f"| {shown} | {kind} | {_plain(text)}{''.join(notes)} |"
    checks = sorted((e.severity, e.description) for e in from_checks() if e.table == name)
    if checks:
        yield "\nChecked:\n"
        yield from (f"- {severity}: {_plain(text)}" for severity, text in checks)


def _macro(name: str, parameters: Sequence[str], text: str) -> Iterator[str]:
    head = header(text)
    first, *rest = head.lines
    yield from (f"\n## {name}({', '.join(parameters)})\n", _plain(first), "")
    yield from (f"- {_plain(line)}" for line in rest)
    for column, given in head.columns.items():
        words = f" One of {', '.join(f'`{word}`' for word in given.vocabulary)}." if given.vocabulary else ""
        yield f"- `{column}`: {_plain(given.description)}{words}"
    if head.as_in:
        yield f"- Columns that are not named here mean what they mean in {', '.join(f'`{name}`' for name in head.as_in)}."
    yield from ("", "```sql", head.example, "```")


@cache
def _packages_of() -> dict[str, frozenset[str]]:
    """The domains of each table of core, and of each mart and macro, which have those of the tables that they are made from.

    The domain of the actors counts only where there is no other: nearly every mart looks actors up.
    """
    found = {f"core.{table}": frozenset({package.domain}) for package in packages().values() for table in package.tables}
    for script in scripts("marts"):
        found[f"marts.{script.name}"] = frozenset[str]().union(*(found.get(name, frozenset()) for name in script.needs))
    for script in scripts("macros"):
        found[f"macros.{script.name}"] = frozenset[str]().union(*(found.get(name, frozenset()) for name in script.needs))
    return {name: (of - set(REFERENCE)) or of for name, of in found.items()}


def page_of(table: str) -> str:
    """Name of the page on a table, or on a macro (``macros.<name>``): its schema and, but for ``meta``, its domain.

    Marts of several domains are on one page, and so are macros of none: they read no table, or that of the actors alone.
    """
    schema = table.partition(".")[0]
    if schema == "meta":
        return schema
    of = sorted(_packages_of()[table])
    is_general = schema == "macros" and set(of) <= set(REFERENCE)
    return f"{schema}-{'general' if is_general else of[0] if len(of) == 1 else 'across'}"


def dictionary() -> dict[Path, str]:
    """The pages by their paths, the first of them the index of all others."""
    with tempfile.TemporaryDirectory(prefix="bilateral-dictionary-") as folder:
        file = Path(folder) / "empty.duckdb"
        warehouse.build(file, {}, {}, before=None)
        with duckdb.connect(str(file), read_only=True) as con:
            columns = con.execute(
                "SELECT table_name, column_name, type, is_key, description, table_description, vocabulary FROM meta.columns "
                "ORDER BY table_name, position"
            ).fetchall()
            macros = con.execute(
                "SELECT function_name, parameters FROM duckdb_functions() "
                "WHERE function_type IN ('macro', 'table_macro') AND NOT internal AND schema_name = 'main' ORDER BY 1"
            ).fetchall()
    listed: dict[str, list[str]] = {}
    lines: dict[str, list[str]] = {}
    for name, mine in groupby(columns, key=lambda r: r[0]):
        page = page_of(name)
        listed.setdefault(page, []).append(f"[{name.partition('.')[2]}](tables/{page}.md#{name.replace('.', '')})")
        lines.setdefault(page, []).extend(_table(name, [r[1:] for r in mine]))
    for name, parameters in macros:
        page = page_of(f"macros.{name}")
        listed.setdefault(page, []).append(f"`{name}`")
        text = (SQL / "macros" / f"{name}.sql").read_text(encoding="utf-8")
        lines.setdefault(page, []).extend(_macro(name, parameters, text))
    pages = {INDEX: ""}
    for page, texts in lines.items():
        head = f"# {page.replace('-', ': ')}\n\nHow to read it: [tables.md](../tables.md)."
        pages[PAGES / f"{page}.md"] = "\n".join([head, *texts]) + "\n"
    index = [f"| [{page.replace('-', ': ')}](tables/{page}.md) | {', '.join(names)} |" for page, names in listed.items()]
    return pages | {INDEX: "\n".join([_HEAD, *index]) + "\n"}


def _in_order(sources: Collection[Source]) -> list[Source]:
    """Sources by domain; the lists of parties in order of precedence, before what is no list."""
    return sorted(sources, key=lambda s: (DOMAINS.index(s.domain), s.list is None, 0 if s.list is None else s.list.precedence))


def table_of_sources(sources: Collection[Source]) -> Iterator[str]:
    """How many there are, and a row for each."""
    n_of = {domain: sum(s.domain == domain for s in sources) for domain in DOMAINS}
    n_live = sum(s.live == "fetch" for s in sources)
    n_lists = sum(s.list is not None for s in sources)
    counts = (
        f"{n_lists} lists of parties, {n_of['sanctions'] - n_lists} registers of official acts, "
        f"{n_of['overdose']} sources of statistics, {n_of['news']} of news, {n_of['policy']} of policy"
    )
    yield f"There are {len(sources)} sources: {counts}. Of these {n_live} are fetched live.\n"
    yield from ("| source | what | live | licence |", "|---|---|---|---|")
    for s in _in_order(sources):
        page = "acts" if s.domain == "sanctions" and s.list is None else s.domain
        name = f"[`{s.id}`](sources/{page}.md#{s.id})"
        licence = re.sub(r" \(work of the .+? government\)", "", s.licence)
        yield f"| {name} | {_plain(s.title)} | {LIVE[s.live]} | {_plain(licence)} |"


def table_of_unseen(sources: Collection[Source]) -> Iterator[str]:
    """What was never read in a file of the publisher's, by source."""
    yield from ("| source | what |", "|---|---|")
    for s in _in_order(sources):
        if s.unseen is not None:
            yield f"| `{s.id}` | {_plain(' '.join(s.unseen.split()))} |"


TABLES = {"sources": table_of_sources, "unseen": table_of_unseen}
"""What is made, by the word in the marks around it: ``<!-- sources: begin -->`` and ``<!-- sources: end -->``."""


def with_tables(page: str, sources: Collection[Source]) -> str:
    """The page with its tables renewed. Raises ValueError where the marks of a table are missing."""
    for word, made in TABLES.items():
        begin, end = f"<!-- {word}: begin -->\n", f"<!-- {word}: end -->\n"
        before, found, rest = page.partition(begin)
        if not found or end not in rest:
            raise ValueError(f"{SOURCES.name}: the marks {begin.strip()} and {end.strip()} are missing")
        lines = "\n".join(made(sources))
        page = f"{before}{begin}\n{lines}\n\n{end}{rest.partition(end)[2]}"
    return page


def main() -> None:
    """Write the pages, and remove those that are no more; write the tables of sources into their page."""
    pages = dictionary()
    PAGES.mkdir(exist_ok=True)
    for old in set(PAGES.glob("*.md")) - set(pages):
        old.unlink()
    for path, text in pages.items():
        path.write_text(text, encoding="utf-8")
    SOURCES.write_text(with_tables(SOURCES.read_text(encoding="utf-8"), load_sources().values()), encoding="utf-8")


if __name__ == "__main__":
    main()
