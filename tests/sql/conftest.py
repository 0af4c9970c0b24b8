"""An in-memory warehouse for the SQL: the declared tables without their constraints, the marts and the macros over them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Self

import duckdb
import pytest

from assets.schema import declared
from pipelines.checks.expectations import from_checks
from pipelines.publish.scripts import Script, scripts, scripts_in_order
from tests.told import told

Row = dict[str, Any]
NOV_10, NOV_20 = "known_from=2023-11-10", "known_from=2023-11-20"
CODED = f"cameo_code=040|goldstein=1.0|quad_schrodt=1|n_reports=1|{NOV_20}"
USUAL = (
    "actors kind=state", f"events date_precision=day|modality=past|{CODED}",
    f"event_days origin=gdelt_v2_events|n_rows=1|{CODED}",
    f"news_coverage source=gdelt_v2_events|covers=events|n_slots=96|n_slots_expected=96|coverage_share=1.0|{NOV_20}",
    f"news_pair_coverage source=gdelt_v1_events|low_id=CHN|high_id=USA|{NOV_20}", "cameo_codes cameo_root=04",
    "sanction_lists list_id=us_list|name=Entity List|authority_id=USA.BIS|kind=export_control",
    f"sanction_listings list_id=us_list|party_type=entity|{NOV_10}", f"sanction_countries basis=nationality|{NOV_10}",
    f"sanction_names kind=aka|quality=strong|{NOV_10}", f"sanction_programs valid_from_basis=snapshot_diff|{NOV_10}",
    "sanction_events list_id=us_list|authority_id=USA.BIS|name=PARTY|known_at=2023-11-10",
    f"official_acts authority_id=USA.BIS|sort=listing|effect=imposed|title=ACT|origin=reviewed|verified_by=files|{NOV_10}",
    "official_act_events basis=day", "official_act_states state_id=CHN|basis=stated",
    "official_act_terms kind=measure|term=sanction",
    "official_act_coverage authority_id=USA.BIS|sort=listing|is_complete=true|basis=all of them",
    "overdose_observations actor_id=USA|measure=deaths_12m|drug=all|basis=reported|unit=deaths|source=us_cdc_vsrr",
    f"articles published_precision=day|{NOV_20}", f"mentions {NOV_20}",
    f"drug_seizures actor_id=USA|region=R|component=C|{NOV_20}",
)  # fmt: skip
"""What a row of a test does not say, by table."""
DEFAULTS: dict[str, Row] = {
    f"core.{table}": dict(cell.split("=") for cell in cells.split("|")) for table, cells in (line.split(" ", 1) for line in USUAL)
}


@cache
def named_in(sql: str) -> frozenset[str]:
    """Marts that SQL reads and functions that it calls; comments and texts name nothing."""
    found = re.findall(r"\bmarts\.(\w+)|\b(\w+)\s*\(", re.sub(r"--.*|'(?:[^']|'')*'", "", sql))
    return frozenset(mart or function for mart, function in found)


def needed(*queries: str) -> list[Script]:
    """Scripts of the marts and macros that queries name, and of those that these name, in the order in which they can run."""
    names = frozenset[str]().union(*map(named_in, queries))
    found = []
    for script in reversed(scripts_in_order()):
        if script.name in names:
            found.append(script)
            names |= named_in(script.text)
    return found[::-1]


def of_listing(table: str, row: Row) -> Row:
    """What the id of a listing says: its list and actor; one without a first day stood before all that is held."""
    if "listing_id" not in row or table not in ("core.sanction_listings", "core.sanction_events"):
        return {}
    of_list = {"list_id": str(row["listing_id"]).partition(":")[0]}
    if table == "core.sanction_events":
        return of_list
    basis = "snapshot_diff" if row.get("valid_from") else "left_censored"
    return of_list | {"actor_id": row["listing_id"], "name": "PARTY", "valid_from_basis": basis}


class Warehouse:
    """Tiny warehouse: put rows in, build, ask.

    What is declared and what a build makes is made when something first names it: all of it takes half a second, and most tests
    ask for one mart. It is what would have been made at once, since no mart is made of rows that came after the build.
    """

    def __init__(self) -> None:
        self._con = duckdb.connect()
        self._left: list[Script] = []
        self._has_later_rows = False
        self._absent = dict(declared())
        self._con.execute("CREATE SCHEMA core; CREATE SCHEMA meta")

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The database, for whatever a test does with it: all is made by then."""
        self._declare(*self._absent)
        self._make(self._left)
        return self._con

    def _declare(self, *texts: str) -> None:
        """Make the declared tables that are named in texts."""
        for name in {name for text in texts for name in re.findall(r"\b(?:core|meta)\.\w+", text)} & self._absent.keys():
            columns = ", ".join(f'"{c.name}" {c.type}' for c in self._absent.pop(name).columns)
            self._con.execute(f"CREATE TABLE {name} ({columns})")

    def put(self, table: str, *rows: Row) -> None:
        """Insert rows, completed by DEFAULTS."""
        self._has_later_rows = True
        self._declare(table)
        for row in rows:
            full = DEFAULTS.get(table, {}) | of_listing(table, row) | row
            marks = ", ".join("?" for _ in full)
            self._con.execute(f"INSERT INTO {table} ({', '.join(full)}) VALUES ({marks})", list(full.values()))
            if table == "core.sanction_lists" and full.get("covered_from") is not None:
                self.cover(full["list_id"], full["covered_from"], full["covered_until"])

    def fill(self, head: str, *lines: str) -> None:
        """Put rows told as text into a table of core, of these columns: cells stand between bars or spaces, NULL is a dash."""
        table, *columns = head.split()
        cells = (line.split("|" if "|" in line else None) for line in lines)
        self.put(f"core.{table}", *({c: None if v == "-" else v for c, v in zip(columns, row, strict=True)} for row in cells))

    def cover(self, list_id: str, first: str, last: str, known_from: str | None = None) -> None:
        """Say that a list is covered without a gap from one day to another."""
        self._has_later_rows = True
        self._declare("core.list_coverage")
        self._con.execute(
            "INSERT INTO core.list_coverage SELECT ?, 'both', ?::DATE, ?::DATE + 1, 'editions', ?, 'snapshot', NULL, 's'",
            [list_id, first, last, known_from or first],
        )

    def change(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        """Change rows of core, or of a mart that was asked for."""
        self._declare(statement)
        self._make(script for script in self._left if script in needed(statement))
        self._has_later_rows = True
        self._con.execute(statement, parameters)

    def build(self) -> Self:
        """Make all marts and macros afresh."""
        self._con.execute("DROP SCHEMA IF EXISTS marts CASCADE")
        self._con.execute("CREATE SCHEMA marts")
        # tests put the rows of core that are derived from others in themselves
        self._left = [script for script in scripts_in_order() if script not in scripts("derive")]
        self._has_later_rows = False
        return self

    def _make(self, wanted: Iterable[Script]) -> None:
        for script in list(wanted):
            assert not (self._has_later_rows and script in scripts("marts")), f"{script.name} lacks rows that came later: build"
            self._declare(script.text)
            self._con.execute(script.text)
            self._left.remove(script)

    def ask(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a query; dates and timestamps as ISO text."""
        wanted = self._left if "duckdb_" in query else needed(query)
        self._declare(query, *(self._absent if "duckdb_" in query else ()))
        self._make(script for script in self._left if script in wanted)
        rows = self._con.execute(query, list(parameters)).fetchall()
        return [tuple(v.isoformat() if hasattr(v, "isoformat") else v for v in row) for row in rows]

    def told(self, query: str, *parameters: Any) -> str:
        """Rows of a query as text; SELECT may be left out. All is made afresh where rows came since."""
        if self._has_later_rows:
            self.build()
        return told(self.ask(query if query.startswith(("SELECT", "FROM", "WITH")) else f"SELECT {query}", *parameters))

    def close(self) -> None:
        """Forget it."""
        self._con.close()

    def states(self, *ids: str) -> None:
        """States by id, named by their id."""
        self.put("core.actors", *({"actor_id": i, "name": i, "country_id": i} for i in ids))

    def broken(self, query: str, *statements: str) -> list[Any]:
        """What a query finds after statements that are taken back."""
        self.con.execute("BEGIN")
        for statement in statements:
            self.change(statement)
        found = self.ask(query)
        self._con.execute("ROLLBACK")
        return found

    def finds(self, query: str, *statements: str) -> None:
        """Fail unless a check passes, and finds what each statement spoils."""
        assert self.ask(query) == []
        for statement in statements:
            assert self.broken(query, statement) != [], statement


def event(
    number: int | str, day: str | None = "2023-11-01", source: str | None = "USA", target: str | None = "CHN", **other: Any
) -> Row:
    """An event between two states."""
    return {"event_id": f"e{number}", "event_date": day, "source_country_id": source, "target_country_id": target} | other


def listing(
    w: Warehouse, number: int, start: str | None, end: str | None = None, states: str = "CHN", *, again: str = "", **other: Any
) -> None:
    """A listing with its events or, where it ended, with both versions and its states closed; ``again``: where it came back."""
    of = {"listing_id": f"us_list:{number}"}
    named, known = of | {"name": f"PARTY {number}"}, other.get("known_from", start or "2023-11-01")
    row = named | {"actor_id": of["listing_id"], "valid_from": start, "known_from": known} | other
    row |= {"valid_from_basis": "snapshot_diff" if start else "left_censored"}
    first = [row | {"known_to": end}] if known != end else []  # a version is known for a while
    w.put("core.sanction_listings", *first, *([row | {"valid_to": end, "known_from": end}] if end else []))
    w.put("core.sanction_countries", *(of | {"country_id": s, "known_from": known, "known_to": end} for s in states.split()))
    for kind, day in (("added", start), ("removed", end)):
        if day is not None:
            of_day = {"event_id": f"{number}:{kind}{again}", "kind": kind, "event_date": day, "known_at": day}
            w.put("core.sanction_events", named | of_day)


def event_is(w: Warehouse, *of: Any, **other: Any) -> None:
    """An event between two states, put in."""
    w.put("core.events", event(*of, **other))


def tell(w: Warehouse, *steps: str, **actions: Callable[..., None]) -> None:
    """A story in steps of text; a dash is NULL, and a bar stands between words where one has spaces.

    ``core events event_id origin: e1 icews / e2 -`` fills a table, ``listing 1 2023-11-02 states=CHN`` calls what is so named,
    SQL changes rows, and ``n_events FROM marts.dyad_day => 1 / 2`` is a query with the answer that it must have; after ``!`` what
    its error says.
    """
    calls = {"event": event_is, "listing": listing} | actions
    for step in steps:
        name, _, rest = step.partition(" ")
        if " =>" in step:
            query, _, expected = step.partition(" =>")
            if expected.startswith(" !"):
                with pytest.raises(duckdb.Error, match=re.escape(expected[2:])):
                    w.told(query)
            else:
                assert w.told(query) == expected.strip(), query
        elif name in calls:
            words = [word.strip() for word in rest.split("|" if "|" in rest else None)]
            named = dict(word.split("=", 1) for word in words if "=" in word)
            values = {key: None if word == "-" else word for key, word in named.items()}
            calls[name](w, *(None if word == "-" else word for word in words if "=" not in word), **values)
        elif name == "core":
            head, _, rows = rest.partition(": ")
            w.fill(head, *rows.split(" / "))
        else:
            assert name in ("INSERT", "UPDATE", "DELETE", "CREATE", "--"), step
            w.change(step)


def check(name: str) -> str:
    """The query of a check (table__name): the rows that break it."""
    (found,) = (e.query for e in from_checks() if f"{e.table.partition('.')[2]}__{e.name}" == name)
    return str(found)


def with_actors() -> Warehouse:
    """An empty warehouse with the actors USA, CHN, RUS and USA.BIS, not yet built."""
    w = Warehouse()
    w.states("USA", "CHN", "RUS")
    w.put("core.actors", {"actor_id": "USA.BIS", "kind": "body", "name": "Bureau of Industry and Security", "country_id": "USA"})
    return w


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    """An empty warehouse of the test's own, not yet built."""
    w = with_actors()
    yield w
    w.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Warehouse]:
    """A warehouse that the tests of a module share: what they change they take back."""
    w = with_actors()
    yield w
    w.close()


@pytest.fixture(scope="module")
def another() -> Iterator[Callable[[], Warehouse]]:
    """Makes warehouses that the tests of a module share and only read."""
    made: list[Warehouse] = []

    def make() -> Warehouse:
        made.append(with_actors())
        return made[-1]

    yield make
    for w in made:
        w.close()


@pytest.fixture(scope="session")
def empty() -> Iterator[Warehouse]:
    """A built warehouse without facts, only to be read."""
    w = with_actors().build()
    yield w
    w.close()
