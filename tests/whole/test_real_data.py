"""The real files through the whole way: from an archive to the published file, asked with the contract's own macros."""

import csv
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from benchmarks import corroborations
from pipelines.site.files import asked, numbers_of_pair, overview, rows_of
from pipelines.util.readers import connect_for_readers
from tests.whole.archives import catalogued
from tests.whole.conftest import ROOT, Warehouse

pytestmark = pytest.mark.real_data


@pytest.fixture(scope="module")
def real(real_data: Path, sdn_history: Path, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse of 260 SDN vintages and of every other real file, the seed article with its date."""
    folder = tmp_path_factory.mktemp("real")
    archive = folder / "archive"
    archive.mkdir()
    (archive / "us_ofac_sdn").symlink_to(sdn_history / "us_ofac_sdn")
    for source, moment, path in catalogued(real_data):
        target = archive / source / moment
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    (article,) = (archive / "articles").glob("*/*.txt")
    article.with_name(f"{article.name}.meta.json").write_text('{"published": "2023-12-22", "outlet": "South China Morning Post"}')
    warehouse = Warehouse(folder / "warehouse")
    report = warehouse.refresh(archive)
    assert report.published, report
    assert sorted((n.source, n.snapshot[:10]) for n in report.new if n.verdict != "accepted") == [
        ("us_cdc_vsrr", "2019-10-15"),
        ("us_csl", "2023-11-30"),
        # a sample of one row a list, after a larger one: as it should be
        ("us_csl", "2025-06-15"),
    ]
    assert report.exit_code == 3
    again = warehouse.refresh(archive)
    assert (again.published, again.new, again.exit_code) == (False, [], 0)
    return warehouse


def test_every_name_of_the_contract_is_there(real: Warehouse, real_data: Path) -> None:
    tool = real_data.parent / "tools" / "check_contract.py"
    if not tool.exists():
        pytest.skip(f"there is no {tool.name} beside the folder of real files: a list of the names that others rely on")
    done = subprocess.run(
        [sys.executable, str(tool), str(real.folder / "bilateral.duckdb")], capture_output=True, text=True, check=False
    )
    assert "all names of the contract are there" in done.stdout, done.stdout + done.stderr


def test_the_parties_of_the_first_vintage_are_in_force_on_its_day(real: Warehouse) -> None:
    """SDN-ROWS-20210818, and the same as known then."""
    assert real.rows("SELECT count(*) FROM listed_on(DATE '2021-08-18') WHERE list_id = 'us_ofac_sdn'") == [(9083,)]
    assert real.rows(
        "SELECT count(*) FROM listed_as_known(DATE '2021-08-18', TIMESTAMP '2021-08-19') WHERE list_id = 'us_ofac_sdn'"
    ) == [(9083,)]


def test_the_documents_say_which_days_each_list_covers(real: Warehouse) -> None:
    page = (ROOT / "tests" / "real-data.md").read_text(encoding="utf-8")
    told = [
        tuple(line.strip("| ").split(" | "))
        for line in page.split("## Which days each list covers")[1].splitlines()
        if "|" in line
    ]
    held = real.rows(
        """SELECT list_id, covers, covered_from::VARCHAR, (covered_to - 1)::VARCHAR, basis
        FROM core.list_coverage WHERE known_to IS NULL ORDER BY ALL"""
    )
    assert told[2:] == held


def test_designations_of_chinese_parties_fall_on_their_eastern_days(real: Warehouse) -> None:
    """SDN-20211215, SDN-20230414, SDN-20231003-ADDS and -CN."""
    found = real.rows(
        """SELECT event_date::VARCHAR, count(*), count(*) FILTER (listing_id IN (
                      SELECT listing_id FROM core.sanction_countries WHERE country_id IN ('CHN', 'HKG', 'MAC')))
           FROM core.sanction_events
           WHERE list_id = 'us_ofac_sdn' AND kind = 'added' AND event_date IN ('2021-12-15', '2023-04-14', '2023-10-03')
           GROUP BY 1 ORDER BY 1"""
    )
    assert found == [("2021-12-15", 8, 5), ("2023-04-14", 7, 6), ("2023-10-03", 28, 25)]


def test_first_rows_plus_additions_less_removals_are_the_last_rows(real: Warehouse) -> None:
    """SDN-DEV-BALANCE: a re-issue is an addition and a removal there."""
    ((added, removed, reissued),) = real.rows(
        """SELECT count(*) FILTER (kind = 'added'), count(*) FILTER (kind = 'removed'), count(*) FILTER (kind = 'reissued')
           FROM core.sanction_events WHERE list_id = 'us_ofac_sdn'"""
    )
    assert (added + reissued, removed + reissued, reissued) == (5553, 815, 2)
    assert real.rows("SELECT count(*) FROM listed_on(DATE '2023-12-28') WHERE list_id = 'us_ofac_sdn'") == [(9083 + 5553 - 815,)]
    edits = """SELECT count(DISTINCT (listing_id, known_at)) FROM core.sanction_events
               WHERE list_id = 'us_ofac_sdn' AND kind IN ('modified', 'program_added', 'program_removed')"""
    assert real.rows(edits) == [(1070,)]


def test_tornado_cash_is_one_actor_with_two_ids_and_no_gap(real: Warehouse) -> None:
    """SDN-TORNADO."""
    found = real.rows(
        """SELECT native_id, actor_id, valid_from::VARCHAR, valid_to::VARCHAR FROM core.sanction_listings
           WHERE native_id IN ('38499', '39796') AND known_to IS NULL ORDER BY 1"""
    )
    assert found == [
        ("38499", "us_ofac_sdn:38499", "2022-08-08", "2022-11-08"),
        ("39796", "us_ofac_sdn:38499", "2022-11-08", None),
    ]


@pytest.mark.parametrize(("known", "value"), [("2018-01-01", 66324), ("2018-05-01", 67356), ("2019-05-01", 68370)])
def test_the_twelve_months_to_may_2017_as_known_at_three_times(real: Warehouse, known: str, value: int) -> None:
    """K4."""
    query = f"""SELECT value FROM overdose_as_known(DATE '{known}')
                WHERE actor_id = 'USA' AND measure = 'deaths_12m' AND drug = 'all'
                  AND basis = 'reported' AND period_end = '2017-05-31'"""
    assert real.rows(query) == [(value,)]


def test_reported_and_predicted_to_november_2023_and_new_york_as_people_mean_it(real: Warehouse) -> None:
    """K2 and K9."""
    query = """SELECT actor_id, basis, value FROM overdose_as_known(DATE '2024-05-01')
               WHERE measure = 'deaths_12m' AND drug = 'all' AND period_end = '2023-11-30'
                 AND actor_id IN ('USA', 'US-NY', 'US-NY-NYC', 'US-NY-XNYC')"""
    found = {(actor, basis): value for actor, basis, value in real.rows(query)}
    assert (found["USA", "reported"], found["USA", "predicted"]) == (105384, 109527)
    assert [found[a, "reported"] for a in ("US-NY-XNYC", "US-NY-NYC", "US-NY")] == [3231, 3029, 6260]


def test_the_gdelt_slot_is_there_row_by_row(real: Warehouse) -> None:
    """The ``gdelt`` counts of rows and addresses; a slot is a 96th of a day."""
    assert real.rows("SELECT count(*), count(DISTINCT url) FROM core.events WHERE origin = 'gdelt_v2_events'") == [(2111, 425)]
    coverage = "SELECT n_slots, coverage_share FROM core.news_coverage WHERE source = 'gdelt_v2_events' AND covers = 'events'"
    assert real.rows(coverage) == [(1, pytest.approx(1 / 96))]


def test_the_seed_article_names_its_actors(real: Warehouse) -> None:
    actors = {
        a
        for (a,) in real.rows(
            "SELECT DISTINCT m.actor_id FROM core.mentions AS m JOIN core.articles AS a USING (article_id) "
            "WHERE a.published_at = '2023-12-22'"
        )
    }
    assert {"USA", "CHN", "TWN", "MEX"} <= actors
    assert real.rows("SELECT count(*) FROM core.mentions WHERE surface LIKE '%South China%'") == [(0,)]


def test_of_all_headlines_and_articles_only_the_seed_article_claims_that_two_thirds_had_fentanyl(real: Warehouse) -> None:
    """What its claim is judged by is in test_claims_of_the_seed_article."""
    claims = real.rows(
        """SELECT a.published_at::DATE::VARCHAR, a.title FROM core.claims AS c JOIN core.articles AS a USING (article_id)
           WHERE c.surface = 'more than two-thirds'"""
    )
    assert [day for day, _ in claims] == ["2023-12-22"]
    assert "fentanyl" in claims[0][1]


def events_of_the_seed_article(real: Warehouse) -> list[tuple[str, ...]]:
    return real.rows(
        """SELECT e.source_country_id, e.target_country_id, e.cameo_code, e.event_date::VARCHAR, e.date_precision
           FROM core.events AS e JOIN core.articles AS a USING (article_id)
           WHERE a.published_at = '2023-12-22' AND e.evidence IS NOT NULL"""
    )


@pytest.mark.xfail(strict=True, reason="a sentence gives one party a state: a second act of the same two states in it is lost")
def test_the_seed_article_tells_of_the_summit_and_of_the_visit_to_taiwan(real: Warehouse) -> None:
    found = events_of_the_seed_article(real)
    assert ("USA", "CHN", "046", "2023-11-15", "day") in found
    assert ("USA", "TWN", "042", "2022-08-01", "month") in found


def test_the_seed_article_shows_who_did_what_to_whom(real: Warehouse) -> None:
    """Removal from the blacklist, cut exchanges: each with its day and its sentence."""
    found = events_of_the_seed_article(real)
    assert ("USA", "CHN", "085", "2023-11-16", "day") in found
    assert ("CHN", "USA", "160", "2022-08-01", "month") in found
    assert not any(source == "CHN" and target == "USA" and code[:2] in ("17", "18", "19") for source, target, code, *_ in found)


@pytest.mark.parametrize(
    ("list_id", "target", "n"),
    [("us_bis_entity_list", "ALL", 3409), ("us_bis_entity_list", "CHN", 1106), ("us_bis_entity_list", "RUS", 1081)],
)
def test_the_entity_list_of_july_2026_has_its_entries(real: Warehouse, list_id: str, target: str, n: int) -> None:
    """EL-2026-07."""
    query = f"SELECT n_listed FROM list_days('2026-07-09', '2026-07-09') WHERE list_id = '{list_id}' AND target_id = '{target}'"
    assert real.rows(query) == [(n,)]


def test_china_suspended_what_it_had_put_on_its_lists_in_april_2025(real: Warehouse) -> None:
    """CN-SUSP and CN-UEL-2023."""
    found = real.rows(
        """SELECT p.program, count(DISTINCT s.listing_id)
           FROM core.sanction_statuses AS s
           JOIN core.sanction_programs AS p USING (listing_id)
           WHERE s.listing_id LIKE 'cn_countermeasures:%' AND s.valid_from = '2025-05-14' GROUP BY 1 ORDER BY 1"""
    )
    assert found == [("EXPORT-CONTROL", 28), ("UEL", 17)]
    lockheed = """SELECT DISTINCT valid_from::VARCHAR FROM listed_on(DATE '2023-03-01')
                  WHERE list_id = 'cn_countermeasures'
                      AND name IN ('Lockheed Martin Corporation', 'Raytheon Missiles & Defense')"""
    assert real.rows(lockheed) == [("2023-02-16",)]


def test_the_un_list_has_its_individuals_and_entities(real: Warehouse) -> None:
    """UN-2026."""
    query = "SELECT party_type, count(*) FROM listed_on(DATE '2026-02-27') WHERE list_id = 'un_sc' GROUP BY 1 ORDER BY 1"
    assert dict(real.rows(query)) == {"entity": 273, "person": 730}


def test_fentanyl_seized_in_two_fiscal_years(real: Warehouse) -> None:
    """K16."""
    found = real.rows(
        """SELECT fiscal_year, round(sum(quantity_lbs), 1) FROM core.drug_seizures
           WHERE drug = 'Fentanyl' AND known_to IS NULL AND fiscal_year IN (2022, 2023) GROUP BY 1 ORDER BY 1"""
    )
    assert found == [(2022, 14699.9), (2023, 27022.9)]


def test_one_party_on_two_lists_is_one_actor(real: Warehouse) -> None:
    query = """SELECT count(DISTINCT list_id) FROM core.sanction_listings
               WHERE actor_id = 'CHN.HUAWEI' AND known_to IS NULL"""
    assert real.rows(query)[0][0] >= 2


@pytest.mark.parametrize(
    ("actor", "name", "n"),
    [
        ("CHN.SMIC", r"semiconductor manufacturing international corporation( \(smic\))?", 4),
        ("CHN.DJI", r"(sz |shenzhen )?dji( technology co\., ltd\.)?", 4),
        ("CHN.DAHUA", r"(zhejiang )?dahua technology( co\., ltd\.)?", 2),
        ("CHN.YITU", r"(shanghai )?yitu (limited|technologies|network technology co\., ltd\.)", 4),
        ("CHN.XPCC", r"xinjiang production and construction corps( \(xpcc\))?", 4),
        ("RUS.SBERBANK", r"public joint stock company sberbank of russia", 2),
    ],
)
def test_a_firm_or_body_on_many_lists_is_one_party_whatever_each_calls_it(real: Warehouse, actor: str, name: str, n: int) -> None:
    query = f"""SELECT actor_id, count(DISTINCT listing_id) FROM core.sanction_listings
                WHERE regexp_full_match(lower(name), '{name}') GROUP BY actor_id"""
    assert real.rows(query) == [(actor, n)]


def test_of_two_persons_of_the_un_list_who_share_passports_the_one_of_the_name_is_the_party(real: Warehouse) -> None:
    query = "SELECT listing_id FROM core.sanction_listings WHERE actor_id = 'us_ofac_sdn:13106' AND known_to IS NULL ORDER BY 1"
    assert real.rows(query) == [("un_sc:IRi.041",), ("us_ofac_sdn:13106",)]


def test_of_the_pairs_of_one_name_and_type_on_two_lists_few_stay_apart_and_the_reason_is_reported(real: Warehouse) -> None:
    """Letters and digits alone are compared. Before: 444 of 1,212 stayed apart, nearly all since a state was not known."""
    pairs = """WITH l AS (
            SELECT DISTINCT
                listing_id, list_id, party_type, actor_id, lower(regexp_replace(name, '[^A-Za-z0-9]', '', 'g')) AS letters
            FROM core.sanction_listings
            WHERE known_to IS NULL
        )
        SELECT count(*), count(*) FILTER (a.actor_id <> b.actor_id)
        FROM l AS a
        JOIN l AS b ON a.party_type = b.party_type AND a.letters = b.letters AND a.list_id < b.list_id"""
    ((n, n_apart),) = real.rows(pairs)
    assert n > 1000
    assert n_apart <= 40
    assert real.rows("SELECT count(*) > 100 AND bool_and(why_not_joined <> '') FROM marts.party_candidates") == [(True,)]


def test_links_from_articles_to_listings_are_right(real: Warehouse) -> None:
    """Labelled by the project: every link that this or an earlier rule made of the real headlines, right or wrong."""
    with (Path(__file__).parent / "labelled" / "article_links.csv").open(encoding="utf-8") as file:
        labels = {(row["article_id"], row["listing_id"]): row["is_right"] == "true" for row in csv.DictReader(file)}
    links = set(real.rows("SELECT DISTINCT article_id, listing_id FROM marts.article_listings"))
    judged = [labels[link] for link in links if link in labels]
    assert len(judged) >= 0.95 * len(links)
    assert sum(judged) >= 0.95 * len(judged)
    assert sum(judged) >= 0.95 * sum(labels.values())


def test_every_example_runs(real: Warehouse) -> None:
    for path in sorted((Path(__file__).resolve().parents[2] / "sql" / "examples").glob("*.sql")):
        real.rows(path.read_text(encoding="utf-8"))


def test_every_corroboration_that_a_reader_labelled_is_right_but_for_few(real: Warehouse) -> None:
    """Without the chronicle these are the pairs of headlines and of the seed article."""
    found = corroborations.measure_file(real.folder / "bilateral.duckdb")
    assert found.n_labelled >= 30
    assert found.precision is not None
    assert found.precision >= 0.85


def test_acts_of_ofac_hold_the_parties_that_it_named(real: Warehouse) -> None:
    """Known of the actions: 17 parties on 2023-05-30, 28 on 2023-10-03, each one act."""
    assert real.rows(
        """SELECT a.n_parties, count(e.event_id) FROM core.official_acts AS a JOIN core.official_act_events AS e USING (act_id)
           WHERE a.act_id IN ('us-2023-pill-presses', 'us-2023-28-suppliers') GROUP BY ALL ORDER BY 1"""
    ) == [(17, 17), (28, 28)]


def test_actions_of_two_days_are_two_acts(real: Warehouse) -> None:
    assert real.rows(
        """SELECT act_id, n_parties, date_in_force_basis, date_earliest < date FROM core.official_acts
           WHERE act_id IN ('us_ofac_sdn:2022-09-29:listing', 'us_ofac_sdn:2022-09-30:listing') ORDER BY act_id"""
    ) == [
        ("us_ofac_sdn:2022-09-29:listing", 11, "compared", True),
        ("us_ofac_sdn:2022-09-30:listing", 296, "compared", True),
    ]


def test_parties_drawn_at_random_are_in_the_act_of_the_day_on_which_they_were_listed(real: Warehouse) -> None:
    """Of the 60 labels of ``tests/sanctions/act_days.csv`` those of the two lists: 30."""
    labels = ROOT / "tests" / "sanctions" / "act_days.csv"
    assert real.rows(
        f"""SELECT d.list_id, count(DISTINCT d.act_or_party), count(*) FILTER (a.date <> d.day OR v.event_date <> d.day)
            FROM read_csv('{labels}') AS d
            JOIN core.sanction_events AS v ON v.list_id = d.list_id AND v.name = d.act_or_party AND v.kind = 'added'
            JOIN core.official_act_events AS e ON e.event_id = v.event_id
            JOIN core.official_acts AS a ON a.act_id = e.act_id
            GROUP BY d.list_id ORDER BY d.list_id"""
    ) == [("us_bis_entity_list", 14, 0), ("us_ofac_sdn", 16, 0)]


def test_the_page_has_numbers_for_each_pair_it_shows_first(real: Warehouse) -> None:
    with connect_for_readers(real.folder / "bilateral.duckdb") as con:
        site = overview(con, 6)
        assert site["beside"][0] == "CHN-USA"
        for pair in site["beside"]:
            a, b = pair.split("-")
            for known in (None, date(2023, 12, 22)):
                found = numbers_of_pair(con, a, b, known)
                assert any(found[name]["rows"] for name in ("lists", "acts", "panel") if name in found)


def test_the_life_of_a_firm_on_four_lists_grows_with_what_was_known(real: Warehouse) -> None:
    def lists(as_known: date | None) -> list[str]:
        with connect_for_readers(real.folder / "bilateral.duckdb") as con:
            known = as_known or con.execute("SELECT end_of_time()").fetchall()[0][0]
            return [row["list_id"] for row in rows_of(asked(con, "party_listings", actor="CHN.HIKVISION", known=known))]

    assert lists(date(2019, 10, 1)) == []
    assert lists(date(2020, 1, 1)) == ["us_bis_entity_list"]
    assert lists(date(2022, 1, 1)) == ["us_bis_entity_list", "us_ofac_cmic"]
    assert lists(None) == ["us_bis_entity_list", "us_ofac_cons", "us_ofac_cmic", "us_dod_1260h"]
