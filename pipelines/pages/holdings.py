"""What a report on a pair of states shows: rows of the published file, read with the queries in ``sql/report``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from assets.errors import BilateralError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]

DAYS_OF_DAYS = 184
"""Up to so many days the panel is drawn by day, beyond by week: a day is then narrower than a line."""
DAYS_OF_WEEKS = 12 * 366
"""Beyond so many it is drawn by month."""


@dataclass(frozen=True)
class Question:
    """What is asked: a pair of states, a period (both days included), the moment of knowledge, and the grain of the panel.

    ``as_known`` is the first instant of that day, UTC; None: by current knowledge. ``grain``: day, week or month; None: by the
    length of the period.
    """

    source: str
    target: str
    since: date | None = None
    until: date | None = None
    as_known: date | None = None
    grain: str | None = None


@dataclass(frozen=True)
class Holdings:
    """What the file holds on a question; every list of rows is in the order of its query.

    ``panel_now``: the panel by current knowledge where ``question.as_known`` is set, else the same as ``panel``.
    ``n_counted``: events that are counted by day alone, so that the chronicle does not tell them.
    ``claims``: None where the file has no table of judged claims.
    ``acts_are_official``: ``acts`` are rows of ``core.official_acts``; else the days of changes on lists stand in for them.
    """

    question: Question
    names: dict[str, str]
    since: date
    until: date
    grain: str
    panel: list[Row]
    panel_now: list[Row]
    lists: list[Row]
    overdose: list[Row]
    chronicle: list[Row]
    n_counted: int
    acts: list[Row]
    acts_are_official: bool
    claims: list[Row] | None
    coverage: list[Row]
    sources: list[Row]
    checks: list[Row]
    build: Row

    @property
    def n_periods(self) -> int:
        """Days, weeks or months of the period: as many as the panel has by current knowledge."""
        return len({r["date"] for r in self.panel_now})

    @property
    def not_told(self) -> str:
        """What the chronicle leaves out, as a sentence; empty where it tells all that is held."""
        if not self.n_counted:
            return ""
        return (
            f"{self.n_counted:,} events of GDELT between the two are not told here: of this pair their days alone are kept"
            " (BILATERAL_SINGLE_EVENTS), and charts and numbers count them."
        )

    @property
    def known_until(self) -> date:
        """The last day of the period of which anything could be known."""
        return self.until if self.question.as_known is None else min(self.until, self.question.as_known - timedelta(1))


def grain_of(since: date, until: date) -> str:
    """By how long a piece of time the panel of a period is drawn: day, week or month."""
    days = (until - since).days + 1
    return "day" if days <= DAYS_OF_DAYS else "week" if days <= DAYS_OF_WEEKS else "month"


def read(con: DuckDBPyConnection, question: Question) -> Holdings:
    """Read what is held on a question.

    Raises:
        BilateralError: the file has no such pair, or the period holds no day of its panel.
    """
    a, b = question.source, question.target
    pair = {"source": a, "target": b}
    (span,) = _rows(con, "span", pair)
    for actor, name in ((a, span["source_name"]), (b, span["target_name"])):
        if name is None:
            raise BilateralError(
                f"{actor} is no actor of this file. Name states by their three letters, such as USA or CHN: "
                "'bilateral sql \"SELECT actor_id, name FROM core.actors WHERE actor_id = country_id\"' shows them."
            )
    if a == b or span["since"] is None:
        raise BilateralError(
            f"nothing is held on {a} and {b}: a report is on two different states between which an event or a listing is held. "
            "'bilateral sql \"SELECT DISTINCT source_id, target_id FROM marts.dyad_month\"' shows the pairs."
        )
    since = max(span["since"], question.since or span["since"])
    until = min(span["until"], question.until or span["until"])
    if since > until:
        asked = f"{question.since or '...'} to {question.until or '...'}"
        raise BilateralError(
            f"{asked} holds no day of the panel of {a} and {b}, which is from {span['since']} to {span['until']}."
        )
    now: datetime = con.execute("SELECT end_of_time()").fetchall()[0][0]
    known = now if question.as_known is None else datetime.combine(question.as_known, datetime.min.time())
    grain = question.grain or grain_of(since, until)
    period = {**pair, "known": known, "since": since, "until": until}
    drawn = {**pair, "since": since, "until": until, "grain": grain}
    panel_now = _rows(con, "panel_now", drawn)
    official = _has(con, "core", "official_acts") and _has(con, "marts", "official_act_dyads")
    (build,) = _table(con, "SELECT * FROM meta.build", {})
    return Holdings(
        question=question,
        names={a: span["source_name"], b: span["target_name"]},
        since=since,
        until=until,
        grain=grain,
        panel=panel_now if question.as_known is None else _rows(con, "panel", {**drawn, "known": known}),
        panel_now=panel_now,
        lists=_rows(con, "lists", {**pair, "known": known}),
        overdose=_rows(con, "overdose", period),
        chronicle=_rows(con, "chronicle", period),
        n_counted=_rows(con, "counted", period)[0]["n_events"] if _has(con, "core", "event_days") else 0,
        acts=_rows(con, "acts" if official else "act_days", period),
        acts_are_official=official,
        claims=_rows(con, "claims", period) if _has(con, "marts", "claims_judged") else None,
        coverage=_rows(con, "coverage", period),
        sources=_rows(con, "sources", {}),
        checks=_rows(con, "checks", {}),
        build=build,
    )


def _has(con: DuckDBPyConnection, schema: str, table: str) -> bool:
    query = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?"
    return bool(con.execute(query, [schema, table]).fetchall()[0][0])


def _rows(con: DuckDBPyConnection, name: str, values: dict[str, Any]) -> list[Row]:
    from pipelines.settings import ROOT

    return _table(con, (ROOT / "sql" / "report" / f"{name}.sql").read_text(encoding="utf-8"), values)


def _table(con: DuckDBPyConnection, query: str, values: dict[str, Any]) -> list[Row]:
    cursor = con.execute(query, values)
    names = [d[0] for d in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
