"""The coder on JSON lines."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import schema
from assets.news.coding.interface import Event, Text
from assets.news.coding.jsonl import code_lines, default_coder
from assets.news.coding.languages import ByLanguage
from tests.depth import examples


def coded(*lines: str) -> list[dict[str, object]]:
    return [json.loads(line.json) for line in code_lines(lines)]


def line(**values: object) -> str:
    return json.dumps({"id": "a", "published": "2023-06-15"} | values)


def test_events_have_the_columns_of_the_table_and_the_id() -> None:
    (found,) = coded(line(text="China imposed tariffs on Australia on Monday."))
    assert found["id"] == "a"
    assert set(found) - {"id", "reporter_id"} <= set(schema.table("core.events").polars)
    assert (found["cameo_root"], found["plover_event"], found["goldstein"], found["quad_schrodt"]) == ("16", "COERCE", -8.0, 4)
    assert (found["event_date"], found["event_date_end"]) == ("2023-06-12", "2023-06-13")
    assert coded(line(text="It rained in Paris.")) == []
    # a line with source and target gives exactly one event, and offsets count through a title
    related = coded(line(text="The rebels attacked the army near the river.", source="The rebels", target="the army"))
    assert [(e["cameo_root"], e["source_id"], e["target_id"]) for e in related] == [("19", None, None)]
    (found, *_) = coded(line(title="China praises Cuba", text="It rained."))
    assert (found["evidence"], found["evidence_start"], found["evidence_end"]) == ("China praises Cuba", 0, 18)


def test_events_and_lines_that_cannot_be_read_come_in_the_order_of_the_lines() -> None:
    relation = line(id=2, text="Iran bombed Iraq.", source="Iran", target="Iraq")
    found = coded(line(id=1, text="Peru thanked Chile."), "", relation, "{", "[]", line(id=5, text=5),
                  line(id=6, text="x", published="soon"), line(id=7, text="China praised Cuba."))  # fmt: skip
    assert [(e.get("id"), "error" in e) for e in found if e.get("id") in (1, 2, 7)] == [(1, False), (2, False), (7, False)]
    assert ["error" in e for e in found] == [False, False, True, True, True, True, False]
    assert found[2]["error"] == "line 4: not JSON"


def test_a_day_at_an_end_of_the_calendar_which_programs_write_for_an_unknown_one_is_unknown() -> None:
    for day in ("0001-01-01", "9999-12-31"):
        (found,) = coded(line(text="China imposed tariffs on Australia on Monday.", published=day))
        assert (found["event_date"], found["date_precision"]) == (None, "unknown")


class FailsOnSome:
    """A coder that fails on every text with the word ``bad``; another fault where the fault is not the text's."""

    name = "test"
    version = "0"

    def __init__(self, fault: type[Exception] = IndexError) -> None:
        self.fault = fault

    def code(self, texts: Iterable[Text]) -> Iterator[tuple[Text, list[Event]]]:
        for text in texts:
            yield text, [self.relation(text, "", "")]

    def relation(self, text: Text, source: str, target: str) -> Event:  # noqa: ARG002 as the coder
        if "bad" in text.text:
            raise self.fault("list index out of range")
        parties = ("USA", "USA", None, "CHN", "CHN", None)
        return Event(None, None, "unknown", *parties, "163", "past", 0.5, None, text.text, 0, len(text.text))


@pytest.mark.parametrize("parties", [{}, {"source": "US", "target": "China"}], ids=["text", "relation"])
def test_a_text_on_which_the_coder_fails_gives_an_error_in_its_place_and_the_others_go_on(parties: dict[str, str]) -> None:
    given = [line(id=1, text="good"), line(id=2, text="bad", **parties), line(id=3, text="good")]
    found = list(code_lines(given, FailsOnSome()))
    assert [(json.loads(x.json)["id"], x.is_error) for x in found] == [(1, False), (2, True), (3, False)]
    error = json.loads(found[1].json)
    assert set(error) == {"id", "error"}
    assert "line 2: the event coder failed on this text (IndexError in " in error["error"]
    assert "list index out of range" in error["error"]
    # a fault of the machine is no error of a text
    with pytest.raises(ImportError):
        list(code_lines(given[1:2], FailsOnSome(ImportError)))


def test_a_text_in_another_language_is_skipped_and_no_error() -> None:
    french = "La France et l'Allemagne ont signé un accord sur le gaz avec la Norvège et les Pays-Bas."
    found = list(code_lines([line(id=1, text="good"), line(id=2, text=french)], ByLanguage(FailsOnSome())))
    assert [(x.is_error, x.is_skipped) for x in found] == [(False, False), (False, True)]
    assert json.loads(found[1].json)["skipped"].startswith("line 2: the text is in French")


def test_a_release_has_its_speaker_by_name_or_address() -> None:
    class Hears(FailsOnSome):
        def code(self, texts: Iterable[Text]) -> Iterator[tuple[Text, list[Event]]]:
            for text in texts:
                seen.append(text.speaker)
                yield text, []

    seen: list[str | None] = []
    more: list[dict[str, str]] = [{"speaker": "FRA"}, {"url": "https://www.state.gov/x"}, {}]
    assert list(code_lines([line(id=1, text="good", **each) for each in more], Hears())) == []
    assert seen == ["FRA", "USA", None]


def test_half_a_surrogate_pair_is_read_as_an_unknown_sign_and_an_id_is_written_as_it_came() -> None:
    found = list(code_lines(['{"id": "\\ud800", "text": "China met \\udc00 Japan."}', line(id=2, text="Peru thanked Chile.")]))
    written = [json.loads(x.json.encode()) for x in found]
    assert not any(x.is_error for x in found)
    assert {w["id"]: w["evidence"] for w in written} == {"\ud800": "China met \ufffd Japan.", 2: "Peru thanked Chile."}


@given(st.lists(st.text(max_size=20) | st.dictionaries(st.sampled_from(["id", "text", "published", "title", "source", "target"]),
    st.text(max_size=15) | st.none() | st.integers()).map(json.dumps), max_size=4))  # fmt: skip
@examples(60)
def test_any_lines_give_json_lines(lines: list[str]) -> None:
    assert all(isinstance(found, dict) for found in coded(*lines))


def test_actors_of_the_users_own_are_coded(tmp_path: Path) -> None:
    (tmp_path / "actors.csv").write_text(
        "actor_id,kind,name,country_id,sector,parent_id,valid_from,valid_to\n"
        "CHN.EXAMPLE_BUREAU,body,Zhongli Quonset Bureau,CHN,GOV,CHN,,\n"
    )
    (tmp_path / "aliases.csv").write_text("scheme,alias,actor_id\nsurface,Zhongli Quonset Bureau,CHN.EXAMPLE_BUREAU\n")
    text = line(text="The United States sanctioned the Zhongli Quonset Bureau on Monday.")
    with_own = [json.loads(x.json) for x in code_lines([text], default_coder(tmp_path))]
    assert [(e["source_id"], e["target_id"]) for e in with_own] == [("USA", "CHN.EXAMPLE_BUREAU")]
    assert coded(text) == []
