"""How the evaluation counts: on a few hand-made sentences."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assets.news.coding.interface import Event
from benchmarks import gold, quality, scoring, seed
from benchmarks.scoring import Coded, Expected, Item


def coded(source: str, target: str, code: str, confidence: float = 0.5) -> Coded:
    return Coded(source, target, code, confidence, "past", None, None, "unknown")


def expected(source: str, target: str, *labels: str) -> Expected:
    return Expected(source, target, labels[0], frozenset(labels))


def item(*events: Expected, found: tuple[Coded, ...] = ()) -> Item:
    return Item("1", "", None, events, found)


ACCUSED = expected("USA", "CHN", "ACCUSE")


def test_pairs_are_directed_count_once_a_sentence_and_a_second_class_of_one_is_wrong() -> None:
    codes = (
        (("CHN", "USA", "112"),),
        (("USA", "CHN", "112"), ("USA", "CHN", "111")),
        (("USA", "CHN", "112"), ("USA", "CHN", "163")),
    )
    other_way, twice, second = (item(ACCUSED, found=tuple(coded(*c) for c in found)) for found in codes)
    counts = [(c.right, c.coded, c.expected) for c in map(scoring.dyads, (other_way, twice))]
    assert counts == [(0, 1, 1), (1, 1, 1)]
    classes = scoring.dyads_with_class(second)
    assert (classes.right, classes.coded, classes.found, classes.expected) == (1, 2, 1, 1)
    # the other end of a visit is neither right nor wrong
    for label, here, there, n in (("CONSULT", "042", "043", 1), ("ACCUSE", "112", "112", 2)):
        found = item(expected("VNM", "LAO", label), found=(coded("VNM", "LAO", here), coded("LAO", "VNM", there)))
        assert scoring.dyads(found).coded == n
    # a lifted sanction coded as imposed is a wrong sign
    given = (coded("USA", "CHN", "163"), coded("USA", "CHN", "061"), coded("USA", "MEX", "163"))
    signs = scoring.signs([item(expected("USA", "CHN", "RETREAT"), found=(one,)) for one in given])
    assert (signs.coded, signs.wrong) == (2, 1)


def test_the_class_of_a_code_is_that_of_2021_and_its_sign_that_of_its_goldstein_value() -> None:
    classes = {"085": "RETREAT", "163": "COERCE", "161": "SANCTION", "090": "ACCUSE", "175": "ASSAULT", "0231": "02", "016": "01"}
    assert {c: scoring.label(c) for c in classes} == classes
    signs = {"016": "conflict", "019": "cooperation", "010": None, "0231": "cooperation", "112": "conflict", "085": "cooperation"}
    assert {c: scoring.sign(c) for c in signs} == signs


def test_the_interval_is_the_same_each_time_and_holds_the_value_and_confidence_is_set_against_what_is_right() -> None:
    items = [item(ACCUSED, found=(coded("USA", "CHN", "112"),) if n % 2 else ()) for n in range(40)]
    low, high = scoring.interval(items, scoring.dyads)
    assert (low, high) == scoring.interval(items, scoring.dyads)
    assert low < scoring.total(items, scoring.dyads).f1 < high
    right, wrong = (
        item(ACCUSED, found=(coded("USA", "CHN", "112", 0.9),)),
        item(ACCUSED, found=(coded("CHN", "USA", "112", 1.0),)),
    )
    (one,) = scoring.reliability([right, wrong])
    assert [one.n, one.confidence, one.right, scoring.calibration_error([one])] == pytest.approx([2, 0.95, 0.5, 0.45])


def gold_file(folder: Path, *records: dict[str, object]) -> Path:
    path = folder / "gold.json"
    path.write_text(json.dumps([{"id": "0", "event": "DOCUMENT"}, *records]), encoding="utf-8")
    return path


def side(*codes: str) -> list[dict[str, str]]:
    return [{"actorText": f"text of {c}", "code": c} for c in codes]


def test_gold_is_one_event_for_each_pair_of_states_and_old_classes_are_read_by_the_table_of_2021(tmp_path: Path) -> None:
    def record_of(event: str, source: list[dict[str, str]], target: list[dict[str, str]] | str) -> gold.Record:
        path = gold_file(tmp_path, {"id": "1", "event": event, "text": "x", "source": source, "target": target})
        (record,) = gold.records(path)
        return record

    # without a target it is reciprocal, and organisations are no states
    assert record_of("AGREE", side("HUN", "ROU"), "").between_states == (("HUN", "ROU"), ("ROU", "HUN"))
    demanded = record_of("DEMAND", side("FRA"), side("ROU", "IGO", "JAP", "FRA"))
    assert demanded.between_states == (("FRA", "ROU"), ("FRA", "JPN"))
    accepted = """INVESTIGATE 092, DISAPPROVE 112, DEMAND 1042, FIGHT 195, COERCE 1712, SANCTION 163, CONCEDE 0814, RETREAT 085,
        not DEMAND 020, not ASSAULT 1711, not SANCTION 172"""
    for *negation, event, code in (words.split() for words in accepted.split(",")):
        record = record_of(event, side("FRA"), side("ROU"))
        found = coded("FRA", "ROU", code)
        assert record.accepts(code, scoring.label(code)) is not bool(negation), (event, code)
        assert any(scoring.is_right(found, x) for x in gold.item(record).expected) is not bool(negation), (event, code)
    old = {
        "081": "CONCEDE",
        "0871": "RETREAT",
        "090": "INVESTIGATE",
        "191": "COERCE",
        "195": "FIGHT",
        "175": "COERCE",
        "010": None,
    }
    assert {c: gold.old_class(c) for c in old} == old
    codes = "030 040 050 060 070 081 085 111 100 120 130 140 150 160 171 190"
    assert {scoring.label(c): scoring.quad(c) for c in codes.split()} == gold.QUAD


@pytest.mark.real_data
def test_the_gold_half_has_163_records_of_which_half_tell_of_two_states(real_data: Path) -> None:
    records = gold.records(gold.file_of(real_data))
    assert len(records) == len({r.id for r in records}) == 163
    assert len([r for r in records if r.between_states]) == 84
    assert {r.plover for r in records} == set(gold.QUAD)


def probe(kind: str, **more: object) -> dict[str, object]:
    return {"kind": kind, "source": "USA", "target": "CHN", "sign": "conflict", **more}


def test_a_probe_is_passed_by_what_it_wants_alone() -> None:
    imposed, lifted, back = coded("USA", "CHN", "163"), coded("USA", "CHN", "085"), coded("CHN", "USA", "163")
    stated = {"event_date": "2020-01-01", "event_date_end": "2021-01-01", "date_precision": "year"}
    dated = replace(imposed, event_date=date(2020, 1, 1), event_date_end=date(2021, 1, 1), date_precision="year")
    forbidden = {"kind": "sign", "source": "USA", "target": "CHN", "forbidden_sign": "conflict"}
    for wanted, passes, fails in (
        (probe("sign"), [[imposed]], [[], [imposed, lifted]]),
        (probe("direction"), [[imposed, coded("CHN", "USA", "057")]], [[imposed, back]]),
        (probe("date", **stated), [[dated]], [[imposed]]),
        (forbidden, [[]], [[imposed]]),
    ):
        assert [quality.passes(wanted, found) for found in (*passes, *fails)] == [True] * len(passes) + [False] * len(fails)


def event(source: str, target: str, code: str, evidence: str, day: date | None = None, precision: str = "unknown") -> Event:
    return Event(
        day, None, precision, source, source, "GOV", target, target, "GOV", code, "past", 0.5, None, evidence, 0, len(evidence)
    )  # fmt: skip


def test_the_seed_article_wants_twelve_events_and_forbids_what_the_classic_coder_made_of_it() -> None:
    removal = event("USA", "CHN", "085", "The US removed it from a trade blacklist a day after", date(2023, 11, 16), "day")
    rows = seed.found([removal])
    assert len(rows) == len(seed.WANTED) == 12
    assert [(w.name, f, d) for w, f, d in rows if f] == [("A1 removed from the blacklist", True, True)]
    text = "China cracks down on fentanyl as drug control talks with US restart\n\nThe rest."
    wrong = [
        event("USA", "CHN", "174", "The US removed it from a trade blacklist"),
        event("CHN", "USA", "190", text.splitlines()[0]),
        event("USA", "MEX", "042", "The final production moved to Mexico"),
        event("USA", "CHN", "112", "The rest.", date(2024, 1, 1), "day"),
    ]
    said = seed.forbidden(wrong, text)
    for words in ("expulsion", "material conflict", "conflict from the headline", "Mexico", "after the publication"):
        assert any(words in line for line in said), words
    assert seed.forbidden([removal], text) == []


def test_a_resolved_relative_date_is_seen_where_no_publication_was_given() -> None:
    assert seed.resolved_without_publication([event("USA", "CHN", "163", "in 2020", date(2020, 1, 1), "year")]) == []
    assert len(seed.resolved_without_publication([event("USA", "CHN", "163", "last August", date(2022, 8, 1), "month")])) == 1
