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
from tests.browser.conftest import HOSTILE, Browser
from tests.whole.conftest import Warehouse

pytestmark = pytest.mark.browser

LISTED = "Institute of Forensic Science"
TITLES = "figure h3, figure h4"
COUNTS = ".counts button"
MANY_LISTS = "#c-lists path[fill^='var']"
PAIR, ACTS = "#/pair/USA-CHN", "#/pair/USA-CHN?tab=acts"
IN_USE = "return (document.activeElement.textContent || document.activeElement.ariaLabel)"
"""Text, else name, of the control that the keyboard is on."""


@pytest.fixture
def b(browser: Browser, page: str) -> Iterator[Browser]:
    """The page at its first view, in a tab that may have shown others."""
    browser.at(page)
    yield browser
    assert browser.faults() == []
    assert browser.hosts() <= {"127.0.0.1"}


@pytest.fixture
def fresh(browser: Browser, page: str) -> Iterator[Browser]:
    """The page at its first view, in a tab that has shown nothing of it and is left."""
    browser.driver.get("about:blank")
    browser.faults()
    browser.open(page, "Who sanctioned whom")
    yield browser
    assert browser.hosts() == {"127.0.0.1"}
    browser.driver.get("about:blank")


@contextmanager
def served(files: dict[str, Any]) -> Iterator[str]:
    server = SiteServer(lambda: ("", files))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.address
    finally:
        server.shutdown()
        server.server_close()


def test_the_home_page_says_what_this_is_before_the_engine_is_there_and_pairs_follow(fresh: Browser) -> None:
    fresh.until("return document.querySelector('figure g[role=img] path')")
    assert "sanctions lists" in fresh.see("Newest acts", "Pairs of states with data", "United States – China")
    (deaths,) = (t for t in fresh.texts(TITLES) if t.startswith("Deaths from synthetic opioids (mostly fentanyl)"))
    assert "below the peak of" in deaths
    assert fresh.all("svg a.mark")
    # one act is said in the singular
    assert re.search(r"\b\d+ acts", fresh.one(".cards").text)
    assert not re.search(r"\b1 (acts|listings|events)\b", fresh.text())
    fresh.view(PAIR, "Chinese parties on the Entity List", "official acts towards China since 2017")
    assert fresh.driver.title == "United States and China · Bilateral relations"
    fresh.view("#/pair/USA-IRN", "United States and Iran", "official acts towards Iran")
    assert [a for a in fresh.loaded() if "data/CHN-USA.json" in a]
    fresh.view("#/pair/DEU-RUS", "Germany and Russia")  # by the engine alone
    fresh.view(f"{PAIR}?from=2020-01&to=2021-12&tab=acts", "1–25 of")
    days = fresh.texts("tbody td:first-child")
    assert days
    assert all("2020" <= day < "2022" for day in days)
    assert fresh.faults() == []


def test_a_pair_is_chosen_and_back_and_forward_move_between_views(b: Browser) -> None:
    b.view(PAIR, "United States and China")
    b.choose("select[aria-label='the other']", "Iran")
    b.see("United States and Iran")
    assert b.shows_address("#/pair/USA-IRN")
    for move, other in ((b.driver.back, "China"), (b.driver.forward, "Iran"), (b.driver.refresh, "Iran")):
        move()
        b.see(f"United States and {other}")


def test_a_party_an_act_and_a_claim_have_pages_that_name_what_belongs_to_them(b: Browser) -> None:
    b.one("form[role=search] input").send_keys(LISTED, Keys.ENTER)
    b.see("A similar name is no proof", LISTED)
    b.driver.find_element(By.PARTIAL_LINK_TEXT, LISTED).click()
    b.see("Listings over time", "Listings", "Changes", "Acts that changed its listings", "2023-11-16")
    b.open(f"{b.driver.current_url}?known=2023-11-15", "15 November 2023", "1 in force, 0 ended")
    b.view(ACTS, "1–25 of")
    b.one("tbody td a").click()
    b.see("Known since", "Pairs", "United States")
    b.view(f"{PAIR}?tab=claims", "27,000 pounds")
    b.driver.find_element(By.PARTIAL_LINK_TEXT, "27,000 pounds").click()
    b.see("Figure as known then", "Figure as known now", "26,718", "supported")


def test_the_slider_moves_the_whole_page_and_says_what_changed_since(fresh: Browser) -> None:
    def move(selector: str, to: object) -> None:
        script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))"
        fresh.driver.execute_script(script, fresh.one(selector), to)

    fresh.view(PAIR, "United States and China")
    # it stops at days whose numbers lie beside the page, the field beside it takes any
    move(".known input[type=range]", 11)
    fresh.see("What changed since 1 July 2023")
    assert [a for a in fresh.loaded() if "data/CHN-USA@2023-07-01.json" in a]
    move(".known input[type=date]", "2023-12-22")
    text = fresh.see("What changed since 22 December 2023", "acts became known")
    assert "all drugs: deaths in the 12 months to May 2023: 112,024 then, 112,893 now (+0.8 %)" in text
    assert fresh.shows_address("known=2023-12-22")
    # the day of knowledge goes with the reader
    fresh.driver.find_element(By.LINK_TEXT, "Bilateral relations").click()
    fresh.see("what was known at the beginning of 22 December 2023", "Newest acts")
    assert all(text.split(" · ")[0][-4:] <= "2023" for text in fresh.texts(".acts .when"))
    assert fresh.faults() == []


def test_what_became_known_after_the_day_is_coloured_in_charts_and_tables(b: Browser) -> None:
    then, later = f"{PAIR}?known=2023-07-01", "became known or changed after the day of knowledge"
    b.view(then, "became known later", "What changed since 1 July 2023")
    assert len(b.all("#c-acts [fill='var(--later)']")) > 1
    assert b.all("[id^=c-list-] path[stroke='var(--later)']")
    b.view(f"{then}&tab=acts", later)
    rows = b.all("tbody tr")
    known = [(row.get_attribute("class") == "later", row.find_elements(By.TAG_NAME, "td")[-1].text) for row in rows]
    assert known
    assert all(is_later == (day >= "2023-07-01") for is_later, day in known)
    b.view(f"{then}&tab=parties", later, "1–25 of")
    assert b.all("tr.later")


def test_pairs_of_a_past_day_are_those_known_then_and_the_slider_plays_from_stop_to_stop(b: Browser) -> None:
    b.view("#/", "Newest acts")
    now = b.texts(".card span")
    b.view("#/?known=2020-01-01", "what was known at the beginning of 1 January 2020")
    assert b.texts(".card span") != now
    # between the stops of the slider the engine answers
    known = "what was known at the beginning of 2 January 2020"
    b.view("#/?known=2020-01-02", known)
    assert b.texts(".card span")
    b.view("#/compare/USA-CHN?known=2020-01-02", "Compare pairs of states", known)
    b.view(f"{PAIR}?known=2018-01-01", "What changed since 1 January 2018")
    play = "button[aria-label='Play through time']"
    b.one(play).click()
    for day in ("1 July 2018", "1 January 2019"):
        b.see(f"What changed since {day}")
    b.one("button[aria-label='Stop']").click()
    assert b.all(play)


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


def test_duties_votes_tension_and_deaths_stand_where_they_are_held(
    browser: Browser, refreshed: Warehouse, tmp_path: Path
) -> None:
    shutil.copyfile(refreshed.file, file := tmp_path / "bilateral.duckdb")
    with duckdb.connect(str(file)) as con:
        con.execute(MORE)
    with served(site_files(file, 1)) as address:
        browser.at(address)
        tension = "Tension was highest in November 2023: China towards United States"
        browser.view(PAIR, tension, "Additional duties: United States up to")
        deaths, votes = "9,021 deaths", "United States and Canada voted alike in 25 % of votes"
        text = browser.view("#/pair/USA-CAN", f"Canada: {deaths} (opioids) in 2021, apparent", votes)
        assert "United States and Canada stood 1.25 apart in UN votes in 2019" in text
        assert deaths not in browser.view("#/pair/USA-CAN?known=2023-01-31", "What changed since 31 January 2023")
        assert (browser.hosts(), browser.faults()) == ({"127.0.0.1"}, [])
        browser.driver.get("about:blank")


def test_sql_is_answered_with_a_table_that_sorts_filters_and_pages_and_so_are_acts(b: Browser) -> None:
    b.view("#/sql?q=SELECT i, 'row ' || i AS name FROM range(60) AS t(i) ORDER BY i", "1–25 of 60")
    next(button for button in b.all("button") if button.text == "next ›").click()
    b.see("26–50 of 60", "row 49")
    for _ in range(2):
        b.driver.find_element(By.XPATH, "//th/button[.='i']").click()
    assert b.one("th").get_attribute("aria-sort") in ("ascending", "descending")
    b.one(".bar input").send_keys("row 7")
    assert set(b.texts("tbody tr")) == {f"{n} row {n}" for n in range(7, 60, 10)}
    b.view("#/sql?q=SELECT 1 AS n", "1 row,")
    # functions of dates and texts need no extension
    asked = "SELECT strftime(DATE '2023-11-15', '%25d %25B') AS d, count(*) AS n FROM core.official_acts"
    b.view(f"#/sql?q={asked}", "15 November")
    query = "SELECT [DATE '2020-02-03'] AS d, {'a': 7::BIGINT, 'b': [{'c': TIMESTAMP '2021-01-01 10:00:00'}], 'e': NULL} AS s"
    b.view(f"#/sql?q={quote(query)}", '["2020-02-03"]', '{"a":7,"b":[{"c":"2021-01-01 10:00:00"}],"e":null}')
    # sorting, filter and page stand in the address
    b.view(ACTS, "1–25 of")
    b.driver.find_element(By.XPATH, "//th/button[.='title']").click()
    b.one(".bar input").send_keys("listing")
    assert b.shows_address(f"{ACTS}&sort=title&filter=listing")
    shown = b.texts("tbody tr")
    b.driver.refresh()
    b.until("return document.documentElement.dataset.shown")
    assert b.texts("tbody tr") == shown
    b.choose(".bar select[aria-label='sort']", value="delisting")
    assert b.shows_address("filter=delisting")


def test_the_values_of_a_column_are_counted_and_chosen_in_answers_and_tables(b: Browser) -> None:
    kind = "CASE WHEN range % 10 = 0 THEN NULL WHEN range % 3 = 0 THEN 'third' ELSE 'other' END"
    b.view(f"#/sql?q={quote(f'SELECT range AS n, {kind} AS kind FROM range(60)')}", "60 rows")
    b.choose("select[aria-label='Count by']", "Count by: kind")
    assert b.texts(COUNTS) == ["other 36", "third 18", "no data 6"]
    b.all(COUNTS)[1].send_keys(Keys.ENTER)
    assert b.driver.execute_script(IN_USE) == "third 18"
    b.see("1–18 of 18")
    assert b.shows_address("&count=kind&is=third")
    b.driver.refresh()
    b.see("1–18 of 18")
    assert [button.get_attribute("aria-pressed") for button in b.all(COUNTS)] == ["true", "false", "false"]
    b.one(COUNTS).send_keys(Keys.ENTER)
    b.see("1–25 of 60")
    assert b.shows_address("&count=kind")
    b.view(f"{ACTS}&count=sort&filter=china", "Count by: sort")
    b.see(f" of {sum(int(text.rsplit(' ', 1)[1]) for text in b.texts(COUNTS))}")
    b.view(f"{ACTS}&count=sort&lang=zh", "计数依据")


def test_a_chart_stands_alone_and_gives_its_address_a_citation_and_a_picture_with_its_source(b: Browser, page: str) -> None:
    assert "Find a party" not in b.view(f"{PAIR}?chart=acts", "official acts towards China", "Counted:")
    assert len(b.all("figure")) == 1
    (back,) = b.all("main > div > p a")
    assert (back.get_attribute("href") or "").endswith(PAIR)
    b.view(f"{PAIR}?chart=nothing", "There is no such chart in this view.")
    b.view(PAIR, "official acts towards China", "Listings in force by list")
    b.driver.execute_script(
        "window.copied = []; Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (t) => copied.push(t)}})"
    )
    for name in ("Link", "Cite"):
        b.one(f"#c-acts .take button[aria-label^='{name}']").click()
    link, cited = b.driver.execute_script("return copied")
    assert link.endswith(f"{PAIR}?chart=acts")
    assert re.search(r"official acts towards China.*release \d{8}T\d{6}Z-\w+ \(built \d{4}-", cited)
    assert cited.endswith(link)
    picture = b.driver.execute_async_script(
        """const done = arguments[0], made = URL.createObjectURL;
           URL.createObjectURL = (blob) => { blob.text().then(done); return made.call(URL, blob); };
           [...document.querySelectorAll("#c-deaths-T40\\\\.4 .take button")].find((b) => b.textContent === "SVG").click();"""
    )
    said = re.sub(r"\s+", " ", " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture)))
    with urllib.request.urlopen(f"{page}data/site.json") as site:
        release = json.load(site)["built"]["rows"][0][0]
    for words in ("Counted: overdose deaths that occurred", "Source: ", f"release {release}", "chart=deaths-T40.4"):
        assert words in said
    assert "var(--" not in picture
    b.open(link, "official acts towards China")


def test_two_to_six_pairs_are_compared_in_one_chart_and_of_one_without_acts_nothing_is_said(b: Browser) -> None:
    b.view("#/compare/USA-CHN,USA-RUS,USA-IRN", "Official acts in", "United States – Russia", "United States – Iran")
    assert len({line.get_attribute("stroke") for line in b.all("#c-compared path[fill=none]")}) == 3
    b.choose("select[aria-label='pair 3']", value="")
    b.until("return location.hash.endsWith('#/compare/USA-CHN,USA-RUS')")
    b.see("Official acts in")
    for n, pair in enumerate(("CAN-CHN", "CHN-JPN", "CHN-TWN", "USA-BLR"), 3):
        b.until(f"return document.querySelector(\"select[aria-label='pair {n}'] option[value='{pair}']\")").click()
    b.until("return location.hash.split(',').length == 6")
    assert not b.all("select[aria-label='pair 7']")
    b.view("#/compare/CHN-USA,DEU-RUS", "Nothing in this file, which does not say that there was none: Germany – Russia")
    text = b.view("#/compare/USA-CHN?known=2023-12-22", "Official acts in 2022: United States – China")
    assert re.search("2022: United States – China [1-9]", text)
    text = b.view("#/compare/USA-CHN,USA-RUS?by=listings&as-compared=log", "Listings in force in 2", "logarithmic scale")
    assert "in force at the end of each year" in text
    assert "0" not in b.texts("#c-compared svg g > text[text-anchor=end]")


def test_a_chart_takes_a_logarithmic_or_stacked_scale_by_the_keyboard_and_the_address_keeps_it(b: Browser) -> None:
    def scale(name: str, chart: str = "c-lists") -> None:
        b.one(f"#{chart} button[aria-label^='{name}:']").send_keys(Keys.ENTER)

    b.view(PAIR, "Of", "parties are most on the")
    assert not b.all(MANY_LISTS)
    scale("log")
    b.see("Listings in force; logarithmic scale")
    assert b.shows_address("?as-lists=log")
    b.until(f"{IN_USE} == 'log'")
    scale("stacked")
    b.see("Listings in force; stacked", "Listings, not parties: a party on two lists counts twice.")
    assert len(b.all(MANY_LISTS)) > 1
    scale("stacked", "c-deaths-by-year-USA")
    b.see("Deaths by calendar year; stacked", "with synthetic opioids")
    assert b.shows_address("?as-lists=stacked&as-deaths-by-year-USA=stacked")
    b.driver.refresh()
    b.see("Listings in force; stacked", "Deaths by calendar year; stacked")
    scale("linear")
    b.see("Listings in force\n")
    assert b.shows_address(f"{PAIR}?as-deaths-by-year-USA=stacked")
    b.view(f"{PAIR}?as-lists=stacked&lang=zh", "堆叠", "线性", "对数")


def test_grain_period_lists_and_day_of_knowledge_stand_in_the_address_and_outlive_a_reload(b: Browser) -> None:
    address = f"{PAIR}?from=2020-01&to=2023-12&grain=quarter&list=us_bis_entity_list&known=2023-12-22"
    b.view(address, "Official acts by quarter", "22 December 2023", "Entity List")
    shown = b.texts(TITLES)
    assert not [title for title in shown if "SDN List" in title]
    b.driver.refresh()
    b.see("Official acts by quarter")
    assert b.texts(TITLES) == shown
    assert b.shows_address(address)
    b.view(f"{address}&tab=parties", "1–", "Entity List")
    assert set(b.texts("tbody td:nth-child(3)")) == {"Entity List"}
    b.choose(".choose label select", value="week")
    assert "grain=week" in b.driver.current_url
    # several lists stand in one chart, and the address names them
    b.view(PAIR, "Listings in force by list")
    assert len({line.get_attribute("stroke") for line in b.all("#c-lists path[fill=none]")}) > 1
    assert "Lists do not add up" in b.one("#c-lists").text
    pressed = b.one("#c-lists .chips:not([role]) [aria-pressed=true]")
    name = pressed.text
    pressed.click()
    b.until("return location.hash.includes('lists=')")
    (button,) = (button for button in b.all(".chips button") if button.text == name)
    assert button.get_attribute("aria-pressed") == "false"


def test_a_map_shows_one_state_with_the_others_goes_through_the_years_and_opens_the_pair(b: Browser) -> None:
    text = b.view("#/?of=CHN&by=acts", "Official acts of China and another state since 2017: most with United States")
    assert "borders as they are held" in text
    assert len(b.all("#c-map .map path")) > 150
    (usa,) = b.all("#c-map .map path[data-says^='United States: ']")
    assert usa.get_attribute("fill") == "var(--a)"
    b.choose("#c-map select", value="listings", nth=1)
    b.see("Listings between China and others")
    assert b.shows_address("#/?of=CHN&by=listings")
    b.one("#c-map .map a[href='#/pair/USA-CHN']").click()
    b.see("United States and China")
    b.view("#/?by=acts&year=2018", "Official acts of the United States and another state in 2018: most with China")
    b.one("input[aria-label=Year]").send_keys(Keys.ARROW_RIGHT)
    b.see("another state in 2019", "Official acts of either state towards the other in 2019")
    assert b.shows_address("#/?by=acts&year=2019")
    b.until(f"{IN_USE} == 'Year'")
    b.driver.switch_to.active_element.send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    b.see("Official acts of the United States and another state since 2017")
    b.view("#/?by=listings&year=2022&of=RUS", "Listings between Russia and others at the end of 2022")
    cut = "document.querySelector('svg.map').getAttribute('viewBox')"
    whole = b.driver.execute_script(f"return {cut}")
    b.driver.find_element(By.XPATH, "//label[starts-with(., 'Region')]/select/option[.='Europe']").click()
    b.until(f"return {cut} != arguments[0]", whole)
    assert b.shows_address("#/?of=RUS&by=listings&year=2022&region=Europe")
    # how many were in force in a past year is known by current knowledge alone
    b.view("#/?by=listings&year=2022&known=2023-12-22", "what was known at the beginning of 22 December 2023")
    assert not b.all("input[aria-label=Year]")
    b.view("#/?by=acts&year=2019&region=Asia&lang=zh", "2019年美国与他国间的官方行动", "亚洲")


CODECS = ("snappy", "zstd", "gzip", "brotli", "lz4_raw")
SUMS = "SELECT sum(n) AS s, max(word) AS w, max(day) AS d FROM '{{page}}{}.parquet'"
READ_WITH_EXTENSIONS = {
    "SELECT json_extract('{\"a\": [1, 20]}', '$.a[1]')::INTEGER + 1 AS n, to_json(7) AS j": ["21", "7"],
    "SELECT columns[1] AS c FROM (SELECT unnest(built) FROM read_json('{page}data/site.json'))": ["publication_id"],
    **{SUMS.format(codec): ["199990000", "z", "2020-01-09"] for codec in CODECS},
    "SELECT count(*) AS n FROM parquet_metadata('{page}zstd.parquet')": ["12"],
    "SELECT timezone('Asia/Shanghai', TIMESTAMPTZ '2026-07-01 20:30:00+00') AS t": ["2026-07-02 04:30:00"],
    "SELECT CURRENT_TIMESTAMP AT TIME ZONE 'Asia/Shanghai' - CURRENT_TIMESTAMP AT TIME ZONE 'UTC' = INTERVAL 8 HOUR": ["true"],
    "SELECT timezone('America/New_York', TIMESTAMP '2020-07-01') AT TIME ZONE 'UTC' AS t": ["2020-07-01 04:00:00"],
}


def test_parquet_json_and_time_zones_are_read_with_the_own_extensions(
    browser: Browser, refreshed: Warehouse, tmp_path: Path
) -> None:
    rows = "SELECT range AS n, chr(97 + (range % 26)::INT) AS word, DATE '2020-01-01' + (range % 9)::INT AS day FROM range(20000)"
    with duckdb.connect() as con:
        for codec in CODECS:
            con.execute(f"COPY ({rows}) TO '{tmp_path / codec}.parquet' (COMPRESSION '{codec}', ROW_GROUP_SIZE 5000)")
    with served({**site_files(refreshed.file, 1), **{p.name: p for p in tmp_path.iterdir()}}) as address:
        browser.at(address)
        for query, expected in READ_WITH_EXTENSIONS.items():
            browser.view(f"#/sql?q={quote(query.replace('{page}', address))}", "1 row,", *expected)
            assert browser.texts("tbody td") == expected, query
        assert (browser.hosts(), browser.faults()) == ({"127.0.0.1"}, [])


def test_a_wrong_query_is_told_and_the_engine_reaches_no_other_host_nor_an_extension_elsewhere(fresh: Browser, page: str) -> None:
    # of its own files it writes and reads Parquet
    fresh.view("#/sql?q=COPY (SELECT range AS n FROM range(9)) TO 'n.parquet'", "1 row,")
    fresh.view("#/sql?q=SELECT sum(n) AS s FROM 'n.parquet'", "36")
    assert fresh.faults() == []
    fresh.view("#/sql?q=SELECT nothing FROM nowhere", "nowhere does not exist")
    fresh.view("#/sql?q=FROM read_csv('https://example.org/x.csv')", "Error")
    fresh.faults()  # the browser says that the policy has held
    needs = "This query needs {}.duckdb_extension.wasm of DuckDB, which does not lie beside this page"
    at = f"{page}extensions/v1.4.3/wasm_eh/spatial.duckdb_extension.wasm is not available"
    fresh.view("#/sql?q=LOAD spatial", needs.format("spatial"), at)
    fresh.view("#/sql?q=SET custom_extension_repository = 'https://extensions.duckdb.org'", "Success")
    fresh.view("#/sql?q=LOAD fts", needs.format("fts"), "Failed to load 'https://extensions.duckdb.org")
    assert [fault for fault in fresh.faults() if "Content Security Policy" in fault]


def named_by_nothing(browser: Browser) -> list[str]:
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = [(n.get("role", {}).get("value"), n.get("name", {}).get("value")) for n in nodes if not n.get("ignored")]
    controls = ("button", "link", "combobox", "slider", "searchbox", "image")
    return [role for role, name in roles if role in controls and not name]


def test_every_chart_says_what_it_shows_and_can_be_taken_away(b: Browser) -> None:
    b.view(PAIR, "official acts towards China")
    figures = b.all("figure:has(g[role=img])")
    assert len(figures) >= 4
    for figure in figures:
        svg = figure.find_element(By.CSS_SELECTOR, "g[role=img]")
        texts = [svg.find_element(By.CSS_SELECTOR, tag).get_attribute("textContent") or "" for tag in ("title", "desc")]
        assert all(len(text) > 10 for text in texts)
        buttons = {button.get_attribute("textContent") for button in figure.find_elements(By.CSS_SELECTOR, ".take button")}
        assert buttons >= {"Link", "Embed", "SVG", "PNG", "CSV", "Cite"}
        assert figure.find_elements(By.CSS_SELECTOR, ".source")
    unnamed = named_by_nothing(b)
    b.view("#/", "Listings between the United States and others")
    assert unnamed + named_by_nothing(b) == []


def test_labels_are_chinese_where_the_address_says_so(b: Browser) -> None:
    b.view(f"{PAIR}?lang=zh", "实体清单", "美国", "中国", "概览")
    # titles are English: what stands in their place is put together of the columns, the title below it
    b.view(f"{PAIR}?lang=zh&tab=acts", "官方行动")
    rows = b.all("tbody td:nth-child(2)")
    assert rows
    for row in rows:
        assert re.match("[\u4e00-\u9fff]+：[\u4e00-\u9fff]+", row.find_element(By.TAG_NAME, "a").text)
        assert row.find_element(By.CSS_SELECTOR, ".given[lang=en]").text
    assert b.one("html").get_attribute("lang") == "zh-CN"


def test_the_page_fits_a_phone_and_has_the_colours_of_a_dark_screen(b: Browser) -> None:
    compared = "#/compare/USA-CHN,USA-RUS,USA-IRN,USA-PRK?by=listings&as-compared=log"
    views = (PAIR, f"{ACTS}&count=sort", f"{ACTS}&known=2023-07-01", f"{PAIR}?as-lists=stacked", compared)
    with b.screen(390, 844):
        for address in ("#/about", "#/sql", "#/?by=acts&year=2019&region=Asia", *views):
            b.view(address)
            assert b.width() <= 390, address

    def colours(theme: str) -> list[str]:
        features = [{"name": "prefers-color-scheme", "value": theme}]
        b.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        b.view(f"{PAIR}?as-lists=stacked", "Listings in force; stacked")
        area = b.driver.execute_script(script, MANY_LISTS, "fill")
        b.view(f"{ACTS}&count=sort", "Count by: sort")
        return [area, *(b.driver.execute_script(script, COUNTS, of) for of in ("color", "backgroundImage"))]

    try:
        light, dark = colours("light"), colours("dark")
    finally:
        b.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert all(one != other for one, other in zip(light, dark, strict=True))
    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in dark[1:]]
    assert brightness[0] - brightness[1] > 400


def test_the_page_of_a_pair_is_one_file_and_runs_nothing_of_a_source(
    browser: Browser, refreshed: Warehouse, tmp_path: Path
) -> None:
    (path := tmp_path / "pair.html").write_text(one_page(refreshed.file, "USA", "CHN", {"known": "2023-12-22"}), encoding="utf-8")
    browser.faults()
    browser.open(path.as_uri(), "United States and China", "What changed since 22 December 2023")
    browser.until("return document.querySelectorAll('g[role=img]').length >= 4")
    assert (browser.hosts() - {""}, browser.faults()) == (set(), [])
    hostile = f"</script>{HOSTILE}"
    text = one_page(refreshed.file, "USA", "CHN", {"note": hostile})
    assert hostile not in text
    path.write_text(text.replace("</body>", "<img src=x onerror=\"document.title='it ran'\"></body>"))
    browser.open(path.as_uri(), "United States and China")
    assert browser.driver.title == "United States and China · Bilateral relations"
    assert any("Content Security Policy" in fault for fault in browser.faults())
