"""How to cite the published file and the sources of what is in it, each with its vintage."""

import importlib.metadata
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from duckdb import DuckDBPyConnection

from assets.errors import BilateralError
from pipelines.settings import PRODUCT, ROOT
from pipelines.util.suggest import did_you_mean


@dataclass(frozen=True)
class Build:
    """The published file: ``meta.build``."""

    publication_id: str
    built_at: datetime
    origin: str
    code_fingerprint: str


@dataclass(frozen=True)
class SourceCited:
    """A source of which something is held: ``meta.sources``."""

    source: str
    title: str
    publisher: str
    licence: str
    citation: str
    url: str
    n_snapshots: int
    last_accepted_at: datetime | None
    newest_date: date | None

    @property
    def vintage(self) -> str:
        """Which state of the source was used."""
        retrieved = "" if self.last_accepted_at is None else f"retrieved {self.last_accepted_at:%Y-%m-%d}"
        newest = "" if self.newest_date is None else f"newest date in the data {self.newest_date}"
        snapshots = f"{self.n_snapshots:,} snapshot{'' if self.n_snapshots == 1 else 's'} held"
        return ", ".join(part for part in (retrieved, newest, snapshots) if part)

    @property
    def note(self) -> str:
        """Its citation, its vintage and its terms in a line."""
        return f"{self.citation.rstrip('.')}. {self.vintage}. Licence: {self.licence}"

    @property
    def may_be_passed_on(self) -> bool:
        """Whether its terms are known to let everyone pass it on: not where no licence is stated, or one for some uses alone."""
        return _OPEN.match(self.licence) is not None


_OPEN = re.compile(r"public domain|cc0|cc by 4|open government licence|free (use|for any use)|reuse of documents", re.IGNORECASE)


@cache
def software() -> dict[str, Any]:
    """CITATION.cff of the project."""
    import yaml

    found: dict[str, Any] = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    return found


def version() -> str:
    """The version of the project that runs."""
    return importlib.metadata.version(PRODUCT)


def build_of(con: DuckDBPyConnection) -> Build:
    """What the published file says of itself."""
    (row,) = con.execute("SELECT publication_id, built_at, origin, code_fingerprint FROM meta.build").fetchall()
    return Build(*row)


def sources_of(con: DuckDBPyConnection, tables: Sequence[str] | None = None) -> list[SourceCited]:
    """The sources of which something is held; where tables (full names) are given, those that these rest on."""
    rows = con.execute(
        """SELECT source, title, publisher, licence, citation, url, n_snapshots, last_accepted_at, newest_date
           FROM meta.sources AS s
           WHERE n_snapshots > 0
             AND ($tables::VARCHAR[] IS NULL OR EXISTS (
                 SELECT 1 FROM meta.lineage AS l
                 WHERE list_contains($tables, l.table_name) AND list_contains(s.tables, l.core_table)))
           ORDER BY source""",
        {"tables": None if tables is None else list(tables)},
    ).fetchall()
    return [SourceCited(*row) for row in rows]


def table_named(con: DuckDBPyConnection, name: str) -> str:
    """The full name of a table, named with or without its schema. Raises BilateralError where there is none, or several."""
    known = [row[0] for row in con.execute("SELECT DISTINCT table_name FROM meta.columns ORDER BY table_name").fetchall()]
    found = [full for full in known if name in (full, full.partition(".")[2])]
    if len(found) == 1:
        return str(found[0])
    if found:
        raise BilateralError(f"{name} may be {' or '.join(found)}: give the name with its schema.")
    raise BilateralError(f"There is no table {name}.{did_you_mean(name, known)} 'bilateral describe' lists all.")


def citation(build: Build, sources: Sequence[SourceCited], *, table: str | None = None) -> str:
    """The citation of the file, and of each source with its vintage and its licence, as text."""
    authors = " and ".join(author["name"] for author in software()["authors"])
    part = "" if table is None else f", table {table}"
    lines = [
        f"{authors} ({build.built_at:%Y}). {software()['title']}{part}. Version {version()}, publication "
        f"{build.publication_id}, built {build.built_at:%Y-%m-%d} (UTC), code {build.code_fingerprint}."
    ]
    lines += ["", "Sources:" if sources else "No source: the project itself makes it, or there are no data of its sources."]
    lines += [f"- {s.citation.rstrip('.')}. {s.url} ({s.vintage}). Licence: {s.licence.rstrip('.')}." for s in sources]
    return "\n".join(lines)


def citation_file(build: Build, sources: Sequence[SourceCited]) -> dict[str, Any]:
    """The content of a CITATION.cff for a release of the file: https://citation-file-format.github.io."""
    return {
        "cff-version": "1.2.0",
        "message": "If you use these data, please cite them, and each source as named in references.",
        "type": "dataset",
        "title": f"{software()['title']}, publication {build.publication_id}",
        "authors": software()["authors"],
        "version": build.publication_id,
        "date-released": f"{build.built_at:%Y-%m-%d}",
        "references": [
            {
                "type": "data",
                "title": s.title,
                "authors": [{"name": s.publisher}],
                "url": s.url,
                **({"date-accessed": f"{s.last_accepted_at:%Y-%m-%d}"} if s.last_accepted_at else {}),
                "notes": s.note,
            }
            for s in sources
        ],
    }


def _records(build: Build, sources: Sequence[SourceCited]) -> Iterator[dict[str, Any]]:
    """What styles of citation ask of the file, and of each source."""
    title = f"{software()['title']}, publication {build.publication_id}"
    authors = [author["name"] for author in software()["authors"]]
    file = {"key": "bilateral", "authors": authors, "title": title, "day": build.built_at, "accessed": None, "url": ""}
    yield file | {"note": f"Code {build.code_fingerprint}"}
    for s in sources:
        cited = {"key": s.source, "authors": [s.publisher], "title": s.title, "day": None, "accessed": s.last_accepted_at}
        yield cited | {"url": s.url, "note": s.note}


def bibtex(build: Build, sources: Sequence[SourceCited]) -> str:
    """The file and each source as entries of BibTeX, of the type that every style has."""
    text = []
    for record in _records(build, sources):
        fields = {
            # in braces of its own a body is no person with a first and a last name
            "author": " and ".join(f"{{{_tex(name)}}}" for name in record["authors"]),
            "title": f"{{{_tex(record['title'])}}}",
            "year": _dated(record["day"] or record["accessed"], "%Y"),
            # within it a percent sign stands for itself, but a brace ends it
            "url": record["url"].replace("{", "%7B").replace("}", "%7D"),
            "note": _tex(record["note"]),
        }
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        text.append(f"@misc{{{record['key']},\n" + ",\n".join(lines) + "\n}\n")
    return "\n".join(text)


def ris(build: Build, sources: Sequence[SourceCited]) -> str:
    """The file and each source as records of RIS."""
    lines = []
    for r in _records(build, sources):
        fields = [("TY", "DATA"), *(("AU", name) for name in r["authors"]), ("TI", r["title"])]
        fields += [("PY", _dated(r["day"] or r["accessed"], "%Y")), ("DA", _dated(r["day"], "%Y/%m/%d")), ("UR", r["url"])]
        fields += [("Y2", _dated(r["accessed"], "%Y/%m/%d")), ("N1", r["note"])]
        # a value is one line
        lines += [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
        lines += ["ER  - ", ""]
    return "\r\n".join(lines)


def _dated(moment: datetime | None, form: str) -> str:
    return "" if moment is None else f"{moment:{form}}"


def _tex(text: str) -> str:
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return "".join(special.get(c, f"\\{c}" if c in "&%$#_{}" else c) for c in " ".join(text.split()))
