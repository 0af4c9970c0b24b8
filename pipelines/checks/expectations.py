"""What must hold of a table: read from its declaration (keys, NOT NULL, CHECK, references, head) and from ``sql/checks``.

``pipelines.checks.audit`` checks it as SQL, ``pipelines.checks.gx`` by Great Expectations.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from assets.errors import BilateralError
from assets.schema import SQL, Reference, Table, declared, headers, names_in, vocabularies

Severity = Literal["critical", "warning"]
Scope = Literal["domain", "build"]


@dataclass(frozen=True)
class Expectation:
    """One thing that must hold: that ``query`` finds no row, or that a key stands once.

    ``columns``: the key, or the one column that holds one of ``words`` or nothing. ``scope``: ``build`` where tables of other
    domains are needed. ``rows``: columns of the result that name the single rows that break it, of the table ``rows_of`` where
    that is another one: such rows can be quarantined. Without them it is a rule of the table (keys, sums, calendars), and nobody
    can say which row is the wrong one. ``where``: the condition of an offending row, where rows are looked at one by one.
    """

    table: str
    name: str
    severity: Severity
    description: str
    query: str = ""
    scope: Scope = "domain"
    rows: tuple[str, ...] = ()
    rows_of: str = ""
    where: str = ""
    columns: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def is_of_rows(self) -> bool:
        """Whether it names the single rows that break it."""
        return bool(self.rows)


def from_declaration(table: Table, own: Iterable[str]) -> list[Expectation]:
    """Expectations that follow from a table's declaration. ``own``: names of the tables of its domain."""
    found = []
    if table.key:
        named = table.key[0] if len(table.key) == 1 else f"({', '.join(table.key)})"
        text = f"{named} is the key: one row each."
        found.append(Expectation(table.name, "key_is_unique", "critical", text, columns=table.key))
    if required := [c.name for c in table.columns if c.not_null]:
        missing = " OR ".join(f'"{c}" IS NULL' for c in required)
        text = f"Declared NOT NULL: {', '.join(required)}."
        found.append(_of_own_rows(table, "required_columns_are_never_null", missing, text))
    for columns, check in table.checks:
        words = table.vocabulary(columns[0]) if len(columns) == 1 and " IN (" in check else ()
        if words:
            text = f"{columns[0]} is one of {', '.join(repr(w) for w in words)}."
            rule = _of_own_rows(table, f"{columns[0]}_in_vocabulary", f"NOT {check}", text)
            found.append(replace(rule, columns=tuple(columns), words=words))
            continue
        name = name_of_check(table, columns, check)
        if any(e.name == name for e in found):
            # of two rules on the same columns the words tell which
            name = "_".join([name, *re.findall(r"'(\w+)'", check)])
        found.append(_of_own_rows(table, name, f"NOT {check}", f"Declared: CHECK {check}."))
    mine = set(own)
    for ref in table.references:
        match = " AND ".join(f"o.{there} = t.{here}" for here, there in zip(ref.columns, ref.referenced, strict=True))
        is_given = " AND ".join(f"t.{here} IS NOT NULL" for here in ref.columns)
        # NOT EXISTS would have DuckDB carry all columns through the join: four to twenty times the time
        query = f"SELECT t.* FROM {table.name} t ANTI JOIN {ref.table} o ON {match} WHERE {is_given}"
        text = f"Every {', '.join(ref.columns)} is a row of {ref.table}."
        scope: Scope = "domain" if ref.table in mine else "build"
        found.append(Expectation(table.name, name_of(ref), "critical", text, query, scope, table.key))
    return found


_ORDER = {"<": ("before", "below"), "<=": ("not_after", "not_above"), "!=": ("differs_from", "differs_from")}
"""How an operator between two columns is said of days and of other values."""
_BOUNDS = {">= 0": "not_negative", "> 0": "positive", ">= 1": "positive"}


def name_of_check(table: Table, columns: Sequence[str], check: str) -> str:
    """A name in words for a CHECK as DuckDB writes it: ``known_from_before_known_to``, ``confidence_in_range``."""
    distinct = list(dict.fromkeys(columns))
    # what holds only where a value is there is named by what holds then
    bare = re.sub(r"\(\w+ IS NULL\) OR ", "", check.replace('"', "")).strip("()")
    if len(distinct) == 1:
        word = _BOUNDS.get(bare.removeprefix(f"{distinct[0]} "))
        is_range = re.match(r"\w+ (BETWEEN|[<>]=?) ", bare) is not None
        return f"{distinct[0]}_{word or ('in_range' if is_range else 'has_its_form')}"
    if (pair := re.fullmatch(r"(\w+) (<=?|!=) (\w+)", bare)) is not None and pair[3] in distinct:
        types = {c.name: c.type for c in table.columns}
        of_time, of_others = _ORDER[pair[2]]
        return f"{pair[1]}_{of_time if types[pair[1]] in ('DATE', 'TIMESTAMP') else of_others}_{pair[3]}"
    if re.fullmatch(r"(\w+ IS NOT NULL\W+OR\W+)+\w+ IS NOT NULL", bare):
        return f"{'_or_'.join(distinct)}_is_there"
    return f"{'_and_'.join(distinct)}_agree"


def _of_own_rows(table: Table, name: str, where: str, description: str) -> Expectation:
    query = f"SELECT * FROM {table.name} WHERE {where}"
    return Expectation(table.name, name, "critical", description, query, rows=table.key, where=where)


def name_of(reference: Reference) -> str:
    """Name of the expectation that a reference becomes."""
    return f"{'_'.join(reference.columns)}_exists_in_{reference.table.split('.')[1]}"


@cache
def from_files() -> tuple[Expectation, ...]:
    """Expectations of ``sql/checks``: a file is one SELECT of offending rows; its first comment lines say what and why.

    ``-- rows: a, b`` says that each row of the result is one row of the table that is wrong in itself, named by its columns
    a, b; ``-- rows: core.other: a, b`` that it is one of another table.
    """
    found = []
    for path in sorted((SQL / "checks").glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        head = dict(re.findall(r"^-- (critical|warning|table|scope|rows): *(.+)$", text, re.MULTILINE))
        severity: Severity | None = next((s for s in ("critical", "warning") if s in head), None)
        if severity is None or "table" not in head:
            raise BilateralError(f"sql/checks/{path.name}: expected '-- critical:' or '-- warning: why', and '-- table: <name>'")
        query = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip().rstrip(";")
        scope: Scope = "build" if head.get("scope") == "build" or head["table"].startswith("marts.") else "domain"
        rows_of, _, columns = head.get("rows", "").rpartition(":")
        rows = tuple(c.strip() for c in columns.split(",") if c.strip())
        name = path.stem.split("__", 1)[-1]
        found.append(Expectation(head["table"], name, severity, head[severity], query, scope, rows, rows_of.strip()))
    return tuple(found)


def _grain(table: str, text: str) -> Expectation:
    columns = ", ".join(names_in(text))
    query = f"SELECT {columns}, count(*) AS n_rows\nFROM {table}\nGROUP BY ALL\nHAVING count(*) > 1"
    why = f"One row per {columns}: a join on it must not multiply rows."
    return Expectation(table, "grain_is_unique", "critical", why, query, "build")


def _calendar(table: str, text: str) -> Expectation:
    found = re.fullmatch(r"(.+) by (?:span|month of (\w+))", text)
    if found is None:
        raise BilateralError(f"{table}: '-- calendar: {text}' should be 'a, b by span' or 'a, b by month of period_end'")
    keys, date = ", ".join(names_in(found[1])), found[2]
    if date is None:
        why = "The spans of a calendar follow each other: each day from the first to the last is in one of them, and none twice."
        query = (
            f"SELECT {keys}, from_date, to_date, lead(from_date) OVER (PARTITION BY {keys} ORDER BY from_date) AS next_date\n"
            f"FROM {table}\nQUALIFY from_date >= to_date OR next_date <> to_date OR from_date IS NULL OR to_date IS NULL"
        )
    else:
        why = "Every month from the first to the last is there, written as its last day."
        query = (
            f"SELECT {keys}, min({date}) AS first_date, max({date}) AS last_date, count(DISTINCT {date}) AS n_dates\n"
            f"FROM {table}\nGROUP BY {keys}\n"
            f"HAVING count(DISTINCT {date}) <> datediff('month', min({date}), max({date})) + 1\n"
            f"    OR bool_or({date} <> last_day({date}))"
        )
    return Expectation(table, "calendar_is_complete", "critical", why, query, "build")


def _stands_once(table: str, text: str) -> Expectation:
    columns = ", ".join(names_in(text))
    query = (
        f"SELECT {columns}, known_from, known_to, next_known_from\nFROM (\n"
        f"    SELECT *, lead(known_from) OVER (PARTITION BY {columns} ORDER BY known_from) AS next_known_from\n"
        f"    FROM {table}\n)\n"
        "WHERE next_known_from IS NOT NULL AND (known_to IS NULL OR next_known_from < known_to)"
    )
    return Expectation(table, "stand_once", "critical", f"At any moment of known time ({columns}) stands once.", query)


def _closes_with(table: str, text: str) -> Expectation:
    key = [c for c in declared()[f"core.{text}"].key if c != "known_from"]
    match = " AND ".join(f"l.{c} = d.{c}" for c in key)
    query = (
        f"SELECT d.*\nFROM {table} AS d\nWHERE NOT EXISTS (\n    FROM core.{text} AS l\n    WHERE {match}\n"
        "        AND (d.known_to IS NOT NULL\n"
        "            OR (l.known_to IS NULL AND (l.valid_to IS NULL OR l.valid_to_basis <> 'snapshot_diff')))\n)"
    )
    why = (
        f"Every row is that of a row of core.{text}, an open one of one that is in force, or that ended on a day stated by "
        "the list and may still be shown: what was seen to be gone has nothing open."
    )
    rows = declared()[table].key if table in declared() else ()
    return Expectation(table, "closed_with_the_listing", "critical", why, query, rows=rows)


def _vocabularies(table: str, text: str) -> Expectation:
    words = vocabularies(f"-- vocabularies: {text}\n", table)
    broken = [f"{column} NOT IN ({', '.join(repr(word) for word in of)})" for column, of in words.items()]
    query = f"SELECT {', '.join(words)}, count(*) AS n_rows\nFROM {table}\nWHERE {' OR '.join(broken)}\nGROUP BY ALL"
    why = f"Each of {', '.join(words)} has a word of its vocabulary, or NULL: a query can then list all of them."
    return Expectation(table, "words_are_of_their_vocabularies", "critical", why, query, "build")


HEADERS: Mapping[str, Callable[[str, str], Expectation]] = {
    "grain": _grain,
    "calendar": _calendar,
    "stands once": _stands_once,
    "closes with": _closes_with,
    "vocabularies": _vocabularies,
}
"""Lines on top of a file of ``sql/core`` or ``sql/marts`` from which an expectation follows."""


def from_headers_of(table: str, text: str) -> list[Expectation]:
    """Expectations that follow from the head of the file that makes a table; of a view they are asked of what it reads."""
    if re.search(r"^CREATE VIEW ", text, re.MULTILINE):
        return []
    return [derive(table, value) for word, derive in HEADERS.items() for value in headers(text, word)]


@cache
def from_headers() -> tuple[Expectation, ...]:
    """Expectations that follow from the heads of ``sql/core`` and ``sql/marts``."""
    paths = [p for folder in ("core", "marts") for p in sorted((SQL / folder).glob("*.sql"))]
    return tuple(e for p in paths for e in from_headers_of(f"{p.parent.name}.{p.stem}", p.read_text(encoding="utf-8")))


@cache
def from_checks() -> tuple[Expectation, ...]:
    """What a declaration cannot say: expectations of the files of ``sql/checks`` and of the heads of tables."""
    return tuple(sorted((*from_files(), *from_headers()), key=lambda e: (e.table, e.name)))


MADE_BY_THE_BUILD = {("core.sanction_listings", "actor_id_exists_in_actors")}
"""References to rows that the build makes first (``sql/derive``): whether they hold is seen there alone."""


def expectations_of_core(own: Sequence[str], reference: Collection[str]) -> list[Expectation]:
    """What can be asked of a core (its tables: ``own``) before it is current: rules of rows may read ``reference`` tables too."""
    found = [e for name in own for e in expectations_of(name, own)]
    of_rows = {e for e in found if e.is_of_rows and e.severity == "critical" and (e.table, e.name) not in MADE_BY_THE_BUILD}
    known = {*own, *reference}
    can_be_asked = {e for e in of_rows if set(re.findall(r"\b(?:core|marts|meta)\.\w+", e.query)) <= known}
    return [e for e in found if e.scope == "domain" or e in can_be_asked]


def expectations_of(name: str, own: Iterable[str]) -> list[Expectation]:
    """All expectations of a table by full name, declaration first. ``own``: the tables of its domain."""
    declaration = declared().get(name)
    derived = [] if declaration is None else from_declaration(declaration, own)
    return derived + [e for e in from_checks() if e.table == name]
