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
    other_way = scoring.dyads(item(ACCUSED, found=(coded("CHN", "USA", "112"),)))
    assert (other_way.right, other_way.coded, other_way.expected) == (0, 1, 1)
    twice = scoring.dyads(item(ACCUSED, found=(coded("USA", "CHN", "112"), coded("USA", "CHN", "111"))))
    assert (twice.right, twice.coded) == (1, 1)
    second = scoring.dyads_with_class(item(ACCUSED, found=(coded("USA", "CHN", "112"), coded("USA", "CHN", "163"))))
    assert (second.right, second.coded, second.found, second.expected) == (1, 2, 1, 1)


def test_the_class_of_a_code_is_that_of_2021_and_its_sign_that_of_its_goldstein_value() -> None:
    classes = {"085": "RETREAT", "163": "COERCE", "161": "SANCTION", "090": "ACCUSE", "175": "ASSAULT", "0231": "02", "016": "01"}
    assert {c: scoring.label(c) for c in classes} == classes
    signs = {"016": "conflict", "019": "cooperation", "010": None, "0231": "cooperation", "112": "conflict", "085": "cooperation"}
    assert {c: scoring.sign(c) for c in signs} == signs


def test_the_other_end_of_a_visit_is_neither_right_nor_wrong() -> None:
    for label, here, there, n in (("CONSULT", "042", "043", 1), ("ACCUSE", "112", "112", 2)):
        found = item(expected("VNM", "LAO", label), found=(coded("VNM", "LAO", here), coded("LAO", "VNM", there)))
        assert scoring.dyads(found).coded == n


def test_a_lifted_sanction_coded_as_imposed_is_a_wrong_sign() -> None:
    found = (coded("USA", "CHN", "163"), coded("USA", "CHN", "061"), coded("USA", "MEX", "163"))
    signs = scoring.signs([item(expected("USA", "CHN", "RETREAT"), found=(one,)) for one in found])
    assert (signs.coded, signs.wrong) == (2, 1)


def test_the_interval_is_the_same_each_time_and_holds_the_value() -> None:
    items = [item(ACCUSED, found=(coded("USA", "CHN", "112"),) if n % 2 else ()) for n in range(40)]
    low, high = scoring.interval(items, scoring.dyads)
    assert (low, high) == scoring.interval(items, scoring.dyads)
    assert low < scoring.total(items, scoring.dyads).f1 < high


def test_reliability_sets_confidence_against_the_share_of_right_events() -> None:
    right = item(ACCUSED, found=(coded("USA", "CHN", "112", 0.9),))
    wrong = item(ACCUSED, found=(coded("CHN", "USA", "112", 1.0),))
    (one,) = scoring.reliability([right, wrong])
    assert (one.n, one.confidence, one.right) == (2, 0.95, 0.5)
    assert scoring.calibration_error([one]) == pytest.approx(0.45)


def gold_file(folder: Path, *records: dict[str, object]) -> Path:
    path = folder / "gold.json"
    path.write_text(json.dumps([{"id": "0", "event": "DOCUMENT"}, *records]), encoding="utf-8")
    return path


def side(*codes: str) -> list[dict[str, str]]:
    return [{"actorText": f"text of {c}", "code": c} for c in codes]


@pytest.mark.parametrize(
    ("event", "source", "target", "pairs"),
    [
        ("AGREE", ("HUN", "ROU"), (), (("HUN", "ROU"), ("ROU", "HUN"))),  # without a target it is reciprocal
        ("DEMAND", ("FRA",), ("ROU", "IGO", "JAP", "FRA"), (("FRA", "ROU"), ("FRA", "JPN"))),  # organisations are no states
    ],
)
def test_gold_is_one_event_for_each_pair_of_states(
    tmp_path: Path, event: str, source: tuple[str, ...], target: tuple[str, ...], pairs: tuple[tuple[str, str], ...]
) -> None:
    path = gold_file(tmp_path, {"id": "1", "event": event, "text": "x", "source": side(*source), "target": side(*target) or ""})
    assert [r.between_states for r in gold.records(path)] == [pairs]


def test_old_classes_of_the_gold_are_read_by_the_table_of_2021(tmp_path: Path) -> None:
    accepted = """INVESTIGATE 092, DISAPPROVE 112, DEMAND 1042, FIGHT 195, COERCE 1712, SANCTION 163, CONCEDE 0814, RETREAT 085,
        not DEMAND 020, not ASSAULT 1711, not SANCTION 172"""
    for *negation, event, code in (words.split() for words in accepted.split(",")):
        path = gold_file(tmp_path, {"id": "1", "event": event, "text": "x", "source": side("FRA"), "target": side("ROU")})
        (record,) = gold.records(path)
        assert record.accepts(code, scoring.label(code)) is not bool(negation), (event, code)
        found = coded("FRA", "ROU", code)
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
    assert quality.passes(probe("sign"), [imposed])
    assert not any(quality.passes(probe("sign"), found) for found in ([], [imposed, lifted]))
    assert quality.passes(probe("direction"), [imposed, coded("CHN", "USA", "057")])
    assert not quality.passes(probe("direction"), [imposed, back])
    days = probe("date", event_date="2020-01-01", event_date_end="2021-01-01", date_precision="year")
    assert quality.passes(
        days, [replace(imposed, event_date=date(2020, 1, 1), event_date_end=date(2021, 1, 1), date_precision="year")]
    )
    assert not quality.passes(days, [imposed])
    forbidden = {"kind": "sign", "source": "USA", "target": "CHN", "forbidden_sign": "conflict"}
    assert quality.passes(forbidden, [])
    assert not quality.passes(forbidden, [imposed])


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
