"""What people see: the Data Docs and the report beside the warehouse, the explorer of it, and the Dagster UI on it."""

from __future__ import annotations

import http.client
import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from assets.schema import declared
from pipelines.pages.holdings import Question, read
from pipelines.pages.page import page as report_page
from pipelines.publish.audit import Validation
from pipelines.publish.data_docs import page, write_page
from pipelines.readers import connect_for_readers
from tests.browser.conftest import WAIT_S, Browser, Explorer
from tests.whole.conftest import Warehouse

pytestmark = pytest.mark.browser


@pytest.fixture
def docs(refreshed: Warehouse) -> str:
    return (refreshed.folder / "data_docs" / "index.html").as_uri()


def test_data_docs_list_every_table_with_its_outcome(browser: Browser, docs: str) -> None:
    browser.open(docs, "core.sanction_events")
    cells = [
        [c.text for c in r.find_elements(By.TAG_NAME, "td")]
        for r in browser.driver.find_elements(By.CSS_SELECTOR, ".overview tr")
    ]
    outcomes = {c[0]: c[1] for c in cells if c}
    filled = {n for n in declared() if n.startswith("core.")} - {"core.drug_seizures", "core.populations"}
    assert filled | {"marts.dyad_day", "marts.timeline"} <= set(outcomes)
    assert set(outcomes.values()) == {"Succeeded"}


def test_the_data_docs_show_what_was_expected_of_a_table_and_that_it_held(browser: Browser, docs: str) -> None:
    browser.open(docs, "core.sanction_events")
    browser.driver.find_element(By.LINK_TEXT, "core.sanction_events").click()
    section = browser.driver.find_element(By.CSS_SELECTOR, "[id='core.sanction_events'] + table")
    assert "Every list_id is a row of core.sanction_lists." in section.text
    assert "kind is one of 'added', 'removed'" in section.text
    assert {c.text for c in section.find_elements(By.CSS_SELECTOR, "tbody td:first-child")} == {"passed"}


def test_data_docs_need_no_network_and_tell_nobody_that_they_are_read(browser: Browser, docs: str) -> None:
    browser.faults()
    browser.open(docs, "core.sanction_events")
    assert browser.hosts() <= {""}
    assert browser.faults() == []


HOSTILE = "<img src=x onerror=\"document.title='it ran'\"><script>document.title='it ran'</script>"


def hostile(expectation: str = "names") -> Validation:
    rows = json.dumps([{"name": HOSTILE, "remarks": "</pre></table>" + HOSTILE}])
    return Validation(
        "core.t",
        expectation,
        "critical",
        "failed",
        HOSTILE,
        json.dumps(HOSTILE),
        1,
        rows,
        datetime(2026, 1, 1),
    )


def test_what_a_source_serves_does_not_run_in_the_data_docs(browser: Browser, tmp_path: Path) -> None:
    write_page(tmp_path, [hostile()])
    browser.faults()
    text = browser.open((tmp_path / "index.html").as_uri(), "core.t", "1 failed")
    assert text.count(HOSTILE) == 4
    assert browser.driver.title == "Data Docs: bilateral-relations warehouse"
    assert browser.driver.find_elements(By.CSS_SELECTOR, "img, script") == []


def test_the_policy_of_the_data_docs_stops_what_would_not_be_escaped(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(page([hostile()]).replace("</body>", HOSTILE + "</body>"), encoding="utf-8")
    browser.open((tmp_path / "index.html").as_uri(), "core.t")
    assert browser.driver.title == "Data Docs: bilateral-relations warehouse"
    assert any("Content Security Policy" in fault for fault in browser.faults())


def test_the_data_docs_fit_a_phone(browser: Browser, docs: str, tmp_path: Path) -> None:
    write_page(tmp_path, [hostile("a_check_with_a_name_that_is_as_long_as_names_of_checks_ever_become_in_this_project")])
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        for address in (docs, (tmp_path / "index.html").as_uri()):
            browser.open(address, "Outcome")
            assert browser.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture
def report(refreshed: Warehouse) -> str:
    return (refreshed.folder / "reports" / "USA-CHN.html").as_uri()


def shown(browser: Browser) -> list[list[str]]:
    """First day and days of each chart of the report that is open."""
    charts = browser.driver.find_elements(By.CSS_SELECTOR, "svg.zoom")
    return [(c.get_dom_attribute("viewBox") or "").split()[::2] for c in charts]


def test_the_report_needs_no_network_and_is_silent(browser: Browser, report: str) -> None:
    browser.faults()
    browser.open(report, "United States and China", "All charts show", "facts match")
    assert len(shown(browser)) >= 8
    assert browser.hosts() <= {""}
    assert browser.faults() == []


def test_one_period_moves_all_charts_and_the_chronicle_by_dates_keys_and_pointer(browser: Browser, report: str) -> None:
    browser.open(report, "All charts show")
    driver = browser.driver
    script = "const e = document.getElementById(arguments[0]); e.value = arguments[1]; e.dispatchEvent(new Event('change'))"
    driver.execute_script(script, "from", "2023-10-01")
    driver.execute_script(script, "to", "2023-12-31")
    browser.see("All charts show 2023-10-01 to 2023-12-31.")
    ((first, days),) = {tuple(box) for box in shown(browser)}
    assert days == "92"
    days_shown = {r.text[:7] for r in driver.find_elements(By.CSS_SELECTOR, "#facts tbody tr") if r.is_displayed()}
    assert {"2023-11"} <= days_shown <= {"2023-10", "2023-11", "2023-12"}
    driver.find_element(By.ID, "left").send_keys(Keys.ARROW_RIGHT)
    browser.see("All charts show 2023-10-08 to 2023-12-31.")
    assert {tuple(box) for box in shown(browser)} == {(str(int(first) + 7), "85")}
    driver.find_element(By.ID, "all").click()
    brush = driver.find_element(By.ID, "brush")
    before = brush.size["width"] // 4
    ActionChains(driver).move_to_element_with_offset(brush, -before, 0).click_and_hold().move_by_offset(
        before, 0
    ).release().perform()
    WebDriverWait(driver, WAIT_S).until(lambda _: int(shown(browser)[0][0]) > 0)
    assert len({tuple(box) for box in shown(browser)}) == 1


def test_the_chronicle_is_filtered_by_words_and_kinds(browser: Browser, report: str) -> None:
    browser.open(report, "facts match")
    driver = browser.driver

    def facts() -> list[str]:
        return [r.text for r in driver.find_elements(By.CSS_SELECTOR, "#facts tbody tr") if r.is_displayed()]

    before = len(facts())
    driver.find_element(By.ID, "words").send_keys("institute forensic removed")
    WebDriverWait(driver, WAIT_S).until(lambda _: 0 < len(facts()) < before)
    assert any("sanction" in fact for fact in facts())
    assert all("forensic" in fact.lower() and "removed" in fact.lower() for fact in facts())
    driver.find_element(By.CSS_SELECTOR, "[name=kind][value=sanction]").click()
    WebDriverWait(driver, WAIT_S).until(lambda _: not any(" sanction " in fact for fact in facts()))


def test_what_a_source_serves_does_not_run_in_the_report(browser: Browser, refreshed: Warehouse, tmp_path: Path) -> None:
    with connect_for_readers(refreshed.folder / "bilateral.duckdb") as con:
        held = read(con, Question("USA", "CHN"))
    facts = [{**fact, "headline": HOSTILE, "citation": HOSTILE, "url": f"https://x.example/{HOSTILE}"} for fact in held.chronicle]
    lists = [{**row, "list_name": HOSTILE} for row in held.lists]
    acts = [{**row, "title": HOSTILE} for row in held.acts]
    names = dict.fromkeys(held.names, HOSTILE)
    text = report_page(replace(held, chronicle=facts, lists=lists, acts=acts, names=names), "1")
    file = tmp_path / "report.html"
    file.write_text(text, encoding="utf-8")
    browser.faults()
    browser.open(file.as_uri(), "facts match", HOSTILE)
    assert browser.driver.title != "it ran"
    assert browser.driver.find_elements(By.TAG_NAME, "img") == []
    assert browser.faults() == []
    # and where something were not escaped, the policy would stop it
    file.write_text(text.replace("</main>", HOSTILE + "</main>"), encoding="utf-8")
    browser.open(file.as_uri(), "facts match")
    assert browser.driver.title != "it ran"
    assert any("Content Security Policy" in fault for fault in browser.faults())


def test_the_report_fits_a_phone(browser: Browser, report: str) -> None:
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        browser.open(report, "facts match")
        assert browser.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


LISTED = "Institute of Forensic Science"


def test_a_pair_a_grain_a_period_and_a_day_of_knowledge_change_what_is_shown(explorer: Explorer) -> None:
    browser = explorer.browser
    assert "This is the built-in sample" in browser.text()
    assert browser.hosts() == {"127.0.0.1"}
    assert "token" not in browser.driver.current_url
    explorer.choose("Grain", "month")
    browser.see("by month, as known now")
    explorer.type("From", "2023-10-01")
    explorer.type("To", "2023-12-31")
    browser.see("2023-10-01 to 2023-12-31 by month, as known now")
    explorer.type("As known on", "2023-12-22")
    text = browser.see("as known at the beginning of 2023-12-22 (UTC)", "days old")
    assert "bilateral report USA CHN --from 2023-10-01 --to 2023-12-31 --as-known 2023-12-22" in text
    explorer.type("As known on", "22 December")
    browser.see("As known on '22 December': expected a date as YYYY-MM-DD, or nothing.")
    explorer.type("As known on", "")
    explorer.type("From", "")
    explorer.type("To", "")
    other = Select(explorer.field("and")).options[1].text
    explorer.choose("and", other)
    browser.see(f"United States and {other.rpartition(' (')[0]}")
    explorer.choose("and", "China (CHN)")
    browser.see("United States and China")
    explorer.choose("Rows of", "Chronicle")
    explorer.type("with the words", "forensic removed")
    assert "Institute" in browser.see("facts.", "Facts, the newest first")
    assert browser.remarks() == []


def test_every_widget_has_a_name_and_every_chart_says_in_words_what_it_shows(explorer: Explorer) -> None:
    explorer.browser.see("What is held, and what is not")
    seen = explorer.seen()
    fields = {(role, name) for role, name, _ in seen if role in ("textbox", "combobox", "button")}
    assert {("combobox", "State"), ("combobox", "and"), ("combobox", "Grain"), ("textbox", "As known on")} <= fields
    assert {name for _, name in fields} & {""} == set()
    pictures = [(name, says) for role, name, says in seen if role == "image"]
    assert len(pictures) >= 6
    assert all(name and len(says) > 20 for name, says in pictures)


def test_the_keyboard_alone_changes_the_pair(explorer: Explorer) -> None:
    driver = explorer.browser.driver
    field = explorer.field("Grain")
    driver.execute_script("arguments[0].focus()", field)
    ActionChains(driver).send_keys("week").perform()
    explorer.browser.see("by week, as known now")


def test_a_party_is_found_by_name_and_its_life_on_all_lists_is_told(explorer: Explorer) -> None:
    explorer.tab("A party")
    explorer.browser.see("Type a name and press Enter")
    explorer.type("Name of a party", LISTED)
    text = explorer.browser.see("Parties found:", "Listings over time", "removed on 2023-11-16")
    assert "A similar name is no proof" in text
    explorer.type("As known on", "2023-11-15")
    explorer.browser.see("as known at the beginning of 2023-11-15 (UTC)", "still there on")
    explorer.type("As known on", "")
    explorer.type("Name of a party", "Nobody of that name at all")
    explorer.browser.see("No listed party has a name like 'Nobody of that name at all'.")
    assert explorer.browser.remarks() == []


def test_sql_is_answered_with_a_table_and_a_chart_within_its_bounds(explorer: Explorer) -> None:
    browser = explorer.browser
    explorer.tab("SQL")
    browser.see("At most 1,000 rows are shown and a query is stopped after 20 seconds.")
    explorer.ask("SELECT date '2023-01-01' + i::INTEGER AS d, i AS n FROM range(2000) AS t(i)")
    browser.see("The first 1,000 rows; there are more", "n by d", "These rows as CSV")
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, "#chart-answer polyline")) >= 1
    explorer.ask(f"COPY core.events TO '{explorer.published.with_name('taken.csv')}'")
    browser.see("COPY is refused")
    hostile = "<img src=https://example.org/x.png onerror=\"document.title='it ran'\">"
    explorer.ask(
        f"SELECT 'https://example.org/x.png' AS picture, '{hostile.replace(chr(39), chr(39) * 2)}' AS a, 9007199254740993 AS n"
    )
    browser.see("9007199254740993", hostile)
    assert browser.driver.title != "it ran"
    assert browser.driver.find_elements(By.CSS_SELECTOR, ".explore img") == []
    assert browser.hosts() == {"127.0.0.1"}
    assert browser.remarks() == []


def test_a_new_edition_of_the_file_is_shown_without_opening_the_page_again(explorer: Explorer) -> None:
    draft = explorer.published.with_name("draft.duckdb")
    shutil.copy(explorer.published, draft)
    with duckdb.connect(str(draft)) as con:
        con.execute("UPDATE meta.build SET built_at = TIMESTAMP '2030-01-02 03:04'")
    draft.replace(explorer.published)
    explorer.tab("Two states")
    explorer.browser.see("From the file built on 2030-01-02 03:04 UTC.")


def test_the_explorer_fits_a_phone(explorer: Explorer) -> None:
    browser = explorer.browser
    phone = {"width": 360, "height": 740, "deviceScaleFactor": 1, "mobile": True}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        for name, shown in (("Two states", "What is held"), ("A party", "Name of a party"), ("SQL", "At most 1,000 rows")):
            explorer.tab(name)
            browser.see(shown)
            assert browser.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    finally:
        browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_address_without_its_key_is_refused(explorer: Explorer) -> None:
    port = int(explorer.browser.driver.current_url.split(":")[2].split("/")[0])
    for headers in ({}, {"Host": "evil.example"}):
        con = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        con.request("GET", "/", headers=headers)
        assert con.getresponse().status == 403
        con.close()


def test_the_asset_graph_names_its_groups_and_reads_from_left_to_right(browser: Browser, dagster_ui: str) -> None:
    groups = ("actors", "news", "overdose", "sanctions", "marts", "publication")
    browser.faults()
    text = browser.open(f"{dagster_ui}/asset-groups", "Global asset lineage", *groups)
    assert "Sign up for the Dagster newsletter" not in text
    nodes = browser.driver.find_elements(By.CSS_SELECTOR, "foreignObject")
    left = {g: n.location["x"] for n in nodes for g in groups if n.text.splitlines()[:1] == [g]}
    assert set(left) == set(groups)
    assert left["sanctions"] < left["marts"] < left["publication"]
    assert max(left["news"], left["overdose"]) < left["marts"]
    assert browser.faults() == []


def test_the_catalog_shows_assets_with_their_description_and_state(browser: Browser, dagster_ui: str) -> None:
    text = browser.open(f"{dagster_ui}/assets", "core / actors", "Materialized")
    assert declared()["core.actors"].comment in text
    assert "Failed" not in text


def test_an_asset_page_shows_description_columns_rows_and_the_refresh_of_the_command_line(
    browser: Browser, dagster_ui: str
) -> None:
    browser.faults()
    text = browser.open(
        f"{dagster_ui}/assets/core/sanction_events", "Latest materialization", "Row count", "Latest check results", "event_date"
    )
    assert declared()["core.sanction_events"].comment in text
    assert "<listing_id>:<kind>:<known_at>" in text
    assert "Never materialized" not in text
    text = browser.open(f"{dagster_ui}/assets/core/sanction_events?view=events", "Materialized in run", "snapshot_ids")
    assert "newest_date" in text
    assert browser.faults() == []


def test_the_picture_of_a_mart_is_drawn_and_its_source_is_named(browser: Browser, dagster_ui: str) -> None:
    browser.faults()
    browser.open(f"{dagster_ui}/assets/marts/revision_analysis", "[Show Markdown]", "Source code", "in editor")
    row = browser.driver.find_element(By.XPATH, "//tr[contains(., 'picture')][.//*[text()='[Show Markdown]']]")
    button = row.find_element(By.XPATH, ".//*[text()='[Show Markdown]']")
    browser.driver.execute_script("arguments[0].click()", button)
    browser.see("Sums of twelve months in the United States")
    image = browser.driver.find_element(By.CSS_SELECTOR, "img[src^='data:image/svg+xml;base64,']")
    # an image that is not shown has no width
    assert browser.driver.execute_script("return arguments[0].naturalWidth", image) == 640
    assert "Revision of the count of overdose deaths" in (image.get_attribute("alt") or "")
    assert browser.faults() == []


def test_the_checks_of_an_asset_are_shown_with_their_outcome(browser: Browser, dagster_ui: str) -> None:
    browser.faults()
    text = browser.open(
        f"{dagster_ui}/assets/core/sanction_events?view=checks",
        "expectations_hold",
        "key_is_unique",
        "Succeeded",
        "Evaluation result",
    )
    assert "n_expectations" in text
    assert "Failed" not in text
    assert browser.faults() == []


def test_schedules_are_listed_and_switched_off_and_the_sensors_are_on(browser: Browser, dagster_ui: str) -> None:
    schedules = (f"refresh_{d}_schedule" for d in ("all", "news", "overdose", "sanctions"))
    browser.open(f"{dagster_ui}/automation", *schedules, "audit_published_schedule", "runs_that_died", "tell_of_failure")
    switches = "label[class*=Switch] input[type=checkbox]"
    # they are drawn before their state is known, and drawn again when it is
    WebDriverWait(browser.driver, WAIT_S, ignored_exceptions=(StaleElementReferenceException,)).until(
        lambda d: sorted(s.is_selected() for s in d.find_elements(By.CSS_SELECTOR, switches)) == [False] * 5 + [True] * 4
    )
