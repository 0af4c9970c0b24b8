"""The coder on JSON lines."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from assets import schema
from assets.news.coding.lines import code_lines


def coded(*lines: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in code_lines(lines)]


def line(**values: object) -> str:
    return json.dumps({"id": "a", "published": "2023-06-15"} | values)


def test_events_have_the_columns_of_the_table_and_the_id() -> None:
    (found,) = coded(line(text="China imposed tariffs on Australia on Monday."))
    assert found["id"] == "a"
    assert set(found) - {"id", "reporter_id"} <= set(schema.table("core.events").polars)
    assert (found["cameo_root"], found["plover_event"], found["goldstein"], found["quad_schrodt"]) == ("16", "COERCE", -8.0, 4)
    assert (found["event_date"], found["event_date_end"]) == ("2023-06-12", "2023-06-13")


def test_a_text_without_events_gives_no_line() -> None:
    assert coded(line(text="It rained in Paris.")) == []


def test_a_line_with_source_and_target_gives_exactly_one_event() -> None:
    found = coded(line(text="The rebels attacked the army near the river.", source="The rebels", target="the army"))
    assert [(e["cameo_root"], e["source_id"], e["target_id"]) for e in found] == [("19", None, None)]


def test_events_come_in_the_order_of_the_lines() -> None:
    found = coded(
        line(id=1, text="Peru thanked Chile."), "", line(id=2, text="Iran bombed Iraq.", source="Iran", target="Iraq"),
        line(id=3, text="China praised Cuba."),
    )  # fmt: skip
    assert [e["id"] for e in found] == [1, 2, 3]


def test_a_line_that_cannot_be_read_is_told_in_its_place() -> None:
    found = coded("{", "[]", line(text=5), line(text="x", published="soon"), line(text="Peru thanked Chile."))
    assert ["error" in e for e in found] == [True, True, True, True, False]
    assert found[0]["error"] == "line 1: not JSON"


def test_a_title_is_coded_too_and_offsets_count_through_it() -> None:
    (found, *_) = coded(line(title="China praises Cuba", text="It rained."))
    assert (found["evidence"], found["evidence_start"], found["evidence_end"]) == ("China praises Cuba", 0, 18)


@given(st.lists(st.text(max_size=20) | st.dictionaries(st.sampled_from(["id", "text", "published", "title", "source", "target"]),
    st.text(max_size=15) | st.none() | st.integers()).map(json.dumps), max_size=4))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_lines_give_json_lines(lines: list[str]) -> None:
    assert all(isinstance(found, dict) for found in coded(*lines))
