"""A warehouse of what there was before a date says what the whole one says as known on that date. On real files."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from assets.actors import registry
from assets.contracts import StagedInfo, StagedSnapshot
from assets.days import last_instant, last_instants
from assets.sanctions import party_history
from assets.sanctions.acts import gathered
from assets.schema import SQL
from pipelines.domains import packages
from pipelines.ingest.sources import load_sources
from pipelines.publish.scripts import scripts, scripts_in_order
from tests.sanctions.conftest import Memory
from tests.sql.conftest import Warehouse
from tests.whole.archives import catalogued

DATES = ("2019-07-01", "2021-09-01", "2022-10-08", "2023-07-01", "2025-12-24")
PAIRS = (("USA", "CHN"), ("RUS", "USA"), ("USA", "IRN"))
LISTED_ON = ("2015-01-01", "2021-12-31", "2022-10-01", "2023-02-14")
CLAIMED = "FROM core.claims WHERE known_from <= $k"
MACROS = (
    "list_coverage", "listing_countries", "listing_dyads", "listings", "overdose", "overdose_best", "overdose_changes",
    "overdose_monthly", "overdose_rates", "overdose_shares",
)  # fmt: skip
COMPARED = {
    **{f"{name}_as_known": f"FROM {name}_as_known($k)" for name in MACROS},
    "act_dyads": "WITH dyads AS (FROM listing_dyads_as_known($k)) FROM act_dyads('dyads', $k)",
    "changes": "FROM changes('1900-01-01', $k)",
    # each claim also as if it stated no period: of the newest known then. How many lists could show it is counted of all that are
    # held now: a list that is taken in later leaves a claim open, and never contradicts it
    "claim_figures": f"""
        WITH claimed AS ({CLAIMED} UNION ALL
            SELECT c.* REPLACE (c.article_id || '?' AS article_id, NULL AS period_from, NULL AS period_to) FROM ({CLAIMED}) AS c)
        SELECT * EXCLUDE (source, n_lists) FROM claim_figures('claimed')
    """,
    "dyad_days_as_known": " UNION ALL ".join(f"FROM dyad_days_as_known('{a}', '{b}', $k)" for a, b in PAIRS),
    "dyad_panel_as_known": "FROM dyad_panel_as_known('CHN', 'USA', 'week', $k)",
    "events_one_a_day_as_known": "FROM events_one_a_day_as_known(NULL, NULL, $k)",
    "listed_as_known": " UNION ALL ".join(f"SELECT '{d}' AS day, l.* FROM listed_as_known('{d}', $k) AS l" for d in LISTED_ON),
    # it answers by what is known now: what ended a version came later
    "overdose_first_release": "SELECT * EXCLUDE (known_to) FROM overdose_first_release() WHERE known_from <= $k",
    "un_agreement_as_known": "FROM un_agreement_as_known($k) WHERE source_id = 'USA'",
    "un_dyads_as_known": "FROM un_dyads_as_known($k) WHERE source_id = 'USA'",
}
"""What each macro that answers as known is asked; ``$k`` is the moment."""
THROUGH = {
    "dyad_spans": "dyad_spans_as_known",
    "dyad_spans_as_known": "dyad_days_as_known",
    "happened_on_a_day": "events_one_a_day_as_known",
    "one_a_day": "events_one_a_day_as_known",
    "other_periods": "act_dyads",
}
"""Macros that read known time for others, and the one through which they are compared."""
OF_NOW = {"articles_with", "find_parties", "on_lists", "find_parties_on", "group_panel", "list_coverage_on", "overdose_latest"}
"""Macros that read known time and answer by what is known now."""
NOT_TOLD = ("vintage_age_days",)
"""Columns that are left out: at the end of known time nothing has an age."""

DATED = ("gdelt_v1_events", "gdelt_v2_events", "gdelt_v2_mentions", "articles", "us_census_population")
"""Sources of which every row states when it was public: taken in LATE, cut by that."""
LATE = datetime(2026, 11, 1)
SDN_EVERY = 26
"""One edition of the SDN list in so many is taken: ten, with gaps between them."""
HEADLINES = r"(?i)\b(chin(a|ese)|beijing)\b"
HEADLINES_EVERY = 8
"""Which headlines are coded, and one in how many of these: coding takes longer than all else."""
CLAIMING = r"(?i)\d.*(overdose|sanction|blacklist|seize)|(overdose|sanction|blacklist|seize).*\d"
"""Headlines that may claim a number: all of them."""
EDITIONS = ("us_ofac_sdn", "us_cdc_vsrr", "us_cdc_wonder", "us_nida_final", "us_cbp_drug_seizures", "icews", *DATED)
NOTICES = (
    "us_ofac_sdn", "us_ofac_cons", "us_bis_dpl", "us_bis_entity_list", "us_bis_meu", "us_ofac_cmic", "us_dod_1260h",
    "us_dhs_uflpa", "cn_mofcom", "cn_countermeasures", "us_csl", "un_sc", "articles",
)  # fmt: skip
CODE = {source.source: source for package in packages().values() for source in package.sources}


def bare(sql: str) -> str:
    return re.sub(r"--.*|'(?:[^']|'')*'", "", sql)


def test_every_macro_that_reads_known_time_is_compared_or_answers_by_what_is_known_now() -> None:
    macros = {path.stem: bare(path.read_text(encoding="utf-8")) for path in (SQL / "macros").glob("*.sql")}
    read_known_time = {name for name, code in macros.items() if re.search(r"\bknown(_from|_to|_at)?\b", code)}
    as_known = {name for name in macros if "as_known" in name}
    assert read_known_time | as_known == {*COMPARED, *THROUGH, *OF_NOW}
    for name, caller in THROUGH.items():
        assert re.search(rf"\b{name}\(", macros[caller]), f"{caller} does not call {name}"
    for name in OF_NOW:
        assert not re.search(r"\bknown\b", macros[name]), f"{name} is asked with a moment"


def moment_of(folder: str) -> tuple[datetime, date | None]:
    if "T" in folder:
        return datetime.strptime(folder, "%Y-%m-%dT%H%M%SZ"), None  # noqa: DTZ007
    day = date.fromisoformat(folder)
    return last_instant(day), day


def unpacked(path: Path) -> tuple[str, bytes]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return path.stem, gzip.decompress(data)
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            (name,) = packed.namelist()
            return name, packed.read(name)
    return path.name, data


def staged(source: str, folders: Mapping[str, Iterable[Path]]) -> Iterator[StagedSnapshot]:
    before = None
    for folder, paths in sorted(folders.items()):
        at, day = moment_of(folder)
        files = dict(unpacked(path) for path in paths if "TRUNCATED" not in path.name)
        if not files:
            continue
        found = CODE[source].stage(files)
        info = StagedInfo(f"{source} of {folder}", at, found.n_read, found.rejects.height, found.facts)
        judged = CODE[source].judge(info, before, load_sources()[source].rows)
        frames = found.frames
        if source == "articles":
            title = pl.col("title").fill_null("")
            sampled = title.str.contains(HEADLINES) & (pl.col("row") % HEADLINES_EVERY == 0)
            frames = {
                "articles": frames["articles"].filter(sampled | title.str.contains(CLAIMING) | pl.col("text").is_not_null())
            }
        if not judged.refusals:
            before = info if judged.complete else before
            at, day = (LATE, None) if source in DATED else (at, day)
            yield StagedSnapshot(info.snapshot_id, at, judged.complete, found.facts, frames, retrieved_on=day)


@pytest.fixture(scope="module")
def files(sdn_history: Path, real_data: Path) -> Files:
    folders: dict[str, dict[str, list[Path]]] = {
        "us_ofac_sdn": {f.name: [f / "sdn.csv"] for f in sorted((sdn_history / "us_ofac_sdn").iterdir())[::SDN_EVERY]}
    }
    for source, moment, path in catalogued(real_data):
        folders.setdefault(source, {}).setdefault(moment, []).append(path)
    return Files({source: list(staged(source, folders[source])) for source in {*EDITIONS, *NOTICES}})


def rows_before(frames: Mapping[str, pl.DataFrame], day: datetime) -> dict[str, pl.DataFrame]:
    at_end = last_instants(pl.col("published_at"))
    public = {
        "articles": pl.when(published_precision="day").then(at_end).otherwise("published_at"),
        "events": pl.col("added_at"),
        "mentions": pl.col("mentioned_at"),
        # as overdose_rates_as_known has it: in the October after
        "populations": pl.date(pl.col("year") + 1, 10, 1),
    }
    return {name: frame.filter(public[name] <= day) for name, frame in frames.items()}


def edition_before(
    source: str, frames: Mapping[str, pl.DataFrame], shown: Sequence[str], day: datetime
) -> dict[str, pl.DataFrame]:
    """Of an edition that was retrieved later: the parties that an earlier one showed, and what says that it was public before."""
    kept: dict[str, pl.DataFrame] = {}
    if "published_on" in frames.get("listings", pl.DataFrame()).columns:
        is_public = (last_instants(pl.col("published_on")) <= day).fill_null(False)
        listings = frames["listings"].filter(is_public | pl.col("native_id").is_in(shown))
        if source.startswith("cn_"):
            # a record of notices: an end has a notice of its own
            is_public = last_instants(pl.col("ends_on")) <= day
            listings = listings.with_columns(pl.when(is_public).then(c).alias(c) for c in ("ends_on", "ends_on_basis"))
        kept = {**frames, "listings": listings} if listings.height else {}
    elif "entries" in frames:
        kept = {"entries": frames["entries"].filter(last_instants(pl.col("cited").list.first()) <= day)}
    elif "documents" in frames:
        kept = {"documents": frames["documents"].filter(last_instants(pl.col("publication_date")) <= day)}
    return kept


def before(source: str, snapshots: Iterable[StagedSnapshot], day: datetime) -> Iterator[StagedSnapshot]:
    shown: list[str] = []
    for snapshot in snapshots:
        if source in DATED:
            frames = rows_before(snapshot.frames, day)
        elif snapshot.retrieved_at <= day:
            frames = dict(snapshot.frames)
            shown += frames["listings"]["native_id"].to_list() if "listings" in frames else ()
        else:
            frames = edition_before(source, snapshot.frames, shown, day)
        if any(frame.height for frame in frames.values()):
            yield replace(snapshot, frames=frames)


def acts_before(rows: Callable[[str], pl.LazyFrame], day: datetime | None) -> dict[str, pl.DataFrame]:
    found = gathered.gather(rows)
    if day is None:
        return found
    published = last_instants(pl.coalesce(gathered.DAYS))
    record = gathered.reviewed().filter(published <= day)
    last = day.date() - timedelta(days=1)
    coverage = found["official_act_coverage"].filter(pl.col("covered_from") <= last)
    coverage = coverage.with_columns(pl.min_horizontal("covered_until", pl.lit(last)).alias("covered_until"))
    changes, documents = gathered.changes_of(rows), rows("act_documents").collect()
    return gathered.acts(changes, documents, record) | {"official_act_coverage": coverage}


class Files:
    """The snapshots by source, and what their folds gave: what two warehouses need of a source is folded once."""

    def __init__(self, snapshots: Mapping[str, Sequence[StagedSnapshot]]) -> None:
        self.snapshots = snapshots
        self.folded: dict[tuple[str, datetime | None], Memory] = {}

    def history(self, source: str, day: datetime | None) -> Memory:
        if (source, day) not in self.folded:
            held = self.snapshots[source]
            some = list(held if day is None else before(source, held, day))
            self.folded[source, day] = Memory().after(CODE[source].fold(Memory(), some)) if some else Memory()
        return self.folded[source, day]

    def warehouse(self, sources: Sequence[str], day: datetime | None = None) -> Warehouse:
        """A warehouse of what there was before a day, or of everything, with what the macros compared need.

        Args:
            sources: of which it is made.
            day: its first instant, UTC.
        """

        def rows(name: str) -> pl.LazyFrame:
            filled = [self.history(source, day).all(name) for source in sources if name in CODE[source].tables]
            return pl.concat(filled or [Memory().all(name)])

        tables = {name: rows(name).collect() for source in sources for name in CODE[source].tables}
        tables |= {"actors": registry.actors()} | acts_before(rows, day)
        tables |= party_history.decide(rows)
        warehouse = Warehouse()
        warehouse.con.execute("CREATE SCHEMA marts")
        for name, frame in tables.items():
            warehouse.con.register("frame", frame.to_arrow())
            warehouse.con.execute(f"INSERT INTO core.{name} BY NAME SELECT * FROM frame")
        for text in SCRIPTS:
            warehouse.con.execute(text)
        return warehouse


def needed() -> list[str]:
    """The files of sql that the macros compared call or read, those that derive rows before them."""
    derived = [script.text for script in scripts("derive")]
    texts, found = list(map(bare, COMPARED.values())), set(derived)
    for text in texts:
        for script in scripts_in_order():
            # a mart may have the name of the macro that makes it
            named = rf"{script.name}\(" if "CREATE OR REPLACE MACRO" in script.text else rf"marts\.{script.name}\b"
            if script.text not in found and re.search(rf"\b{named}", text):
                found.add(script.text)
                texts.append(bare(script.text))
    return derived + [script.text for script in scripts_in_order() if script.text in found and script.text not in derived]


SCRIPTS = needed()


def answer(warehouse: Warehouse, query: str, moment: str) -> Any:
    asked = query.replace("$k", moment)
    columns = [name for name, *_ in warehouse.ask(f"DESCRIBE FROM ({asked})") if name not in NOT_TOLD]
    return warehouse.con.sql(f"SELECT {', '.join(columns)} FROM ({asked})").to_arrow_table()


def compare(whole: Warehouse, cut: Warehouse, day: str, at: str, *, silent: str) -> None:
    """Every macro says of the whole warehouse as known on a day what it says of the other at a moment.

    On the last day it must say something: ``silent`` is a pattern of the macros whose sources are not there.
    """
    for macro, query in COMPARED.items():
        with closing(duckdb.connect()) as con:
            con.register("of_whole", answer(whole, query, f"TIMESTAMP '{day}'"))
            con.register("of_cut", answer(cut, query, at))
            difference = "(FROM {0} EXCEPT ALL FROM {1} LIMIT 3)"
            if day == DATES[-1] and not re.match(f"un_|{silent}", macro):
                assert con.execute("FROM of_whole LIMIT 1").fetchall() != [], f"{macro} is asked and says nothing"
            for one, other in (("of_whole", "of_cut"), ("of_cut", "of_whole")):
                rows = con.execute(f"FROM {difference.format(one, other)}").fetchall()
                assert rows == [], f"{macro}: only {one.replace('_', ' ')}"


@pytest.fixture(scope="module")
def wholes(files: Files) -> Iterator[tuple[Warehouse, Warehouse]]:
    """Of editions, where the snapshots, or what each row says of itself, tell exactly what there was; and of notices."""
    with closing((editions := files.warehouse(EDITIONS)).con), closing((notices := files.warehouse(NOTICES)).con):
        yield editions, notices


@pytest.mark.real_data
@pytest.mark.parametrize("day", DATES)
def test_what_there_was_before_a_date_is_the_whole_as_known_on_it(
    files: Files, wholes: tuple[Warehouse, Warehouse], day: str
) -> None:
    """Lists of notices state since when a party was on them, and are asked as of that date; the others answer as of now."""
    cases = ((EDITIONS, "end_of_time()", "claim_figures"), (NOTICES, f"TIMESTAMP '{day}'", "overdose"))
    for whole, (sources, at, silent) in zip(wholes, cases, strict=True):
        cut = files.warehouse(sources, datetime.fromisoformat(day))
        with closing(cut.con):
            compare(whole, cut, day, at, silent=silent)

    def rows(name: str) -> pl.LazyFrame:
        return pl.concat(files.history(s, datetime.fromisoformat(day)).all(name) for s in NOTICES if name in CODE[s].tables)

    # two listings are one party no earlier than it could be decided
    pair = ["listing_id", "other_id"]
    then = party_history.decide(rows)["party_decisions"].filter("is_same").select(pair)
    now = wholes[1].con.sql(f"FROM core.party_decisions WHERE is_same AND known_from <= TIMESTAMP '{day}'").pl()
    assert now.join(then, on=pair, how="anti").rows() == []
    assert now.height > 100
