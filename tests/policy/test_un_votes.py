"""Ideal points: two layouts, states by their COW numbers, vintages, and the dyads made of them."""

import gzip
import lzma
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.actors import registry, state_codes
from assets.contracts import Staged, StagedSnapshot
from assets.errors import Quarantine
from assets.history import fold_whole
from assets.policy import un_votes
from pipelines.publish.meta import insert
from tests.overdose.conftest import Ledger
from tests.sql.conftest import with_actors
from tests.told import told
from tests.whole.test_docs import queries, shown

OLD = "Row,ccode,session,NVotes,IdealPoint,QO%,Q5%,Q10%,Q50%,Q90%,Q95%,Q100%,iso3c,Countryname"
NEW = (
    '"","ccode","session","NVotesAll","IdealPointAll","QO%All","Q5%All","Q10%All","Q50%All","Q90%All","Q95%All","Q100%All","iso3c",'
    '"Countryname","USAgree","RUSSAgree","BrazilAgree","ChinaAgree","IndiaAgree","IsraelAgree"'
)
USA = '"1",2,77,90,2.9,2,2.5,2.6,2.9,3.1,3.2,4,"USA","United States",1,0.3,0.4,0.18,NA,0.9'
CHN = '"2",710,77,95,-1.5,-3,-2,-1.9,-1.5,-1.2,-1.1,0,"CHN","China",0.18,0.8,0.7,1,0.7,0.2'


def stage(*lines: str) -> Staged:
    return un_votes.stage({"IdealpointestimatesAll.csv": "\n".join([*lines, ""]).encode()})


def fold(*vintages: tuple[str, Staged]) -> Ledger:
    ledger = Ledger()
    for day, staged in vintages:
        snapshot = StagedSnapshot(day, datetime.fromisoformat(day), True, {}, staged.frames)
        ledger.take(partial(fold_whole, un_votes.SOURCE, un_votes.TABLES)(ledger, [snapshot]))
    return ledger


@pytest.mark.trap("un_ideal_points", "self")
def test_both_layouts_give_points_and_the_newer_one_agreement_with_others_where_it_is_available() -> None:
    old, new = stage(OLD, "1,2,1,42,1.67,0.9,1.3,1.4,1.6,1.9,2.0,2.7,USA,United States"), stage(NEW, USA, CHN)
    assert told(old.frames["points"]) == "1|USA|2|1|1946|42|1.67|1.3|2.0"
    assert old.frames["agreement"].is_empty()
    agreement = new.frames["agreement"]
    assert told(agreement.filter(actor_id="CHN"), "partner_id year agreement") == (
        "USA|2022|0.18 / RUS|2022|0.8 / BRA|2022|0.7 / IND|2022|0.7 / ISR|2022|0.2"
    )
    assert agreement.filter(actor_id="USA")["partner_id"].to_list() == ["RUS", "BRA", "CHN", "ISR"]


def test_a_row_of_no_known_state_or_with_a_share_above_one_is_rejected_and_another_table_is_refused() -> None:
    staged = stage(NEW, USA.replace(",2,77", ",999,77"), CHN.replace("0.18", "18"), CHN)
    assert told(staged.rejects, "row column value") == "1|ccode|999 / 2|usagree|18"
    assert (staged.n_read, staged.frames["points"].height) == (3, 1)
    with pytest.raises(Quarantine, match="it lacks the columns ccode, idealpoint"):
        stage("a,b", "1,2")


@pytest.mark.trap("un_ideal_points", "estimated-anew")
def test_a_vintage_replaces_every_estimate_and_the_earlier_one_can_be_asked_for() -> None:
    warehouse = with_actors()
    ledger = fold(("2023-01-01", stage(NEW, USA, CHN)), ("2024-06-30", stage(NEW, USA.replace("2.9,2,", "2.8,2,"), CHN)))
    for name in un_votes.TABLES:
        for row in ledger.rows(name).iter_rows(named=True):
            warehouse.put(f"core.{name}", row)
    of_pair = "WHERE source_id = 'USA' AND target_id = 'CHN'"
    asked = f"round(ideal_point_distance, 9), agreement FROM un_dyads_as_known(DATE '{{}}-01-01') {of_pair}"
    assert [warehouse.told(asked.format(year)) for year in (2024, 2025)] == ["4.4|0.18", "4.3|0.18"]
    of_year = "year, n_events, un_session, ideal_point_target, un_agreement FROM marts.dyad_year WHERE source_id = 'CHN'"
    assert warehouse.told(of_year) == "2022|-|77|2.8|0.18"


@pytest.fixture(scope="module")
def real(real_data: Path) -> dict[str, bytes]:
    more = real_data / "more"
    return {
        "2020-04-30": lzma.decompress((more / "un_ideal_points/2020-04-30/IdealpointestimatesAll_Apr2020.csv.xz").read_bytes()),
        "2024-06-30": gzip.decompress((more / "unga/IdealpointestimatesAll_Jun2024.csv.gz").read_bytes()),
    }


def test_every_row_of_real_vintages_finds_its_state_by_cow_number_and_year_and_both_stand_whole(real: dict[str, bytes]) -> None:
    codes = state_codes.codes().filter(scheme="cow").with_columns(pl.col("code").cast(pl.Int32))
    staged = {day: un_votes.stage({"a.csv": data}) for day, data in real.items()}
    for one, n_rows in zip(staged.values(), (10_469, 11_238), strict=True):
        points = one.frames["points"].select("actor_id", "year", "ccode")
        assert (one.n_read, one.rejects.height, points.height) == (n_rows, 0, n_rows)
        assert points.select("actor_id", "year").is_duplicated().sum() == 0
        own = points.join(codes, left_on=["actor_id", "ccode"], right_on=["actor_id", "code"], how="anti")
        assert own.is_empty()
    points = fold(*staged.items()).rows("un_ideal_points")
    assert (points.height, points["known_to"].is_null().sum()) == (10_469 + 11_238, 11_238)
    china = points.filter(actor_id="CHN", session=74).select(pl.col("ideal_point").round(3), "n_votes")
    assert told(china) == "-0.334|89 / -0.369|89"


def test_agreement_is_what_the_roll_calls_of_a_second_file_give(real: dict[str, bytes], answers: dict[str, Any]) -> None:
    agreement = un_votes.stage({"a.csv": real["2024-06-30"]}).frames["agreement"].filter(partner_id="USA")
    found = {f"{who} {year}": share for who, year, share in agreement.select("actor_id", "year", "agreement").iter_rows()}
    expected = answers["un-agreement-usa"]
    assert len(expected) == 20
    assert {part: round(found[part], 4) for part in expected} == expected


NO_VOTES = ("347", "713")
"""States of both systems that are no members of the United Nations."""


def test_a_file_keyed_by_cow_number_and_year_joins_whole_but_for_states_that_cow_has_not_in_that_year(
    real: dict[str, bytes],
) -> None:
    """By the keys that the table keeps none is lost; by those of a panel who voted outside of the system, and two in 1990."""
    warehouse = with_actors()
    warehouse.con.execute("DELETE FROM core.actors")
    insert(warehouse.con, "core.actors", registry.actors())
    insert(warehouse.con, "core.actor_codes", state_codes.codes())
    ledger = fold(("2024-06-30", un_votes.stage({"a.csv": real["2024-06-30"]})))
    for name in un_votes.TABLES:
        insert(warehouse.con, f"core.{name}", ledger.rows(name))
    warehouse.build()
    theirs = pl.read_csv(real["2024-06-30"], columns=["ccode", "session"]).with_columns(year=pl.col("session") + 1945)
    warehouse.con.register("theirs", theirs)
    joined = "FROM theirs AS t JOIN core.un_ideal_points AS p USING (ccode, year)"
    assert warehouse.ask(f"SELECT count(*), count(DISTINCT (p.actor_id, p.year)) {joined}") == [(11_238, 11_238)]
    lost = (
        "t.ccode, min(t.year), max(t.year), count(*) "
        "FROM theirs AS t ANTI JOIN marts.state_years AS s USING (ccode, year) GROUP BY t.ccode ORDER BY t.ccode"
    )
    assert warehouse.told(lost) == (
        "260|1990|1990|1 / 331|1991|1991|1 / 346|1991|1991|1 / 369|1946|1990|44 / 370|1946|1990|44 / "
        "452|1956|1956|1 / 590|1967|1967|1 / 678|1990|1990|1 / 713|1946|1948|3 / 750|1946|1946|1"
    )

    # dyad-years as peacesciencer makes them: every ordered pair of the states of a system in a year
    warehouse.con.execute("CREATE TEMP TABLE panel AS SELECT year, ccode1, ccode2, gwcode1, gwcode2 FROM marts.dyad_year")
    for scheme, code in (("cow", "ccode"), ("gw", "gwcode")):
        once = f"FROM panel WHERE {code}1 IS NOT NULL AND {code}2 IS NOT NULL GROUP BY year, {code}1, {code}2 HAVING count(*) > 1"
        assert warehouse.ask(f"SELECT year {once}") == []
        members = (
            f"SELECT CAST(code AS INTEGER) AS c FROM core.actor_codes WHERE scheme = '{scheme}' AND code NOT IN {NO_VOTES} "
            "AND coalesce(valid_from, DATE '-infinity') < '2016-01-01' AND coalesce(valid_to, DATE 'infinity') > '2015-12-31'"
        )
        dyads = f"WITH m AS ({members}) SELECT a.c AS {code}1, b.c AS {code}2, 2015 AS year FROM m AS a JOIN m AS b ON a.c <> b.c"
        assert warehouse.ask(f"SELECT count(*) FROM ({dyads}) AS d") == [(193 * 192,)]
        assert warehouse.ask(f"FROM ({dyads}) AS d ANTI JOIN panel USING ({code}1, {code}2, year)") == []

    query, table = queries("tests/real-data.md", "duckdb")[2]
    found = warehouse.con.execute(query)
    names = [column[0] for column in found.description or []]
    rows = [[shown(value) for value in row] for row in found.fetchall()]
    assert "".join(f"| {' | '.join(cells)} |\n" for cells in [names, ["---"] * len(names), *rows]) == table
