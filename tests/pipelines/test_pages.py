"""The report: what is not known is not drawn as 0, what a source serves is text, and the numbers stand behind each chart."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import duckdb
import pytest
from resvg_py import svg_to_bytes

from assets.errors import BilateralError
from assets.schema import SQL
from pipelines.cli import pair_report
from pipelines.pages import made
from pipelines.pages.charts import charts
from pipelines.pages.drawing import FONTS, GAP, Chart, date_ticks, picture
from pipelines.pages.escaping import link, plain
from pipelines.pages.holdings import Holdings, Question, Row, grain_of
from pipelines.pages.page import page

HOSTILE = "<img src=x onerror=\"document.title='it ran'\"></script><script>document.title='it ran'</script>"


def week(day: date, n_events: int | None, source: str = "USA", **more: Any) -> Row:
    """A week of the panel in which all events are of verbal cooperation."""
    end = date.fromordinal(day.toordinal() + 6)
    row: Row = {
        "source_id": source,
        "target_id": "CHN" if source == "USA" else "USA",
        "date": day,
        "period_end": end,
        "n_days": 7,
        "coverage_share": None,
        "n_events": n_events,
        "n_verbal_cooperation": n_events,
        **dict.fromkeys(("n_material_cooperation", "n_verbal_conflict", "n_material_conflict"), None if n_events is None else 0),
        "n_goldstein": n_events,
        "goldstein_mean": 4.0 if n_events else None,
        **dict.fromkeys(("n_listings_added", "n_listings_removed", "n_listings_in_force")),
        **dict.fromkeys(("n_parties_in_force", "n_listings_not_contradicted", "lists_vintage_date")),
    }
    return {**row, **more}


def change(day: date, n_in_force: int, covered: bool, last: date, name: str = "Entity List") -> Row:
    return {
        "source_id": "USA",
        "target_id": "CHN",
        "list_id": "us_list",
        "list_name": name,
        "date": day,
        "n_added": 1,
        "n_removed": 0,
        "n_in_force": n_in_force,
        "is_covered": covered,
        "last_covered": last,
    }


def deaths(month: date, then: float | None, now: float | None) -> Row:
    known = [v for v in (then, now) if v is not None]
    return {
        "actor_id": "USA",
        "drug": "all",
        "period_end": month,
        "known_then": then,
        "first_known": then,
        "known_now": now,
        "lowest": min(known, default=None),
        "highest": max(known, default=None),
        "n_versions": len(known),
        "first_known_from": datetime(2023, 9, 13),
    }


def held(panel: list[Row], **more: Any) -> Holdings:
    values: dict[str, Any] = {
        "question": Question("USA", "CHN"),
        "names": {"USA": "United States", "CHN": "China"},
        "since": date(2023, 11, 6),
        "until": date(2023, 12, 3),
        "grain": "week",
        "panel": panel,
        "panel_now": panel,
        **{name: [] for name in ("lists", "overdose", "chronicle", "acts", "claims", "coverage", "sources", "checks")},
        "n_counted": 0,
        "acts_are_official": True,
        "build": {"built_at": datetime(2024, 1, 1), "origin": "sample", "code_fingerprint": "c0de", "run_id": "run"},
    }
    return Holdings(**{**values, **more})


def chart(holdings: Holdings, name: str) -> Chart:
    (found,) = [c for c in charts(holdings) if c.name == name]
    return found


def rects(drawing: str, colour: str) -> list[tuple[float, float]]:
    """First and last unit of the boxes of a colour."""
    root = ElementTree.fromstring(f"<svg>{drawing}</svg>")
    boxes = [r for r in root.iter("rect") if r.get("fill") == colour]
    return [(float(r.get("x", 0)), float(r.get("x", 0)) + float(r.get("width", 0))) for r in boxes]


WEEKS = [week(date(2023, 11, 6), 0), week(date(2023, 11, 13), 3), week(date(2023, 11, 20), None), week(date(2023, 11, 27), None)]


def test_a_quiet_week_is_empty_and_one_that_is_not_known_is_shaded() -> None:
    found = chart(held(WEEKS), "events-USA-CHN")
    assert rects(found.draw(1), GAP) == [(14, 28)]
    assert rects(found.draw(1), "#56B4E9") == [(7, 14)]
    assert [row[:2] for row in found.rows] == [("2023-11-06 to 2023-11-12", 0), ("2023-11-13 to 2023-11-19", 3)]


def test_a_chart_of_which_nothing_is_known_says_so_and_draws_no_axis() -> None:
    found = chart(held([week(date(2023, 11, 6), None)]), "events-USA-CHN")
    assert "No news is held" in found.empty
    assert 'id="chart-events-USA-CHN"' in (text := page(held([week(date(2023, 11, 6), None)]), "1"))
    assert 'aria-label="Events: United States to China"' not in text


def test_what_was_not_known_on_a_day_is_shaded_after_it() -> None:
    then = held(WEEKS[:2], panel_now=WEEKS, question=Question("USA", "CHN", as_known=date(2023, 11, 20)))
    found = chart(then, "events-USA-CHN")
    assert rects(found.draw(1), GAP) == [(14, 28)]
    assert "in 2 weeks of which something is known, out of 4" in found.says


def test_a_list_is_dashed_before_its_first_snapshot_and_grey_after_its_last() -> None:
    last = date(2023, 11, 22)
    rows = [change(date(2023, 11, 6), 5, False, last), change(date(2023, 11, 13), 6, True, last)]
    drawn = chart(held([], lists=rows), "in-force-USA-CHN").draw(1)
    assert rects(drawn, GAP) == [(17, 28)]
    assert re.findall(r'points="0,\S+ 7,\S+" [^>]*stroke-dasharray', drawn)
    assert not re.findall(r'points="7,\S+ 17,\S+" [^>]*stroke-dasharray', drawn)


def test_nothing_is_drawn_of_a_list_after_the_day_of_knowledge() -> None:
    rows = [change(date(2023, 11, 6), 5, True, date(2023, 11, 30))]
    question = Question("USA", "CHN", as_known=date(2023, 11, 20))
    assert rects(chart(held([], lists=rows, question=question), "in-force-USA-CHN").draw(1), GAP) == [(14, 28)]


def test_additions_are_drawn_where_removals_are_not_known() -> None:
    panel = [week(date(2023, 11, 6), None, n_listings_added=4), week(date(2023, 11, 13), None)]
    found = chart(held(panel), "changes-USA-CHN")
    assert rects(found.draw(1), GAP) == [(7, 28)]
    assert found.rows == [("2023-11-06 to 2023-11-12", 4, None, None)]
    assert "<td>4</td><td>not known</td>" in page(held(panel), "1")


def test_a_line_of_deaths_stops_where_a_month_is_not_known() -> None:
    months = [date(2023, 1, 31), date(2023, 2, 28), date(2023, 3, 31), date(2023, 4, 30), date(2023, 5, 31)]
    values = [(100.0, 110.0), (101.0, 111.0), (None, None), (103.0, 113.0), (104.0, 114.0)]
    rows = [deaths(month, *pair) for month, pair in zip(months, values, strict=True)]
    span = {"since": date(2023, 1, 1), "until": date(2023, 6, 30)}
    drawn = chart(held([], overdose=rows, **span), "overdose-USA-all").draw(1)
    lines = re.findall(r'<polyline points="([^"]+)" fill="none" stroke="#000000"', drawn)
    assert [len(line.split()) for line in lines] == [2, 2]
    assert len(re.findall("<polygon", drawn)) == 2


def test_deaths_of_which_no_version_was_held_then_are_said_to_be_so() -> None:
    question = Question("USA", "CHN", as_known=date(2023, 6, 1))
    found = chart(held([], overdose=[deaths(date(2023, 11, 30), None, 110.0)], question=question), "overdose-USA-all")
    assert "Of none of them is it held what was known on 2023-06-01." in found.says
    assert found.rows[0][1:3] == ("not known", "110")


def test_the_numbers_of_each_chart_stand_behind_it_for_those_who_do_not_see_it() -> None:
    text = page(held(WEEKS), "1")
    shown = re.findall(r'<svg class="zoom" role="img" aria-label="([^"]+)" aria-describedby="([^"]+)"', text)
    assert {"Tone of events, both directions", "Events: United States to China"} <= {title for title, _ in shown}
    for title, says in shown:
        assert f'id="{says}">' in text
        assert f"<caption>{title}: the numbers." in text


def claim(**more: Any) -> Row:
    """Two thirds claimed, supported then and now."""
    row: Row = {
        "published_on": date(2023, 11, 20),
        "evidence": "It is in more than two thirds of deaths.",
        "url": None,
        "measure": "overdose_deaths_share",
        "drug": "T40.4",
        "surface": "more than two thirds",
        "unit": "share",
        "whose": "USA",
        "vintage_age_days": 187,
    }
    for when in ("", "_now"):
        row |= {f"verdict{when}": "supported", f"reason{when}": None, f"figure{when}": 0.683, f"basis{when}": "reported"}
        row |= {f"figure{when}_from": date(2022, 1, 1), f"figure{when}_to": date(2022, 12, 31)}
        row |= {f"source{when}": "us_cdc_vsrr", f"vintage_date{when}": date(2023, 5, 17)}
    return row | more


def test_a_claim_stands_beside_both_figures_with_vintage_and_age() -> None:
    text = page(held(WEEKS, claims=[claim(verdict_now="contradicted", figure_now=0.6)]), "1")
    then = "68.3% (2022-01-01 to 2022-12-31, reported; us_cdc_vsrr, vintage of 2023-05-17, 187 days old)"
    assert f"<td>supported</td><td>{then}</td><td>contradicted</td><td>60.0% (2022-01-01" in text


def test_a_claim_that_cannot_be_checked_says_why_and_as_known_then_nothing_is_said_of_now() -> None:
    row = claim(verdict="cannot be checked", reason="not held: overdose deaths in CAN (all)", figure=None)
    text = page(held(WEEKS, claims=[row], question=Question("USA", "CHN", as_known=date(2023, 12, 1))), "1")
    assert "<td>cannot be checked</td><td>not held: overdose deaths in CAN (all)</td></tr>" in text
    assert "as known now</th>" not in text


def test_a_file_without_judged_claims_says_so() -> None:
    assert "This file has no claims of articles yet" in page(held(WEEKS, claims=None), "1")


def test_what_a_source_serves_is_text_wherever_it_stands() -> None:
    fact = {
        "date": date(2023, 11, 15),
        "date_precision": "day",
        "source_id": "USA",
        "target_id": "CHN",
        "kind": HOSTILE,
        "headline": HOSTILE,
        "citation": HOSTILE,
        "url": f"https://x.example/{HOSTILE}",
        "known_from": datetime(2023, 11, 15),
    }
    act = {**dict.fromkeys(("n_events_that_tell", "n_parties")), **fact, "title": HOSTILE, "sort": HOSTILE, "effect": HOSTILE}
    lists = [change(date(2023, 11, 6), 5, True, date(2023, 11, 30), HOSTILE)]
    check = {"severity": "warning", "status": "failed", "table_name": HOSTILE, "description": HOSTILE, "n_unexpected": 1}
    text = page(
        held(
            WEEKS,
            chronicle=[fact],
            acts=[act],
            claims=[claim(evidence=HOSTILE, surface=HOSTILE)],
            lists=lists,
            checks=[check],
            names={"USA": HOSTILE, "CHN": HOSTILE},
        ),
        HOSTILE,
    )
    assert "<img" not in text
    assert text.count("<script") == 1
    assert text.count(plain(HOSTILE)) >= 14


def test_only_addresses_of_the_web_become_links() -> None:
    assert link("javascript:alert(1)", "act") == "act"
    assert link("data:text/html,x", "act") == "act"
    assert link("https://[", "act") == "act"
    assert link(None, "<act>") == "&lt;act&gt;"
    assert link("https://www.federalregister.gov/d/1", "act").startswith('<a href="https://www.federalregister.gov/d/1" rel=')


def test_marks_that_would_turn_a_line_around_or_break_a_picture_are_left_out() -> None:
    assert plain("a\u202eb\x00c\ud800") == "a b c "


def test_the_policy_allows_the_one_style_and_the_one_script_of_the_page() -> None:
    text = page(held(WEEKS), "1")
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (inner,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "style=" not in text
    assert "unsafe" not in policy


def test_every_chart_is_a_picture_of_its_own_too() -> None:
    for found in charts(held(WEEKS)):
        root = ElementTree.fromstring(picture(found))
        assert root.find("{http://www.w3.org/2000/svg}title") is not None


def test_a_png_is_made_of_a_chart() -> None:
    assert made.png(chart(held(WEEKS), "tone")).startswith(b"\x89PNG")


@pytest.mark.parametrize("family", ["DejaVuSans", "NotoSans-Regular", "LiberationSans-Regular"])
def test_letters_are_drawn_with_whichever_common_font_is_there(family: str) -> None:
    found = next(Path("/usr/share/fonts").rglob(f"{family}.ttf"), None)
    if found is None:
        pytest.skip(f"this machine has no {family}")
    blank = f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-family="{FONTS}">{{}}</svg>'
    empty, written = (
        svg_to_bytes(svg_string=blank.format(text), skip_system_fonts=True, font_files=[str(found)])
        for text in ("", '<text y="15">M</text>')
    )
    assert empty != written


@pytest.mark.parametrize(
    ("since", "until", "grain"),
    [
        (date(2023, 10, 1), date(2023, 12, 31), "day"),
        (date(2018, 1, 1), date(2025, 1, 1), "week"),
        (date(1995, 1, 1), date(2025, 1, 1), "month"),
    ],
)
def test_a_period_is_drawn_by_pieces_that_can_be_seen(since: date, until: date, grain: str) -> None:
    assert grain_of(since, until) == grain


def test_axes_have_round_dates() -> None:
    assert [label for _, label in date_ticks(date(2018, 6, 1), date(2021, 7, 1), 6)] == ["2019", "2020", "2021"]
    assert date_ticks(date(2018, 6, 1), date(2020, 7, 1), 6)[0] == (date(2018, 7, 1), "2018-07")
    assert [label for _, label in date_ticks(date(2023, 9, 15), date(2023, 12, 31), 6)] == ["2023-10", "2023-11", "2023-12"]


def test_a_report_of_an_earlier_publication_does_not_stay_where_there_is_none_now(tmp_path: Path) -> None:
    (old := tmp_path / "USA-CHN.html").write_text("old", encoding="utf-8")
    done = made.write_all(tmp_path / "none.duckdb", tmp_path, [("USA", "CHN")])
    assert (done.files, done.failed) == ([], [])
    assert done.left_out[0].startswith("no report on USA and CHN: ")
    assert not old.exists()


def test_a_report_that_cannot_be_drawn_is_told_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Path, question: Question) -> str:
        if question.target == "CHN":
            raise ZeroDivisionError("float division by zero")
        return "page"

    monkeypatch.setattr(made, "html", broken)
    done = made.write_all(tmp_path / "any.duckdb", tmp_path, [("USA", "CHN"), ("USA", "RUS")])
    assert [f.name for f in done.files] == ["USA-RUS.html"]
    assert done.failed == ["the report on USA and CHN could not be written: float division by zero. The published file is whole"]


def test_facts_beyond_what_a_page_can_show_are_said_to_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.pages.page.MOST_FACTS", 1)
    fact = {
        **dict.fromkeys(("citation", "url")),
        "date": date(2023, 11, 15),
        "date_precision": "month",
        "source_id": "CHN",
        "target_id": "USA",
        "kind": "article",
        "headline": "Talks",
        "known_from": datetime(2023, 11, 15),
    }
    assert "are not told here" not in page(replace(held(WEEKS), chronicle=[fact, fact]), "1")
    assert "1,234 events of GDELT between the two are not told here" in page(replace(held(WEEKS), n_counted=1_234), "1")
    text = page(replace(held(WEEKS), chronicle=[fact, fact]), "1")
    assert "Of 2 facts the newest 1 are here" in text
    assert text.count('<td class="day">2023-11</td>') == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BilateralError, match="does not exist yet"):
        made.html(tmp_path / "none.duckdb", Question("USA", "CHN"))


def test_a_report_says_which_states_it_took_where_they_are_written_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    published = tmp_path / "bilateral.duckdb"
    with duckdb.connect(str(published)) as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.actors AS SELECT 'CHN' AS actor_id, 'state' AS kind UNION ALL SELECT 'USA', 'state'")
        con.execute("CREATE TABLE core.actor_aliases AS SELECT 'surface' AS scheme, '中国' AS alias, 'CHN' AS actor_id")
        con.execute((SQL / "macros" / "actor_named.sql").read_text(encoding="utf-8"))
    assert pair_report.as_actors(published, ("usa", "中国")) == ("USA", "CHN")
    assert capsys.readouterr().err == "中国: taken for CHN\n"
    assert pair_report.as_actors(published, ("USA", "Atlantis")) == ("USA", "ATLANTIS")
