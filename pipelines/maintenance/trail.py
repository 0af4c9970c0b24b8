"""From a row of a published table back to the bytes it was made of: snapshot, file, row, hash, receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from assets.errors import BilateralError
from assets.reading.bytes import decode
from pipelines.ingest.raw_store import RawStore
from pipelines.ingest.receipts import FileReceipt, Receipt
from pipelines.share.cite import table_named
from pipelines.util.readers import records
from pipelines.util.suggest import did_you_mean

ID_COLUMNS = ("event_id", "listing_id", "article_id", "act_id")
"""Columns whose values alone name a row, or the versions of one thing."""
MOST_ROWS = 20
"""Rows whose trail is told at once."""
_OWN = frozenset({"snapshot_id", "source", "origin", "list_id", "coder", "coder_version"})
"""Columns that this project fills: a file that has such a word proves nothing."""
_NOTED = ("source", "snapshot", "snapshot_id", "retrieved_at", "retrieved_precision", "retrieved_basis", "origin")
_OF_FILES = ("name", "sha256", "n_bytes", "url", "http_status", "etag", "last_modified")

BY_ABSENCE = "no row of the file says it: it was derived, or brought by the absence of a row that an earlier snapshot had"
COMPUTED = "it is computed: these rows of core are those that it names, or that have the values of its key"


@dataclass(frozen=True)
class Row:
    """A row of a table: by its key where the table declares one."""

    table: str
    key: dict[str, Any]
    values: dict[str, Any]


@dataclass(frozen=True)
class File:
    """A file as its receipt has it; ``state``: ``whole``, or what is wrong with its bytes, ``place``: where the row stands."""

    receipt: FileReceipt
    path: str
    state: str
    place: str = ""


@dataclass(frozen=True)
class Link:
    """The snapshot behind rows: its receipt, its files, and which publication was the first to hold it."""

    receipt: Receipt
    files: tuple[File, ...]
    publication: str | None
    note: str = ""


@dataclass(frozen=True)
class Trail:
    """A row, and what it was made of. ``behind``: the trails of the rows that a computed one rests on. ``note``: what to know."""

    row: Row
    links: tuple[Link, ...] = ()
    note: str = ""
    behind: tuple[Trail, ...] = ()

    @property
    def is_damaged(self) -> bool:
        """Whether bytes that it leads to are not those of their receipt."""
        return any(f.state != "whole" for link in self.links for f in link.files) or any(t.is_damaged for t in self.behind)


def rows_of(con: DuckDBPyConnection, words: Sequence[str]) -> list[Row]:
    """The rows of one id, or of a table and ``column=value``. Raises BilateralError where there are none, or too many."""
    if not words:
        raise BilateralError("give an id (of an event, a listing, an article, an act), or a table and column=value.")
    if len(words) == 1 and "=" not in words[0]:
        found = _by_id(con, words[0])
        if not found:
            raise BilateralError(f"no event, listing, article or act has the id {words[0]!r}. Or: 'trail TABLE column=value'.")
        return found
    table = table_named(con, words[0])
    declared = con.execute("SELECT column_name, is_key FROM meta.columns WHERE table_name = ? ORDER BY position", [table])
    columns = dict(declared.fetchall())
    wanted = {}
    for part in words[1:]:
        name, is_pair, value = part.partition("=")
        if not is_pair:
            raise BilateralError(f"{part}: expected column=value, such as period_end=2023-05-31.")
        if name not in columns:
            raise BilateralError(f"{table} has no column {name}.{did_you_mean(name, columns)}")
        wanted[name] = value
    where = " AND ".join(f'"{name}"::VARCHAR = ?' for name in wanted) or "true"
    found = _select(con, table, where, list(wanted.values()), MOST_ROWS + 1)
    if not found:
        raise BilateralError(f"no row of {table} has {', '.join(words[1:])}.")
    if len(found) > MOST_ROWS:
        more = [name for name, is_key in columns.items() if is_key and name not in wanted]
        of_key = f": its key has {', '.join(more)} besides" if more else ""
        raise BilateralError(f"more than {MOST_ROWS} rows of {table} have that. Name the row by more columns{of_key}.")
    return found


def _by_id(con: DuckDBPyConnection, name: str) -> list[Row]:
    """Rows of core that are named by an id, where that column is the whole key but for the moment since when it was known."""
    homes = con.execute(
        """SELECT table_name, any_value(column_name) FILTER (column_name <> 'known_from') FROM meta.columns
           WHERE is_key AND table_name LIKE 'core.%' GROUP BY table_name
           HAVING count(*) FILTER (column_name <> 'known_from') = 1 ORDER BY table_name"""
    ).fetchall()
    found = []
    for table, column in homes:
        if column in ID_COLUMNS:
            found += _select(con, table, f'"{column}" = ?', [name], MOST_ROWS)
    # what this project decided of it bears no snapshot, and comes last
    return sorted(found, key=lambda row: "snapshot_id" not in row.values)


def _select(con: DuckDBPyConnection, table: str, where: str, values: Sequence[Any], most: int) -> list[Row]:
    keys = con.execute(
        "SELECT column_name FROM meta.columns WHERE table_name = ? AND is_key ORDER BY position", [table]
    ).fetchall()
    rows = records(con.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY ALL LIMIT {most}", list(values)))
    return [Row(table, {key: row[key] for (key,) in keys}, row) for row in rows]


def trails(con: DuckDBPyConnection, raw: RawStore, words: Sequence[str]) -> list[Trail]:
    """The trail of each row that a person names; raises as ``rows_of``."""
    return [trail(con, raw, row) for row in rows_of(con, words)]


def trail(con: DuckDBPyConnection, raw: RawStore, row: Row) -> Trail:
    """What a row of core or marts was made of; one without a snapshot is followed to the rows of core that it names."""
    if row.values.get("snapshot_id") is not None:
        brought = "row_number" in row.values and row.values["row_number"] is None and not row.values.get("evidence")
        return Trail(row, tuple(_links(con, raw, row)), BY_ABSENCE if brought else "")
    article = row.values.get("article_id")
    if article is not None and row.table != "core.articles":
        articles = _select(con, "core.articles", "article_id = ?", [article], MOST_ROWS)
        return Trail(row, tuple(link for r in articles for link in _links(con, raw, r, row)), "it was read from its article")
    if behind := _behind(con, row):
        return Trail(row, (), COMPUTED, tuple(trail(con, raw, r) for r in behind))
    query = "SELECT 'core.' || core_table FROM meta.lineage WHERE table_name = ? ORDER BY 1"
    rests = [table for (table,) in con.execute(query, [row.table]).fetchall()]
    if rests and rests != [row.table]:
        return Trail(row, (), f"it is computed from {', '.join(rests)}; ask for the trail of rows of these")
    return Trail(row, (), "it bears no snapshot: it is made by this project, from a table of facts or a decision of its own")


def _behind(con: DuckDBPyConnection, row: Row) -> list[Row]:
    """Rows of core with a snapshot on which a computed row rests: by its ids, or by the values of the columns they share."""
    rests = con.execute(
        """SELECT l.core_table, list(c.column_name), coalesce(list(c.column_name) FILTER (c.is_key), [])
           FROM meta.lineage AS l JOIN meta.columns AS c ON c.table_name = 'core.' || l.core_table
           WHERE l.table_name = ? GROUP BY 1 HAVING list_contains(list(c.column_name), 'snapshot_id') ORDER BY 1""",
        [row.table],
    ).fetchall()
    found: list[Row] = []
    for table, columns, keys in rests:
        ids = [c for c in ID_COLUMNS if c in keys and row.values.get(c) is not None]
        shared = ids or [c for c in keys if c in row.key and row.key[c] is not None]
        if not ids and len(shared) < 2:
            continue
        if "known_from" in columns and row.values.get("known_from") is not None and "known_from" not in shared:
            shared.append("known_from")
        where = " AND ".join(f'"{c}" = ?' for c in shared)
        found += _select(con, f"core.{table}", f"{where} AND snapshot_id IS NOT NULL", [row.values[c] for c in shared], MOST_ROWS)
    # tables that say which row of a file is meant lead further than those that name its snapshot alone
    return [r for r in found if "row_number" in r.values or r.values.get("article_id")] or found


def _links(con: DuckDBPyConnection, raw: RawStore, row: Row, says: Row | None = None) -> list[Link]:
    """The snapshots that hold the bytes behind a row of core; ``says``: the row whose evidence is looked for in them."""
    taken = con.execute(
        """SELECT source, snapshot FROM meta.snapshots WHERE snapshot_id = ? AND verdict = 'accepted'
           ORDER BY snapshot, source""",
        [row.values["snapshot_id"]],
    ).fetchall()
    own = {row.values.get(c) for c in ("source", "origin", "list_id")}
    taken = [t for t in taken if t[0] in own] or taken
    links = []
    for source, snapshot in taken[:1]:
        first = con.execute(
            "SELECT min(publication_id) FROM meta.publications WHERE list_contains(snapshots, ?)", [f"{source}/{snapshot}"]
        ).fetchall()[0][0]
        again = [name for _, name in taken[1:]]
        note = f"the same bytes were accepted again as {', '.join(again)}" if again else ""
        receipt = raw.receipt(source, snapshot)
        links.append(Link(receipt, tuple(_files(raw, receipt, row, says)), first, note))
    return links


def _files(raw: RawStore, receipt: Receipt, row: Row, says: Row | None) -> list[File]:
    """The files of a snapshot in which a row may stand: of several those that have most of what it says."""
    number, evidence = row.values.get("row_number"), (says or row).values.get("evidence")
    # ids of this project begin with the id of the source
    words = {v.rpartition(":")[2] for c, v in row.values.items() if isinstance(v, str) and v and c not in _OWN}
    stored = raw.files(receipt.source, receipt.snapshot)
    folder = Path("raw", receipt.source, receipt.same_as or receipt.snapshot)
    found: list[tuple[int, File]] = []
    for file in (f for f in receipt.files if f.sha256 is not None):
        path = (folder / f"{file.name}.zst").as_posix()
        try:
            text = decode(stored[file.name], errors="replace")
        except BilateralError as damage:
            found.append((0, File(file, path, str(damage))))
            continue
        place = "" if number is None else f"row {number:,} of it (from 1, after the header where it has one)"
        if number is None and evidence and evidence in text:
            place = f"line {text[: text.index(evidence)].count(chr(10)) + 1:,}: {evidence}"
        n_words = sum(word in text for word in words) if number is not None else bool(place)
        found.append((n_words, File(file, path, "whole", place)))
    most = max((n for n, _ in found), default=0)
    return [file for n, file in found if n == most or file.state != "whole"]


def as_json(trail: Trail) -> dict[str, Any]:
    """A trail as JSON has it."""
    return {
        "table": trail.row.table,
        "key": trail.row.key,
        "note": trail.note or None,
        "behind": [as_json(t) for t in trail.behind],
        "snapshots": [
            {
                **{name: getattr(link.receipt, name) for name in _NOTED},
                "warnings": list(link.receipt.warnings),
                "first_publication": link.publication,
                "note": link.note or None,
                "files": [
                    {"path": f.path, "state": f.state, "place": f.place or None, **{n: getattr(f.receipt, n) for n in _OF_FILES}}
                    for f in link.files
                ],
            }
            for link in trail.links
        ],
    }
