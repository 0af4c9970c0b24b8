"""The page in a browser that can reach no other machine: each view by its address, what moves it, what it says."""

import json
import re
import shutil
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import duckdb
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.expected_conditions import presence_of_element_located
from selenium.webdriver.support.ui import Select, WebDriverWait

from pipelines.site.files import one_page, site_files
from pipelines.site.serve import SiteServer
from tests.browser.conftest import WAIT_S, Browser
from tests.whole.conftest import Warehouse

pytestmark = pytest.mark.browser

LISTED = "Institute of Forensic Science"
ENGINE_S = 3 * WAIT_S
"""The engine is 34 MB to compile, once: on a busy machine that takes its time."""


@pytest.fixture
def open_page(browser: Browser, page: str) -> Iterator[Browser]:
    """The page at its first view, in a tab that has shown nothing of it."""
    browser.driver.get("about:blank")
    browser.faults()
    browser.open(page, "Who sanctioned whom")
    yield browser
    assert browser.faults() == []
    assert browser.hosts() == {"127.0.0.1"}


def view(browser: Browser, address: str, *expected: str) -> str:
    """Go to a view by its address, and the text of the page once it shows all that is expected."""
    browser.driver.execute_script("location.hash = arguments[0]", address)
    return browser.see(*expected, wait_s=ENGINE_S)


def titles(browser: Browser) -> list[str]:
    return [e.text for e in browser.driver.find_elements(By.CSS_SELECTOR, "figure h3, figure h4")]


def test_the_home_page_says_what_this_is_and_shows_a_picture_before_the_engine_is_there(open_page: Browser) -> None:
    WebDriverWait(open_page.driver, WAIT_S).until(lambda d: d.find_elements(By.CSS_SELECTOR, "figure g[role=img] path"))
    text = open_page.see("Newest acts", "Pairs of states with data", "United States – China")
    assert "sanctions lists" in text
    (deaths,) = [title for title in titles(open_page) if title.startswith("Deaths from synthetic opioids (mostly fentanyl)")]
    assert "below the peak of" in deaths
    assert open_page.driver.find_elements(By.CSS_SELECTOR, "svg a.mark")


def test_three_pairs_one_of_them_by_the_engine_alone(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN", "Chinese parties on the Entity List", "official acts towards China since 2017")
    assert open_page.driver.title == "United States and China · Bilateral relations"
    view(open_page, "#/pair/USA-IRN", "United States and Iran", "official acts towards Iran")
    beside = open_page.driver.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [a for a in beside if "data/CHN-USA.json" in a]
    view(open_page, "#/pair/DEU-RUS", "Germany and Russia")
    view(open_page, "#/pair/USA-CHN?from=2020-01&to=2021-12&tab=acts", "1–25 of")
    days = [e.text for e in open_page.driver.find_elements(By.CSS_SELECTOR, "tbody td:first-child")]
    assert days
    assert all("2020" <= day < "2022" for day in days)


def test_a_pair_is_chosen_and_back_and_forward_move_between_views(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN", "United States and China")
    Select(open_page.driver.find_element(By.CSS_SELECTOR, "select[aria-label='the other']")).select_by_visible_text("Iran")
    open_page.see("United States and Iran", wait_s=ENGINE_S)
    assert open_page.driver.current_url.endswith("#/pair/USA-IRN")
    open_page.driver.back()
    open_page.see("United States and China")
    open_page.driver.forward()
    open_page.see("United States and Iran")
    open_page.driver.refresh()
    open_page.see("United States and Iran", wait_s=ENGINE_S)


def test_a_party_is_found_by_name_and_its_page_has_names_listings_and_acts(open_page: Browser) -> None:
    field = open_page.driver.find_element(By.CSS_SELECTOR, "form[role=search] input")
    field.send_keys(LISTED, Keys.ENTER)
    open_page.see("A similar name is no proof", LISTED, wait_s=ENGINE_S)
    open_page.driver.find_element(By.PARTIAL_LINK_TEXT, LISTED).click()
    open_page.see("Listings over time", "Listings", "Changes", "Acts that changed its listings", "2023-11-16", wait_s=ENGINE_S)
    address = open_page.driver.current_url
    open_page.open(f"{address}?known=2023-11-15", "15 November 2023", "1 in force, 0 ended", wait_s=ENGINE_S)


def test_an_act_opens_from_its_mark_and_names_its_parties(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN?tab=acts", "1–25 of")
    open_page.driver.find_element(By.CSS_SELECTOR, "tbody td a").click()
    open_page.see("Known since", "Pairs", "United States", wait_s=ENGINE_S)


def test_a_claim_shows_both_figures(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN?tab=claims", "27,000 pounds")
    open_page.driver.find_element(By.PARTIAL_LINK_TEXT, "27,000 pounds").click()
    open_page.see("Figure as known then", "Figure as known now", "26,718", "supported", wait_s=ENGINE_S)


def test_the_slider_moves_the_whole_page_and_says_what_changed_since(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN", "United States and China")
    slider = open_page.driver.find_element(By.CSS_SELECTOR, ".known input[type=range]")
    # it stops at days whose numbers lie beside the page, the field beside it takes any
    open_page.driver.execute_script("arguments[0].value = 11; arguments[0].dispatchEvent(new Event('change'))", slider)
    open_page.see("What changed since 1 July 2023", wait_s=ENGINE_S)
    beside = open_page.driver.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [a for a in beside if "data/CHN-USA@2023-07-01.json" in a]
    field = open_page.driver.find_element(By.CSS_SELECTOR, ".known input[type=date]")
    open_page.driver.execute_script("arguments[0].value = '2023-12-22'; arguments[0].dispatchEvent(new Event('change'))", field)
    text = open_page.see("What changed since 22 December 2023", "acts became known", wait_s=ENGINE_S)
    assert "all drugs: deaths in the 12 months to May 2023: 112,024 then, 112,893 now (+0.8 %)" in text
    assert open_page.driver.current_url.endswith("known=2023-12-22")
    # the day of knowledge goes with the reader
    open_page.driver.find_element(By.LINK_TEXT, "Bilateral relations").click()
    open_page.see("what was known at the beginning of 22 December 2023", "Newest acts", wait_s=ENGINE_S)
    assert all(
        d[:4] <= "2023"
        for d in (e.text.split(" · ")[0][-4:] for e in open_page.driver.find_elements(By.CSS_SELECTOR, ".acts .when"))
    )


def test_what_became_known_after_the_day_is_coloured_in_charts_and_tables(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN?known=2023-07-01", "became known later", "What changed since 1 July 2023")
    later = open_page.driver.find_elements(By.CSS_SELECTOR, "#c-acts [fill='var(--later)']")
    assert len(later) > 1
    assert open_page.driver.find_elements(By.CSS_SELECTOR, "[id^=c-list-] path[stroke='var(--later)']")
    view(open_page, "#/pair/USA-CHN?known=2023-07-01&tab=acts", "became known or changed after the day of knowledge")
    rows = open_page.driver.find_elements(By.CSS_SELECTOR, "tbody tr")
    known = [(row.get_attribute("class") == "later", row.find_elements(By.TAG_NAME, "td")[-1].text) for row in rows]
    assert known
    assert all(is_later == (day >= "2023-07-01") for is_later, day in known)
    view(
        open_page, "#/pair/USA-CHN?known=2023-07-01&tab=parties", "became known or changed after the day of knowledge", "1–25 of"
    )
    assert open_page.driver.find_elements(By.CSS_SELECTOR, "tr.later")


def test_duties_votes_tension_and_deaths_of_both_stand_where_they_are_held(
    browser: Browser, refreshed: Warehouse, tmp_path: Path
) -> None:
    file = tmp_path / "bilateral.duckdb"
    shutil.copyfile(refreshed.folder / "bilateral.duckdb", file)
    with duckdb.connect(str(file)) as con:
        con.execute(
            """INSERT INTO core.drug_harms BY NAME
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
        )
    server = SiteServer(lambda: ("", site_files(file, 1)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        browser.open(server.address, "Who sanctioned whom")
        view(
            browser,
            "#/pair/USA-CHN",
            "Tension was highest in November 2023: China towards United States",
            "Additional duties: United States up to",
        )
        text = view(
            browser,
            "#/pair/USA-CAN",
            "Canada: 9,021 deaths (opioids) in 2021, apparent",
            "United States and Canada voted alike in 25 % of votes",
        )
        assert "United States and Canada stood 1.25 apart in UN votes in 2019" in text
        text = view(browser, "#/pair/USA-CAN?known=2023-01-31", "What changed since 31 January 2023")
        assert "9,021 deaths" not in text
        assert browser.hosts() == {"127.0.0.1"}
        assert browser.faults() == []
    finally:
        browser.driver.get("about:blank")
        server.shutdown()
        server.server_close()


def test_sql_is_answered_with_a_table_that_sorts_filters_and_pages(open_page: Browser) -> None:
    view(open_page, "#/sql?q=SELECT i, 'row ' || i AS name FROM range(60) AS t(i) ORDER BY i", "1–25 of 60")
    driver = open_page.driver
    next(b for b in driver.find_elements(By.TAG_NAME, "button") if b.text == "next ›").click()
    open_page.see("26–50 of 60", "row 49")
    driver.find_element(By.XPATH, "//th/button[.='i']").click()
    driver.find_element(By.XPATH, "//th/button[.='i']").click()
    assert driver.find_element(By.CSS_SELECTOR, "th").get_attribute("aria-sort") in ("ascending", "descending")
    driver.find_element(By.CSS_SELECTOR, ".bar input").send_keys("row 7")
    assert {r.text for r in driver.find_elements(By.CSS_SELECTOR, "tbody tr")} == {f"{n} row {n}" for n in range(7, 60, 10)}


def test_sorting_filter_and_page_of_a_table_stand_in_the_address(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN?tab=acts", "1–25 of")
    driver = open_page.driver
    driver.find_element(By.XPATH, "//th/button[.='title']").click()
    driver.find_element(By.CSS_SELECTOR, ".bar input").send_keys("listing")
    assert driver.current_url.endswith("#/pair/USA-CHN?tab=acts&sort=title&filter=listing")
    shown = [r.text for r in driver.find_elements(By.CSS_SELECTOR, "tbody tr")]
    driver.refresh()
    open_page.see("listing", shown[0].splitlines()[0])
    assert [r.text for r in driver.find_elements(By.CSS_SELECTOR, "tbody tr")] == shown
    choice = Select(driver.find_element(By.CSS_SELECTOR, ".bar select[aria-label='sort']"))
    choice.select_by_value("delisting")
    assert driver.current_url.endswith("filter=delisting")


def test_a_chart_stands_alone_where_the_address_names_it(open_page: Browser) -> None:
    text = view(open_page, "#/pair/USA-CHN?chart=acts", "official acts towards China", "Counted:")
    assert "Find a party" not in text
    assert len(open_page.driver.find_elements(By.TAG_NAME, "figure")) == 1
    (link,) = open_page.driver.find_elements(By.CSS_SELECTOR, "main > div > p a")
    assert (link.get_attribute("href") or "").endswith("#/pair/USA-CHN")
    view(open_page, "#/pair/USA-CHN?chart=nothing", "There is no such chart in this view.")


def test_three_pairs_are_compared_in_one_chart(open_page: Browser) -> None:
    text = view(open_page, "#/compare/USA-CHN,USA-RUS,USA-IRN", "Official acts in", "United States – Russia")
    assert "United States – Iran" in text
    lines = open_page.driver.find_elements(By.CSS_SELECTOR, "#c-compared path[fill=none]")
    assert len({line.get_attribute("stroke") for line in lines}) == 3
    chosen = Select(open_page.driver.find_element(By.CSS_SELECTOR, "select[aria-label='pair 3']"))
    chosen.select_by_value("")
    open_page.see("Official acts in")
    assert open_page.driver.current_url.endswith("#/compare/USA-CHN,USA-RUS")


def in_use(browser: Browser) -> str:
    """Text, else name, of the control that the keyboard is on."""
    return str(browser.driver.execute_script("const e = document.activeElement; return e.textContent || e.ariaLabel"))


def test_up_to_six_pairs_are_compared_and_of_one_without_acts_nothing_is_said(open_page: Browser) -> None:
    view(open_page, "#/compare/USA-CHN,USA-RUS", "Official acts in")
    for n in range(3, 7):
        field = (By.CSS_SELECTOR, f"select[aria-label='pair {n}']")
        Select(WebDriverWait(open_page.driver, WAIT_S).until(presence_of_element_located(field))).select_by_index(3 * n)
    WebDriverWait(open_page.driver, WAIT_S).until(lambda d: d.current_url.count(",") == 5)
    assert not open_page.driver.find_elements(By.CSS_SELECTOR, "select[aria-label='pair 7']")
    view(open_page, "#/compare/CHN-USA,DEU-RUS", "Nothing in this file, which does not say that there was none: Germany – Russia")
    text = view(open_page, "#/compare/USA-CHN?known=2023-12-22", "Official acts in 2022: United States – China")
    assert re.search("2022: United States – China [1-9]", text)
    text = view(open_page, "#/compare/USA-CHN,USA-RUS?by=listings&as-compared=log", "Listings in force in 2", "logarithmic scale")
    assert "in force at the end of each year" in text
    axis = [e.text for e in open_page.driver.find_elements(By.CSS_SELECTOR, "#c-compared svg g > text[text-anchor=end]")]
    assert "0" not in axis


def test_a_chart_takes_a_logarithmic_or_stacked_scale_by_the_keyboard_and_the_address_keeps_it(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN", "Of", "parties are most on the")
    driver = open_page.driver

    def scale(name: str, chart: str = "c-lists") -> None:
        driver.find_element(By.CSS_SELECTOR, f"#{chart} button[aria-label^='{name}:']").send_keys(Keys.ENTER)

    assert not driver.find_elements(By.CSS_SELECTOR, "#c-lists path[fill^='var']")
    scale("log")
    open_page.see("Listings in force; logarithmic scale")
    assert driver.current_url.endswith("?as-lists=log")
    WebDriverWait(driver, WAIT_S).until(lambda _: in_use(open_page) == "log")
    scale("stacked")
    open_page.see("Listings in force; stacked", "Listings, not parties: a party on two lists counts twice.")
    assert len(driver.find_elements(By.CSS_SELECTOR, "#c-lists path[fill^='var']")) > 1
    scale("stacked", "c-deaths-by-year-USA")
    open_page.see("Deaths by calendar year; stacked", "with synthetic opioids")
    assert driver.current_url.endswith("?as-lists=stacked&as-deaths-by-year-USA=stacked")
    driver.refresh()
    open_page.see("Listings in force; stacked", "Deaths by calendar year; stacked")
    scale("linear")
    open_page.see("Listings in force\n")
    assert driver.current_url.endswith("#/pair/USA-CHN?as-deaths-by-year-USA=stacked")
    view(open_page, "#/pair/USA-CHN?as-lists=stacked&lang=zh", "堆叠", "线性", "对数")


def test_the_values_of_a_column_are_counted_and_chosen_in_answers_and_tables(open_page: Browser) -> None:
    kind = "CASE WHEN range % 10 = 0 THEN NULL WHEN range % 3 = 0 THEN 'third' ELSE 'other' END"
    query = f"SELECT range AS n, {kind} AS kind FROM range(60)"
    view(open_page, f"#/sql?q={quote(query)}", "60 rows")
    driver = open_page.driver
    Select(driver.find_element(By.CSS_SELECTOR, "select[aria-label='Count by']")).select_by_visible_text("Count by: kind")
    values = driver.find_elements(By.CSS_SELECTOR, ".counts button")
    assert [value.text for value in values] == ["other 36", "third 18", "no data 6"]
    values[1].send_keys(Keys.ENTER)
    assert in_use(open_page) == "third 18"
    open_page.see("1–18 of 18")
    assert driver.current_url.endswith("&count=kind&is=third")
    driver.refresh()
    open_page.see("1–18 of 18", wait_s=ENGINE_S)
    assert [b.get_attribute("aria-pressed") for b in driver.find_elements(By.CSS_SELECTOR, ".counts button")] == [
        "true",
        "false",
        "false",
    ]
    driver.find_element(By.CSS_SELECTOR, ".counts button").send_keys(Keys.ENTER)
    open_page.see("1–25 of 60")
    assert driver.current_url.endswith("&count=kind")
    view(open_page, "#/pair/USA-CHN?tab=acts&count=sort&filter=china", "Count by: sort")
    n = [int(b.text.rsplit(" ", 1)[1]) for b in driver.find_elements(By.CSS_SELECTOR, ".counts button")]
    open_page.see(f" of {sum(n)}")
    view(open_page, "#/pair/USA-CHN?tab=acts&count=sort&lang=zh", "计数依据")


def test_grain_period_list_and_day_of_knowledge_stand_in_the_address_and_outlive_a_reload(open_page: Browser) -> None:
    address = "#/pair/USA-CHN?from=2020-01&to=2023-12&grain=quarter&list=us_bis_entity_list&known=2023-12-22"
    view(open_page, address, "Official acts by quarter", "22 December 2023", "Entity List")
    shown = titles(open_page)
    assert not [title for title in shown if "SDN List" in title]
    open_page.driver.refresh()
    open_page.see("Official acts by quarter", wait_s=ENGINE_S)
    assert titles(open_page) == shown
    assert open_page.driver.current_url.endswith(address)
    view(open_page, f"{address}&tab=parties", "1–", "Entity List")
    cells = open_page.driver.find_elements(By.CSS_SELECTOR, "tbody td:nth-child(3)")
    assert {cell.text for cell in cells} == {"Entity List"}
    Select(open_page.driver.find_element(By.CSS_SELECTOR, ".choose label select")).select_by_value("week")
    assert "grain=week" in open_page.driver.current_url


def test_a_chart_gives_its_address_and_a_citation_with_the_release(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN", "official acts towards China")
    open_page.driver.execute_script(
        "window.copied = []; Object.defineProperty(navigator, 'clipboard', {value: {writeText: async (t) => copied.push(t)}})"
    )
    for name in ("Link", "Cite"):
        open_page.driver.find_element(By.CSS_SELECTOR, f"#c-acts .take button[aria-label^='{name}']").click()
    link, cited = open_page.driver.execute_script("return copied")
    assert link.endswith("#/pair/USA-CHN?chart=acts")
    assert re.search(r"official acts towards China.*release \d{8}T\d{6}Z-\w+ \(built \d{4}-", cited)
    assert cited.endswith(link)
    open_page.open(link, "official acts towards China", wait_s=ENGINE_S)


def test_several_lists_stand_in_one_chart_and_the_address_names_them(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN", "Listings in force by list")
    figure = open_page.driver.find_element(By.ID, "c-lists")
    drawn = figure.find_elements(By.CSS_SELECTOR, "path[fill=none]")
    assert len({line.get_attribute("stroke") for line in drawn}) > 1
    assert "Lists do not add up" in figure.text
    pressed = figure.find_elements(By.CSS_SELECTOR, ".chips:not([role]) [aria-pressed=true]")
    name = pressed[0].text
    pressed[0].click()
    WebDriverWait(open_page.driver, WAIT_S).until(lambda d: "lists=" in d.current_url)
    (button,) = (b for b in open_page.driver.find_elements(By.CSS_SELECTOR, ".chips button") if b.text == name)
    assert button.get_attribute("aria-pressed") == "false"


def test_a_map_shows_one_state_with_the_others_and_opens_the_pair(open_page: Browser) -> None:
    text = view(open_page, "#/?of=CHN&by=acts", "Official acts of China and another state since 2017: most with United States")
    assert "borders as they are held" in text
    driver = open_page.driver
    shapes = driver.find_elements(By.CSS_SELECTOR, "#c-map .map path")
    assert len(shapes) > 150
    (usa,) = (s for s in shapes if (s.get_attribute("data-says") or "").startswith("United States: "))
    assert usa.get_attribute("fill") == "var(--a)"
    choice = Select(driver.find_elements(By.CSS_SELECTOR, "#c-map select")[1])
    choice.select_by_value("listings")
    open_page.see("Listings between China and others")
    assert driver.current_url.endswith("#/?of=CHN&by=listings")
    driver.find_element(By.CSS_SELECTOR, "#c-map .map a[href='#/pair/USA-CHN']").click()
    open_page.see("United States and China")


def test_the_map_goes_through_the_years_by_the_keyboard_and_shows_a_region(open_page: Browser) -> None:
    view(open_page, "#/?by=acts&year=2018", "Official acts of the United States and another state in 2018: most with China")
    driver = open_page.driver
    driver.find_element(By.CSS_SELECTOR, "input[aria-label=Year]").send_keys(Keys.ARROW_RIGHT)
    open_page.see("another state in 2019", "Official acts of either state towards the other in 2019")
    assert driver.current_url.endswith("#/?by=acts&year=2019")
    WebDriverWait(driver, WAIT_S).until(lambda _: in_use(open_page) == "Year")
    driver.switch_to.active_element.send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    open_page.see("Official acts of the United States and another state since 2017")
    view(open_page, "#/?by=listings&year=2022&of=RUS", "Listings between Russia and others at the end of 2022")
    cut = "return document.querySelector('svg.map').getAttribute('viewBox')"
    whole = driver.execute_script(cut)
    Select(driver.find_element(By.XPATH, "//label[starts-with(., 'Region')]/select")).select_by_visible_text("Europe")
    WebDriverWait(driver, WAIT_S).until(lambda d: d.execute_script(cut) != whole)
    assert driver.current_url.endswith("#/?of=RUS&by=listings&year=2022&region=Europe")
    # how many were in force in a past year is known by current knowledge alone
    view(open_page, "#/?by=listings&year=2022&known=2023-12-22", "what was known at the beginning of 22 December 2023")
    assert not driver.find_elements(By.CSS_SELECTOR, "input[aria-label=Year]")
    view(open_page, "#/?by=acts&year=2019&region=Asia&lang=zh", "2019年美国与他国间的官方行动", "亚洲")


def test_one_act_is_said_in_the_singular(open_page: Browser) -> None:
    text = open_page.driver.find_element(By.CSS_SELECTOR, ".cards").text
    assert re.search(r"\b\d+ acts", text)
    assert not re.search(r"\b1 (acts|listings|events)\b", open_page.text())
    view(open_page, "#/sql?q=SELECT 1 AS n", "1 row,")


def test_pairs_of_a_past_day_are_those_known_then(open_page: Browser) -> None:
    def n() -> list[str]:
        return [e.text for e in open_page.driver.find_elements(By.CSS_SELECTOR, ".card span")]

    view(open_page, "#/", "Newest acts")
    now = n()
    view(open_page, "#/?known=2020-01-01", "what was known at the beginning of 1 January 2020")
    assert n() != now
    # between the stops of the slider the engine answers
    view(open_page, "#/?known=2020-01-02", "what was known at the beginning of 2 January 2020")
    assert n()
    view(
        open_page, "#/compare/USA-CHN?known=2020-01-02", "Compare pairs of states", "what was known at the beginning of 2 January"
    )


def test_a_picture_that_is_taken_away_says_what_is_counted_its_source_and_release(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN", "Listings in force by list")
    text = open_page.driver.execute_async_script(
        """const done = arguments[0], made = URL.createObjectURL;
           URL.createObjectURL = (blob) => { blob.text().then(done); return made.call(URL, blob); };
           [...document.querySelectorAll("#c-deaths-T40\\\\.4 .take button")].find((b) => b.textContent === "SVG").click();"""
    )
    said = re.sub(r"\s+", " ", " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", text)))
    address = open_page.driver.current_url.split("#")[0]
    with urllib.request.urlopen(f"{address}data/site.json") as site:
        release = json.load(site)["built"]["rows"][0][0]
    for words in ("Counted: overdose deaths that occurred", "Source: ", f"release {release}", "chart=deaths-T40.4"):
        assert words in said
    assert "var(--" not in text


def test_the_slider_plays_from_stop_to_stop_until_it_is_stopped(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN?known=2018-01-01", "What changed since 1 January 2018")
    open_page.driver.find_element(By.CSS_SELECTOR, "button[aria-label='Play through time']").click()
    open_page.see("What changed since 1 July 2018")
    open_page.see("What changed since 1 January 2019")
    open_page.driver.find_element(By.CSS_SELECTOR, "button[aria-label='Stop']").click()
    assert open_page.driver.find_elements(By.CSS_SELECTOR, "button[aria-label='Play through time']")


def test_a_wrong_query_is_told_and_the_engine_reaches_no_other_host(browser: Browser, page: str) -> None:
    browser.open(page, "Who sanctioned whom")
    view(browser, "#/sql?q=SELECT nothing FROM nowhere", "nowhere does not exist")
    view(browser, "#/sql?q=FROM read_csv('https://example.org/x.csv')", "Error")
    assert browser.hosts() == {"127.0.0.1"}
    browser.faults()  # the browser says that the policy has held


def test_functions_of_dates_and_texts_need_no_extension(open_page: Browser) -> None:
    view(
        open_page,
        "#/sql?q=SELECT strftime(DATE '2023-11-15', '%25d %25B') AS d, count(*) AS n FROM core.official_acts",
        "15 November",
    )


CODECS = ("snappy", "zstd", "gzip", "brotli", "lz4_raw")


@pytest.fixture(scope="module")
def site_with_parquet(refreshed: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site beside which files of Parquet lie, one for each codec, of numbers, words and days."""
    folder = tmp_path_factory.mktemp("parquet")
    rows = "SELECT range AS n, chr(97 + (range % 26)::INT) AS word, DATE '2020-01-01' + (range % 9)::INT AS day FROM range(20000)"
    with duckdb.connect() as con:
        for codec in CODECS:
            con.execute(f"COPY ({rows}) TO '{folder / codec}.parquet' (COMPRESSION '{codec}', ROW_GROUP_SIZE 5000)")
    files = {**site_files(refreshed.folder / "bilateral.duckdb", 1), **{p.name: p for p in folder.iterdir()}}
    server = SiteServer(lambda: ("", files))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.address
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT json_extract('{\"a\": [1, 20]}', '$.a[1]')::INTEGER + 1 AS n, to_json(7) AS j", ["21", "7"]),
        ("SELECT columns[1] AS c FROM (SELECT unnest(built) FROM read_json('{page}data/site.json'))", ["publication_id"]),
        *(
            (
                f"SELECT sum(n) AS s, max(word) AS w, max(day) AS d FROM '{{page}}{codec}.parquet'",
                ["199990000", "z", "2020-01-09"],
            )
            for codec in CODECS
        ),
        ("SELECT count(*) AS n FROM parquet_metadata('{page}zstd.parquet')", ["12"]),
        ("SELECT timezone('Asia/Shanghai', TIMESTAMPTZ '2026-07-01 20:30:00+00') AS t", ["2026-07-02 04:30:00"]),
        (
            "SELECT CURRENT_TIMESTAMP AT TIME ZONE 'Asia/Shanghai' - CURRENT_TIMESTAMP AT TIME ZONE 'UTC' = INTERVAL 8 HOUR AS h",
            ["true"],
        ),
        ("SELECT timezone('America/New_York', TIMESTAMP '2020-07-01') AT TIME ZONE 'UTC' AS t", ["2020-07-01 04:00:00"]),
    ],
)
def test_parquet_json_and_time_zones_are_read_with_extensions_from_beside_the_page(
    browser: Browser, site_with_parquet: str, query: str, expected: list[str]
) -> None:
    browser.driver.get("about:blank")
    browser.faults()
    browser.open(site_with_parquet, "Who sanctioned whom")
    view(browser, f"#/sql?q={quote(query.replace('{page}', site_with_parquet))}", "1 row,", *expected)
    assert [cell.text for cell in browser.driver.find_elements(By.CSS_SELECTOR, "tbody td")] == expected
    assert browser.hosts() == {"127.0.0.1"}
    assert browser.faults() == []


def test_days_within_lists_and_structures_are_days(open_page: Browser) -> None:
    query = "SELECT [DATE '2020-02-03'] AS d, {'a': 7::BIGINT, 'b': [{'c': TIMESTAMP '2021-01-01 10:00:00'}], 'e': NULL} AS s"
    view(open_page, f"#/sql?q={quote(query)}", '["2020-02-03"]', '{"a":7,"b":[{"c":"2021-01-01 10:00:00"}],"e":null}')


def test_a_file_of_parquet_is_written_and_read_in_the_browser(open_page: Browser) -> None:
    view(open_page, "#/sql?q=COPY (SELECT range AS n FROM range(9)) TO 'n.parquet'", "1 row,")
    view(open_page, "#/sql?q=SELECT sum(n) AS s FROM 'n.parquet'", "36")


def test_an_extension_that_does_not_lie_beside_the_page_is_named_and_looked_for_nowhere_else(browser: Browser, page: str) -> None:
    browser.open(page, "Who sanctioned whom")
    view(
        browser,
        "#/sql?q=LOAD spatial",
        "This query needs spatial.duckdb_extension.wasm of DuckDB, which does not lie beside this page",
        f"{page}extensions/v1.4.3/wasm_eh/spatial.duckdb_extension.wasm is not available",
    )
    view(browser, "#/sql?q=SET custom_extension_repository = 'https://extensions.duckdb.org'", "Success")
    view(
        browser, "#/sql?q=LOAD fts", "This query needs fts.duckdb_extension.wasm", "Failed to load 'https://extensions.duckdb.org"
    )
    assert browser.hosts() == {"127.0.0.1"}
    assert [fault for fault in browser.faults() if "Content Security Policy" in fault]


def named_by_nothing(browser: Browser) -> list[str]:
    """Roles of what a screen reader would have no name for."""
    nodes = browser.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    return [
        n["role"]["value"]
        for n in nodes
        if not n.get("ignored")
        and n.get("role", {}).get("value") in ("button", "link", "combobox", "slider", "searchbox", "image")
        and not n.get("name", {}).get("value")
    ]


def test_every_chart_says_what_it_shows_and_can_be_taken_away(open_page: Browser) -> None:
    view(open_page, "#/pair/USA-CHN", "official acts towards China")
    figures = open_page.driver.find_elements(By.CSS_SELECTOR, "figure:has(g[role=img])")
    assert len(figures) >= 4
    for figure in figures:
        svg = figure.find_element(By.CSS_SELECTOR, "g[role=img]")
        texts = [svg.find_element(By.CSS_SELECTOR, tag).get_attribute("textContent") or "" for tag in ("title", "desc")]
        assert all(len(text) > 10 for text in texts)
        buttons = {b.get_attribute("textContent") for b in figure.find_elements(By.CSS_SELECTOR, ".take button")}
        assert buttons >= {"Link", "Embed", "SVG", "PNG", "CSV", "Cite"}
        assert figure.find_elements(By.CSS_SELECTOR, ".source")
    unnamed = named_by_nothing(open_page)
    view(open_page, "#/", "Listings between the United States and others")
    assert unnamed + named_by_nothing(open_page) == []


def test_labels_are_chinese_where_the_address_says_so(open_page: Browser) -> None:
    text = view(open_page, "#/pair/USA-CHN?lang=zh", "实体清单", "美国", "中国")
    assert "概览" in text
    # titles are English: what stands in their place is put together of the columns, the title below it
    view(open_page, "#/pair/USA-CHN?lang=zh&tab=acts", "官方行动")
    rows = open_page.driver.find_elements(By.CSS_SELECTOR, "tbody td:nth-child(2)")
    assert rows
    for row in rows:
        assert re.match("[\u4e00-\u9fff]+：[\u4e00-\u9fff]+", row.find_element(By.TAG_NAME, "a").text)
        assert row.find_element(By.CSS_SELECTOR, ".given[lang=en]").text
    assert open_page.driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "zh-CN"


@pytest.mark.parametrize(
    "address",
    [
        "#/about",
        "#/pair/USA-CHN",
        "#/pair/USA-CHN?tab=acts&count=sort",
        "#/sql",
        "#/pair/USA-CHN?known=2023-07-01&tab=acts",
        "#/pair/USA-CHN?as-lists=stacked",
        "#/compare/USA-CHN,USA-RUS,USA-IRN,USA-PRK?by=listings&as-compared=log",
        "#/?by=acts&year=2019&region=Asia",
    ],
)
def test_the_page_fits_a_phone(open_page: Browser, address: str) -> None:
    driver = open_page.driver
    phone = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        driver.execute_script("delete document.documentElement.dataset.shown; location.hash = arguments[0]", address)
        WebDriverWait(driver, ENGINE_S).until(lambda d: d.execute_script("return document.documentElement.dataset.shown"))
        assert driver.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_areas_and_counts_have_the_colours_of_a_dark_screen(open_page: Browser) -> None:
    driver = open_page.driver

    def colours(theme: str) -> list[str]:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": theme}]})
        script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
        view(open_page, "#/pair/USA-CHN?as-lists=stacked", "Listings in force; stacked")
        area = driver.execute_script(script, "#c-lists path[fill^='var']", "fill")
        view(open_page, "#/pair/USA-CHN?tab=acts&count=sort", "Count by: sort")
        return [area, *(driver.execute_script(script, ".counts button", of) for of in ("color", "backgroundImage"))]

    try:
        light, dark = colours("light"), colours("dark")
    finally:
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert all(one != other for one, other in zip(light, dark, strict=True))
    brightness = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in dark[1:]]
    assert brightness[0] - brightness[1] > 400


def test_the_page_of_a_pair_is_one_file_that_needs_no_server(browser: Browser, refreshed: Warehouse, tmp_path: Path) -> None:
    published = refreshed.folder / "bilateral.duckdb"
    (tmp_path / "pair.html").write_text(one_page(published, "USA", "CHN", {"known": "2023-12-22"}), encoding="utf-8")
    browser.faults()
    browser.open((tmp_path / "pair.html").as_uri(), "United States and China", "What changed since 22 December 2023")
    WebDriverWait(browser.driver, WAIT_S).until(lambda d: len(d.find_elements(By.CSS_SELECTOR, "g[role=img]")) >= 4)
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
