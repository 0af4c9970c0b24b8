"""The page in a browser that can reach no other machine: each view by its address, what moves it, what it says."""

import json
import re
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from pipelines.site.files import one_page, site_files
from pipelines.site.serve import SiteServer
from tests.browser.conftest import Browser
from tests.whole.conftest import Warehouse

pytestmark = pytest.mark.browser

LISTED = "Institute of Forensic Science"
TITLES = "figure h3, figure h4"
COUNTS = ".counts button"
MANY_LISTS = "#c-lists path[fill^='var']"
PLAY, STOP = "button[aria-label='Play through time']", "button[aria-label='Stop']"


@pytest.fixture
def open_page(browser: Browser, page: str) -> Iterator[Browser]:
    """The page at its first view, in a tab that may have shown others."""
    browser.at(page)
    yield browser
    assert browser.faults() == []
    assert browser.hosts() <= {"127.0.0.1"}


@pytest.fixture
def fresh_page(browser: Browser, page: str) -> Iterator[Browser]:
    """The page at its first view, in a tab that has shown nothing of it and is left."""
    browser.driver.get("about:blank")
    browser.faults()
    browser.open(page, "Who sanctioned whom")
    yield browser
    assert browser.hosts() == {"127.0.0.1"}
    browser.driver.get("about:blank")


@contextmanager
def served(files: dict[str, Any]) -> Iterator[str]:
    """Address of a site of these files."""
    server = SiteServer(lambda: ("", files))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.address
    finally:
        server.shutdown()
        server.server_close()


def test_the_home_page_says_what_this_is_and_shows_a_picture_before_the_engine_is_there(fresh_page: Browser) -> None:
    fresh_page.until("return document.querySelector('figure g[role=img] path')")
    assert "sanctions lists" in fresh_page.see("Newest acts", "Pairs of states with data", "United States – China")
    (deaths,) = (t for t in fresh_page.texts(TITLES) if t.startswith("Deaths from synthetic opioids (mostly fentanyl)"))
    assert "below the peak of" in deaths
    assert fresh_page.all("svg a.mark")
    # one act is said in the singular
    assert re.search(r"\b\d+ acts", fresh_page.one(".cards").text)
    assert not re.search(r"\b1 (acts|listings|events)\b", fresh_page.text())
    assert fresh_page.faults() == []


def test_three_pairs_one_of_them_by_the_engine_alone(fresh_page: Browser) -> None:
    fresh_page.view("#/pair/USA-CHN", "Chinese parties on the Entity List", "official acts towards China since 2017")
    assert fresh_page.driver.title == "United States and China · Bilateral relations"
    fresh_page.view("#/pair/USA-IRN", "United States and Iran", "official acts towards Iran")
    assert [a for a in fresh_page.loaded() if "data/CHN-USA.json" in a]
    fresh_page.view("#/pair/DEU-RUS", "Germany and Russia")
    fresh_page.view("#/pair/USA-CHN?from=2020-01&to=2021-12&tab=acts", "1–25 of")
    days = fresh_page.texts("tbody td:first-child")
    assert days
    assert all("2020" <= day < "2022" for day in days)
    assert fresh_page.faults() == []


def test_a_pair_is_chosen_and_back_and_forward_move_between_views(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN", "United States and China")
    open_page.choose("select[aria-label='the other']", "Iran")
    open_page.see("United States and Iran")
    assert open_page.shows_address("#/pair/USA-IRN")
    open_page.driver.back()
    open_page.see("United States and China")
    open_page.driver.forward()
    open_page.see("United States and Iran")
    open_page.driver.refresh()
    open_page.see("United States and Iran")


def test_a_party_is_found_by_name_and_its_page_has_names_listings_and_acts(open_page: Browser) -> None:
    open_page.one("form[role=search] input").send_keys(LISTED, Keys.ENTER)
    open_page.see("A similar name is no proof", LISTED)
    open_page.driver.find_element(By.PARTIAL_LINK_TEXT, LISTED).click()
    open_page.see("Listings over time", "Listings", "Changes", "Acts that changed its listings", "2023-11-16")
    address = open_page.driver.current_url
    open_page.open(f"{address}?known=2023-11-15", "15 November 2023", "1 in force, 0 ended")


def test_an_act_opens_from_its_mark_and_names_its_parties(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN?tab=acts", "1–25 of")
    open_page.one("tbody td a").click()
    open_page.see("Known since", "Pairs", "United States")


def test_a_claim_shows_both_figures(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN?tab=claims", "27,000 pounds")
    open_page.driver.find_element(By.PARTIAL_LINK_TEXT, "27,000 pounds").click()
    open_page.see("Figure as known then", "Figure as known now", "26,718", "supported")


def test_the_slider_moves_the_whole_page_and_says_what_changed_since(fresh_page: Browser) -> None:
    def move(selector: str, to: object) -> None:
        script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))"
        fresh_page.driver.execute_script(script, fresh_page.one(selector), to)

    fresh_page.view("#/pair/USA-CHN", "United States and China")
    # it stops at days whose numbers lie beside the page, the field beside it takes any
    move(".known input[type=range]", 11)
    fresh_page.see("What changed since 1 July 2023")
    assert [a for a in fresh_page.loaded() if "data/CHN-USA@2023-07-01.json" in a]
    move(".known input[type=date]", "2023-12-22")
    text = fresh_page.see("What changed since 22 December 2023", "acts became known")
    assert "all drugs: deaths in the 12 months to May 2023: 112,024 then, 112,893 now (+0.8 %)" in text
    assert fresh_page.shows_address("known=2023-12-22")
    # the day of knowledge goes with the reader
    fresh_page.driver.find_element(By.LINK_TEXT, "Bilateral relations").click()
    fresh_page.see("what was known at the beginning of 22 December 2023", "Newest acts")
    assert all(text.split(" · ")[0][-4:] <= "2023" for text in fresh_page.texts(".acts .when"))
    assert fresh_page.faults() == []


def test_what_became_known_after_the_day_is_coloured_in_charts_and_tables(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN?known=2023-07-01", "became known later", "What changed since 1 July 2023")
    assert len(open_page.all("#c-acts [fill='var(--later)']")) > 1
    assert open_page.all("[id^=c-list-] path[stroke='var(--later)']")
    open_page.view("#/pair/USA-CHN?known=2023-07-01&tab=acts", "became known or changed after the day of knowledge")
    rows = open_page.all("tbody tr")
    known = [(row.get_attribute("class") == "later", row.find_elements(By.TAG_NAME, "td")[-1].text) for row in rows]
    assert known
    assert all(is_later == (day >= "2023-07-01") for is_later, day in known)
    later = "became known or changed after the day of knowledge"
    open_page.view("#/pair/USA-CHN?known=2023-07-01&tab=parties", later, "1–25 of")
    assert open_page.all("tr.later")


MORE = """INSERT INTO core.drug_harms BY NAME
   SELECT 'CAN' AS actor_id, 'apparent_deaths' AS measure, 'opioids' AS substance, 'all' AS manner,
       'count' AS unit, make_date(y, 1, 1) AS period_start, make_date(y, 12, 31) AS period_end,
       'stated' AS period_basis, 7000.0 + y AS value, TIMESTAMP '2023-02-01' AS known_from,
       'ca_opioid' AS source, 's' AS snapshot_id
   FROM range(2016, 2022) AS r (y);
   INSERT INTO core.un_agreement BY NAME
   SELECT a AS actor_id, b AS partner_id, y - 1945 AS session, y AS year, 0.25 AS agreement,
       TIMESTAMP '2023-02-01' AS known_from, 'un_ideal_points' AS source, 's' AS snapshot_id
   FROM range(2010, 2020) AS r (y), (VALUES ('USA', 'CAN'), ('CAN', 'USA')) AS p (a, b);
   INSERT INTO core.un_ideal_points BY NAME
   SELECT a AS actor_id, c AS ccode, y - 1945 AS session, y AS year, p AS ideal_point,
       TIMESTAMP '2023-02-01' AS known_from, 'un_ideal_points' AS source, 's' AS snapshot_id
   FROM range(2010, 2020) AS r (y), (VALUES ('USA', 2, 2.5), ('CAN', 20, 1.25)) AS q (a, c, p)"""


def test_duties_votes_tension_and_deaths_of_both_stand_where_they_are_held(
    browser: Browser, refreshed: Warehouse, tmp_path: Path
) -> None:
    file = tmp_path / "bilateral.duckdb"
    shutil.copyfile(refreshed.folder / "bilateral.duckdb", file)
    with duckdb.connect(str(file)) as con:
        con.execute(MORE)
    with served(site_files(file, 1)) as address:
        browser.at(address)
        tension = "Tension was highest in November 2023: China towards United States"
        browser.view("#/pair/USA-CHN", tension, "Additional duties: United States up to")
        deaths, votes = (
            "Canada: 9,021 deaths (opioids) in 2021, apparent",
            "United States and Canada voted alike in 25 % of votes",
        )
        text = browser.view("#/pair/USA-CAN", deaths, votes)
        assert "United States and Canada stood 1.25 apart in UN votes in 2019" in text
        assert "9,021 deaths" not in browser.view("#/pair/USA-CAN?known=2023-01-31", "What changed since 31 January 2023")
        assert browser.hosts() == {"127.0.0.1"}
        assert browser.faults() == []
        browser.driver.get("about:blank")


def test_sql_is_answered_with_a_table_that_sorts_filters_and_pages(open_page: Browser) -> None:
    open_page.view("#/sql?q=SELECT i, 'row ' || i AS name FROM range(60) AS t(i) ORDER BY i", "1–25 of 60")
    next(b for b in open_page.all("button") if b.text == "next ›").click()
    open_page.see("26–50 of 60", "row 49")
    for _ in range(2):
        open_page.driver.find_element(By.XPATH, "//th/button[.='i']").click()
    assert open_page.one("th").get_attribute("aria-sort") in ("ascending", "descending")
    open_page.one(".bar input").send_keys("row 7")
    assert set(open_page.texts("tbody tr")) == {f"{n} row {n}" for n in range(7, 60, 10)}
    open_page.view("#/sql?q=SELECT 1 AS n", "1 row,")
    # functions of dates and texts need no extension
    asked = "SELECT strftime(DATE '2023-11-15', '%25d %25B') AS d, count(*) AS n FROM core.official_acts"
    open_page.view(f"#/sql?q={asked}", "15 November")


def test_sorting_filter_and_page_of_a_table_stand_in_the_address(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN?tab=acts", "1–25 of")
    open_page.driver.find_element(By.XPATH, "//th/button[.='title']").click()
    open_page.one(".bar input").send_keys("listing")
    assert open_page.shows_address("#/pair/USA-CHN?tab=acts&sort=title&filter=listing")
    shown = open_page.texts("tbody tr")
    open_page.driver.refresh()
    open_page.until("return document.documentElement.dataset.shown")
    assert open_page.texts("tbody tr") == shown
    open_page.choose(".bar select[aria-label='sort']", value="delisting")
    assert open_page.shows_address("filter=delisting")


def test_a_chart_stands_alone_where_the_address_names_it(open_page: Browser) -> None:
    assert "Find a party" not in open_page.view("#/pair/USA-CHN?chart=acts", "official acts towards China", "Counted:")
    assert len(open_page.all("figure")) == 1
    (link,) = open_page.all("main > div > p a")
    assert (link.get_attribute("href") or "").endswith("#/pair/USA-CHN")
    open_page.view("#/pair/USA-CHN?chart=nothing", "There is no such chart in this view.")


def test_two_to_six_pairs_are_compared_in_one_chart_and_of_one_without_acts_nothing_is_said(open_page: Browser) -> None:
    open_page.view("#/compare/USA-CHN,USA-RUS,USA-IRN", "Official acts in", "United States – Russia", "United States – Iran")
    assert len({line.get_attribute("stroke") for line in open_page.all("#c-compared path[fill=none]")}) == 3
    open_page.choose("select[aria-label='pair 3']", value="")
    open_page.see("Official acts in")
    assert open_page.shows_address("#/compare/USA-CHN,USA-RUS")
    for n in range(3, 7):
        field = open_page.until(f"return document.querySelector(\"select[aria-label='pair {n}']\")")
        field.find_elements(By.TAG_NAME, "option")[3 * n].click()
    open_page.until("return location.hash.split(',').length == 6")
    assert not open_page.all("select[aria-label='pair 7']")
    open_page.view("#/compare/CHN-USA,DEU-RUS", "Nothing in this file, which does not say that there was none: Germany – Russia")
    text = open_page.view("#/compare/USA-CHN?known=2023-12-22", "Official acts in 2022: United States – China")
    assert re.search("2022: United States – China [1-9]", text)
    text = open_page.view("#/compare/USA-CHN,USA-RUS?by=listings&as-compared=log", "Listings in force in 2", "logarithmic scale")
    assert "in force at the end of each year" in text
    assert "0" not in open_page.texts("#c-compared svg g > text[text-anchor=end]")


IN_USE = "return (document.activeElement.textContent || document.activeElement.ariaLabel)"
"""Text, else name, of the control that the keyboard is on."""


def test_a_chart_takes_a_logarithmic_or_stacked_scale_by_the_keyboard_and_the_address_keeps_it(open_page: Browser) -> None:
    def scale(name: str, chart: str = "c-lists") -> None:
        open_page.one(f"#{chart} button[aria-label^='{name}:']").send_keys(Keys.ENTER)

    open_page.view("#/pair/USA-CHN", "Of", "parties are most on the")
    assert not open_page.all(MANY_LISTS)
    scale("log")
    open_page.see("Listings in force; logarithmic scale")
    assert open_page.shows_address("?as-lists=log")
    open_page.until(f"{IN_USE} == 'log'")
    scale("stacked")
    open_page.see("Listings in force; stacked", "Listings, not parties: a party on two lists counts twice.")
    assert len(open_page.all(MANY_LISTS)) > 1
    scale("stacked", "c-deaths-by-year-USA")
    open_page.see("Deaths by calendar year; stacked", "with synthetic opioids")
    assert open_page.shows_address("?as-lists=stacked&as-deaths-by-year-USA=stacked")
    open_page.driver.refresh()
    open_page.see("Listings in force; stacked", "Deaths by calendar year; stacked")
    scale("linear")
    open_page.see("Listings in force\n")
    assert open_page.shows_address("#/pair/USA-CHN?as-deaths-by-year-USA=stacked")
    open_page.view("#/pair/USA-CHN?as-lists=stacked&lang=zh", "堆叠", "线性", "对数")


def test_the_values_of_a_column_are_counted_and_chosen_in_answers_and_tables(open_page: Browser) -> None:
    kind = "CASE WHEN range % 10 = 0 THEN NULL WHEN range % 3 = 0 THEN 'third' ELSE 'other' END"
    open_page.view(f"#/sql?q={quote(f'SELECT range AS n, {kind} AS kind FROM range(60)')}", "60 rows")
    open_page.choose("select[aria-label='Count by']", "Count by: kind")
    assert open_page.texts(COUNTS) == ["other 36", "third 18", "no data 6"]
    open_page.all(COUNTS)[1].send_keys(Keys.ENTER)
    assert open_page.driver.execute_script(IN_USE) == "third 18"
    open_page.see("1–18 of 18")
    assert open_page.shows_address("&count=kind&is=third")
    open_page.driver.refresh()
    open_page.see("1–18 of 18")
    assert [b.get_attribute("aria-pressed") for b in open_page.all(COUNTS)] == ["true", "false", "false"]
    open_page.one(COUNTS).send_keys(Keys.ENTER)
    open_page.see("1–25 of 60")
    assert open_page.shows_address("&count=kind")
    open_page.view("#/pair/USA-CHN?tab=acts&count=sort&filter=china", "Count by: sort")
    open_page.see(f" of {sum(int(text.rsplit(' ', 1)[1]) for text in open_page.texts(COUNTS))}")
    open_page.view("#/pair/USA-CHN?tab=acts&count=sort&lang=zh", "计数依据")


def test_grain_period_list_and_day_of_knowledge_stand_in_the_address_and_outlive_a_reload(open_page: Browser) -> None:
    address = "#/pair/USA-CHN?from=2020-01&to=2023-12&grain=quarter&list=us_bis_entity_list&known=2023-12-22"
    open_page.view(address, "Official acts by quarter", "22 December 2023", "Entity List")
    shown = open_page.texts(TITLES)
    assert not [title for title in shown if "SDN List" in title]
    open_page.driver.refresh()
    open_page.see("Official acts by quarter")
    assert open_page.texts(TITLES) == shown
    assert open_page.shows_address(address)
    open_page.view(f"{address}&tab=parties", "1–", "Entity List")
    assert set(open_page.texts("tbody td:nth-child(3)")) == {"Entity List"}
    open_page.choose(".choose label select", value="week")
    assert "grain=week" in open_page.driver.current_url


def test_a_chart_gives_its_address_and_a_citation_with_the_release(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN", "official acts towards China")
    open_page.driver.execute_script(
        "window.copied = []; Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (t) => copied.push(t)}})"
    )
    for name in ("Link", "Cite"):
        open_page.one(f"#c-acts .take button[aria-label^='{name}']").click()
    link, cited = open_page.driver.execute_script("return copied")
    assert link.endswith("#/pair/USA-CHN?chart=acts")
    assert re.search(r"official acts towards China.*release \d{8}T\d{6}Z-\w+ \(built \d{4}-", cited)
    assert cited.endswith(link)
    open_page.open(link, "official acts towards China")


def test_several_lists_stand_in_one_chart_and_the_address_names_them(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN", "Listings in force by list")
    assert len({line.get_attribute("stroke") for line in open_page.all("#c-lists path[fill=none]")}) > 1
    assert "Lists do not add up" in open_page.one("#c-lists").text
    pressed = open_page.one("#c-lists .chips:not([role]) [aria-pressed=true]")
    name = pressed.text
    pressed.click()
    open_page.until("return location.hash.includes('lists=')")
    (button,) = (b for b in open_page.all(".chips button") if b.text == name)
    assert button.get_attribute("aria-pressed") == "false"


def test_a_map_shows_one_state_with_the_others_and_opens_the_pair(open_page: Browser) -> None:
    text = open_page.view("#/?of=CHN&by=acts", "Official acts of China and another state since 2017: most with United States")
    assert "borders as they are held" in text
    assert len(open_page.all("#c-map .map path")) > 150
    (usa,) = open_page.all("#c-map .map path[data-says^='United States: ']")
    assert usa.get_attribute("fill") == "var(--a)"
    open_page.choose("#c-map select", value="listings", nth=1)
    open_page.see("Listings between China and others")
    assert open_page.shows_address("#/?of=CHN&by=listings")
    open_page.one("#c-map .map a[href='#/pair/USA-CHN']").click()
    open_page.see("United States and China")


def test_the_map_goes_through_the_years_by_the_keyboard_and_shows_a_region(open_page: Browser) -> None:
    open_page.view("#/?by=acts&year=2018", "Official acts of the United States and another state in 2018: most with China")
    open_page.one("input[aria-label=Year]").send_keys(Keys.ARROW_RIGHT)
    open_page.see("another state in 2019", "Official acts of either state towards the other in 2019")
    assert open_page.shows_address("#/?by=acts&year=2019")
    open_page.until(f"{IN_USE} == 'Year'")
    open_page.driver.switch_to.active_element.send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    open_page.see("Official acts of the United States and another state since 2017")
    open_page.view("#/?by=listings&year=2022&of=RUS", "Listings between Russia and others at the end of 2022")
    cut = "document.querySelector('svg.map').getAttribute('viewBox')"
    whole = open_page.driver.execute_script(f"return {cut}")
    open_page.driver.find_element(By.XPATH, "//label[starts-with(., 'Region')]/select/option[.='Europe']").click()
    open_page.until(f"return {cut} != arguments[0]", whole)
    assert open_page.shows_address("#/?of=RUS&by=listings&year=2022&region=Europe")
    # how many were in force in a past year is known by current knowledge alone
    open_page.view("#/?by=listings&year=2022&known=2023-12-22", "what was known at the beginning of 22 December 2023")
    assert not open_page.all("input[aria-label=Year]")
    open_page.view("#/?by=acts&year=2019&region=Asia&lang=zh", "2019年美国与他国间的官方行动", "亚洲")


def test_pairs_of_a_past_day_are_those_known_then(open_page: Browser) -> None:
    open_page.view("#/", "Newest acts")
    now = open_page.texts(".card span")
    open_page.view("#/?known=2020-01-01", "what was known at the beginning of 1 January 2020")
    assert open_page.texts(".card span") != now
    # between the stops of the slider the engine answers
    known = "what was known at the beginning of 2 January 2020"
    open_page.view("#/?known=2020-01-02", known)
    assert open_page.texts(".card span")
    open_page.view("#/compare/USA-CHN?known=2020-01-02", "Compare pairs of states", known)


def test_a_picture_that_is_taken_away_says_what_is_counted_its_source_and_release(open_page: Browser, page: str) -> None:
    open_page.view("#/pair/USA-CHN", "Listings in force by list")
    text = open_page.driver.execute_async_script(
        """const done = arguments[0], made = URL.createObjectURL;
           URL.createObjectURL = (blob) => { blob.text().then(done); return made.call(URL, blob); };
           [...document.querySelectorAll("#c-deaths-T40\\\\.4 .take button")].find((b) => b.textContent === "SVG").click();"""
    )
    said = re.sub(r"\s+", " ", " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", text)))
    with urllib.request.urlopen(f"{page}data/site.json") as site:
        release = json.load(site)["built"]["rows"][0][0]
    for words in ("Counted: overdose deaths that occurred", "Source: ", f"release {release}", "chart=deaths-T40.4"):
        assert words in said
    assert "var(--" not in text


def test_the_slider_plays_from_stop_to_stop_until_it_is_stopped(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN?known=2018-01-01", "What changed since 1 January 2018")
    open_page.one(PLAY).click()
    open_page.see("What changed since 1 July 2018")
    open_page.see("What changed since 1 January 2019")
    open_page.one(STOP).click()
    assert open_page.all(PLAY)


CODECS = ("snappy", "zstd", "gzip", "brotli", "lz4_raw")


@pytest.fixture(scope="module")
def site_with_parquet(refreshed: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site beside which files of Parquet lie, one for each codec, of numbers, words and days."""
    folder = tmp_path_factory.mktemp("parquet")
    rows = "SELECT range AS n, chr(97 + (range % 26)::INT) AS word, DATE '2020-01-01' + (range % 9)::INT AS day FROM range(20000)"
    with duckdb.connect() as con:
        for codec in CODECS:
            con.execute(f"COPY ({rows}) TO '{folder / codec}.parquet' (COMPRESSION '{codec}', ROW_GROUP_SIZE 5000)")
    with served({**site_files(refreshed.folder / "bilateral.duckdb", 1), **{p.name: p for p in folder.iterdir()}}) as address:
        yield address


READ_WITH_EXTENSIONS = {
    "SELECT json_extract('{\"a\": [1, 20]}', '$.a[1]')::INTEGER + 1 AS n, to_json(7) AS j": ["21", "7"],
    "SELECT columns[1] AS c FROM (SELECT unnest(built) FROM read_json('{page}data/site.json'))": ["publication_id"],
    **{
        f"SELECT sum(n) AS s, max(word) AS w, max(day) AS d FROM '{{page}}{codec}.parquet'": ["199990000", "z", "2020-01-09"]
        for codec in CODECS
    },
    "SELECT count(*) AS n FROM parquet_metadata('{page}zstd.parquet')": ["12"],
    "SELECT timezone('Asia/Shanghai', TIMESTAMPTZ '2026-07-01 20:30:00+00') AS t": ["2026-07-02 04:30:00"],
    "SELECT CURRENT_TIMESTAMP AT TIME ZONE 'Asia/Shanghai' - CURRENT_TIMESTAMP AT TIME ZONE 'UTC' = INTERVAL 8 HOUR AS h": [
        "true"
    ],
    "SELECT timezone('America/New_York', TIMESTAMP '2020-07-01') AT TIME ZONE 'UTC' AS t": ["2020-07-01 04:00:00"],
}


def test_parquet_json_and_time_zones_are_read_with_extensions_from_beside_the_page(
    browser: Browser, site_with_parquet: str
) -> None:
    browser.at(site_with_parquet)
    for query, expected in READ_WITH_EXTENSIONS.items():
        browser.view(f"#/sql?q={quote(query.replace('{page}', site_with_parquet))}", "1 row,", *expected)
        assert browser.texts("tbody td") == expected, query
    assert browser.hosts() == {"127.0.0.1"}
    assert browser.faults() == []


def test_days_within_lists_and_structures_are_days(open_page: Browser) -> None:
    query = "SELECT [DATE '2020-02-03'] AS d, {'a': 7::BIGINT, 'b': [{'c': TIMESTAMP '2021-01-01 10:00:00'}], 'e': NULL} AS s"
    open_page.view(f"#/sql?q={quote(query)}", '["2020-02-03"]', '{"a":7,"b":[{"c":"2021-01-01 10:00:00"}],"e":null}')


def test_a_file_of_parquet_is_written_and_read_in_the_browser(open_page: Browser) -> None:
    open_page.view("#/sql?q=COPY (SELECT range AS n FROM range(9)) TO 'n.parquet'", "1 row,")
    open_page.view("#/sql?q=SELECT sum(n) AS s FROM 'n.parquet'", "36")


def test_a_wrong_query_is_told_and_the_engine_reaches_no_other_host_nor_an_extension_elsewhere(
    fresh_page: Browser, page: str
) -> None:
    fresh_page.view("#/sql?q=SELECT nothing FROM nowhere", "nowhere does not exist")
    fresh_page.view("#/sql?q=FROM read_csv('https://example.org/x.csv')", "Error")
    fresh_page.faults()  # the browser says that the policy has held
    needs = "This query needs {}.duckdb_extension.wasm of DuckDB, which does not lie beside this page"
    at = f"{page}extensions/v1.4.3/wasm_eh/spatial.duckdb_extension.wasm is not available"
    fresh_page.view("#/sql?q=LOAD spatial", needs.format("spatial"), at)
    fresh_page.view("#/sql?q=SET custom_extension_repository = 'https://extensions.duckdb.org'", "Success")
    fresh_page.view("#/sql?q=LOAD fts", needs.format("fts"), "Failed to load 'https://extensions.duckdb.org")
    assert [fault for fault in fresh_page.faults() if "Content Security Policy" in fault]


CONTROLS = ("button", "link", "combobox", "slider", "searchbox", "image")


def named_by_nothing(browser: Browser) -> list[str]:
    """Roles of what a screen reader would have no name for."""
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = [(n.get("role", {}).get("value"), n.get("name", {}).get("value")) for n in nodes if not n.get("ignored")]
    return [role for role, name in roles if role in CONTROLS and not name]


def test_every_chart_says_what_it_shows_and_can_be_taken_away(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN", "official acts towards China")
    figures = open_page.all("figure:has(g[role=img])")
    assert len(figures) >= 4
    for figure in figures:
        svg = figure.find_element(By.CSS_SELECTOR, "g[role=img]")
        texts = [svg.find_element(By.CSS_SELECTOR, tag).get_attribute("textContent") or "" for tag in ("title", "desc")]
        assert all(len(text) > 10 for text in texts)
        buttons = {b.get_attribute("textContent") for b in figure.find_elements(By.CSS_SELECTOR, ".take button")}
        assert buttons >= {"Link", "Embed", "SVG", "PNG", "CSV", "Cite"}
        assert figure.find_elements(By.CSS_SELECTOR, ".source")
    unnamed = named_by_nothing(open_page)
    open_page.view("#/", "Listings between the United States and others")
    assert unnamed + named_by_nothing(open_page) == []


def test_labels_are_chinese_where_the_address_says_so(open_page: Browser) -> None:
    open_page.view("#/pair/USA-CHN?lang=zh", "实体清单", "美国", "中国", "概览")
    # titles are English: what stands in their place is put together of the columns, the title below it
    open_page.view("#/pair/USA-CHN?lang=zh&tab=acts", "官方行动")
    rows = open_page.all("tbody td:nth-child(2)")
    assert rows
    for row in rows:
        assert re.match("[\u4e00-\u9fff]+：[\u4e00-\u9fff]+", row.find_element(By.TAG_NAME, "a").text)
        assert row.find_element(By.CSS_SELECTOR, ".given[lang=en]").text
    assert open_page.one("html").get_attribute("lang") == "zh-CN"


def test_the_page_fits_a_phone(open_page: Browser) -> None:
    with open_page.screen(390, 844):
        for address in (
            "#/about",
            "#/pair/USA-CHN",
            "#/pair/USA-CHN?tab=acts&count=sort",
            "#/sql",
            "#/pair/USA-CHN?known=2023-07-01&tab=acts",
            "#/pair/USA-CHN?as-lists=stacked",
            "#/compare/USA-CHN,USA-RUS,USA-IRN,USA-PRK?by=listings&as-compared=log",
            "#/?by=acts&year=2019&region=Asia",
        ):
            open_page.view(address)
            assert open_page.width() <= 390, address


def test_areas_and_counts_have_the_colours_of_a_dark_screen(open_page: Browser) -> None:
    def colours(theme: str) -> list[str]:
        features = [{"name": "prefers-color-scheme", "value": theme}]
        open_page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        open_page.view("#/pair/USA-CHN?as-lists=stacked", "Listings in force; stacked")
        area = open_page.driver.execute_script(script, MANY_LISTS, "fill")
        open_page.view("#/pair/USA-CHN?tab=acts&count=sort", "Count by: sort")
        return [area, *(open_page.driver.execute_script(script, COUNTS, of) for of in ("color", "backgroundImage"))]

    try:
        light, dark = colours("light"), colours("dark")
    finally:
        open_page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert all(one != other for one, other in zip(light, dark, strict=True))
    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in dark[1:]]
    assert brightness[0] - brightness[1] > 400


def test_the_page_of_a_pair_is_one_file_that_needs_no_server(browser: Browser, refreshed: Warehouse, tmp_path: Path) -> None:
    published = refreshed.folder / "bilateral.duckdb"
    (tmp_path / "pair.html").write_text(one_page(published, "USA", "CHN", {"known": "2023-12-22"}), encoding="utf-8")
    browser.faults()
    browser.open((tmp_path / "pair.html").as_uri(), "United States and China", "What changed since 22 December 2023")
    browser.until("return document.querySelectorAll('g[role=img]').length >= 4")
    assert browser.hosts() <= {""}
    assert browser.faults() == []


def test_what_a_source_serves_does_not_run_in_the_page(browser: Browser, refreshed: Warehouse, tmp_path: Path) -> None:
    hostile = "</script><img src=x onerror=\"document.title='it ran'\"><script>document.title='it ran'</script>"
    text = one_page(refreshed.folder / "bilateral.duckdb", "USA", "CHN", {"note": hostile})
    assert hostile not in text
    (tmp_path / "pair.html").write_text(text.replace("</body>", "<img src=x onerror=\"document.title='it ran'\"></body>"))
    browser.open((tmp_path / "pair.html").as_uri(), "United States and China")
    assert browser.driver.title == "United States and China · Bilateral relations"
    assert any("Content Security Policy" in fault for fault in browser.faults())
