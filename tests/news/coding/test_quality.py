"""How the evaluation counts: on a few hand-made sentences."""

import json
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


def test_pairs_are_directed() -> None:
    counts = scoring.dyads(item(expected("USA", "CHN", "ACCUSE"), found=(coded("CHN", "USA", "112"),)))
    assert (counts.right, counts.coded, counts.expected) == (0, 1, 1)


def test_a_pair_counts_once_a_sentence() -> None:
    counts = scoring.dyads(item(expected("USA", "CHN", "ACCUSE"), found=(coded("USA", "CHN", "112"), coded("USA", "CHN", "111"))))
    assert (counts.right, counts.coded) == (1, 1)


def test_a_second_class_for_the_same_pair_is_wrong() -> None:
    counts = scoring.dyads_with_class(
        item(expected("USA", "CHN", "ACCUSE"), found=(coded("USA", "CHN", "112"), coded("USA", "CHN", "163")))
    )
    assert (counts.right, counts.coded, counts.found, counts.expected) == (1, 2, 1, 1)


def test_the_class_is_that_of_the_table_of_2021() -> None:
    assert [scoring.label(c) for c in ("085", "163", "161", "090", "175", "0231", "016")] == [
        "RETREAT", "COERCE", "SANCTION", "ACCUSE", "ASSAULT", "02", "01",
    ]  # fmt: skip


def test_the_other_end_of_a_visit_is_neither_right_nor_wrong() -> None:
    visit = item(expected("VNM", "LAO", "CONSULT"), found=(coded("VNM", "LAO", "042"), coded("LAO", "VNM", "043")))
    assert scoring.dyads(visit).coded == 1
    accused = item(expected("VNM", "LAO", "ACCUSE"), found=(coded("VNM", "LAO", "112"), coded("LAO", "VNM", "112")))
    assert scoring.dyads(accused).coded == 2


def test_a_lifted_sanction_coded_as_imposed_is_a_wrong_sign() -> None:
    signs = scoring.signs(
        [
            item(expected("USA", "CHN", "RETREAT"), found=(coded("USA", "CHN", "163"),)),
            item(expected("USA", "CHN", "RETREAT"), found=(coded("USA", "CHN", "061"),)),
            item(expected("USA", "CHN", "RETREAT"), found=(coded("USA", "MEX", "163"),)),
        ]
    )
    assert (signs.coded, signs.wrong) == (2, 1)


def test_the_sign_of_statements_is_that_of_their_goldstein_value() -> None:
    assert [scoring.sign(c) for c in ("016", "019", "010", "0231", "112", "085")] == [
        "conflict", "cooperation", None, "cooperation", "conflict", "cooperation",
    ]  # fmt: skip


def test_the_interval_is_the_same_each_time_and_holds_the_value() -> None:
    items = [item(expected("USA", "CHN", "ACCUSE"), found=(coded("USA", "CHN", "112"),) if n % 2 else ()) for n in range(40)]
    low, high = scoring.interval(items, scoring.dyads)
    assert (low, high) == scoring.interval(items, scoring.dyads)
    assert low < scoring.total(items, scoring.dyads).f1 < high


def test_reliability_sets_confidence_against_the_share_of_right_events() -> None:
    right = item(expected("USA", "CHN", "ACCUSE"), found=(coded("USA", "CHN", "112", 0.9),))
    wrong = item(expected("USA", "CHN", "ACCUSE"), found=(coded("CHN", "USA", "112", 1.0),))
    (one,) = scoring.reliability([right, wrong])
    assert (one.n, one.confidence, one.right) == (2, 0.95, 0.5)
    assert scoring.calibration_error([one]) == pytest.approx(0.45)


# --- gold -------------------------------------------------------------------------------------------------------------


def gold_file(folder: Path, *records: dict[str, object]) -> Path:
    path = folder / "gold.json"
    path.write_text(json.dumps([{"id": "0", "event": "DOCUMENT"}, *records]), encoding="utf-8")
    return path


def side(*codes: str) -> list[dict[str, str]]:
    return [{"actorText": f"text of {c}", "code": c} for c in codes]


def test_gold_without_target_is_reciprocal(tmp_path: Path) -> None:
    path = gold_file(tmp_path, {"id": "1", "event": "AGREE", "text": "x", "source": side("HUN", "ROU"), "target": ""})
    (record,) = gold.records(path)
    assert record.between_states == (("HUN", "ROU"), ("ROU", "HUN"))


def test_gold_of_several_targets_is_one_event_each_and_organisations_are_no_states(tmp_path: Path) -> None:
    path = gold_file(
        tmp_path,
        {"id": "1", "event": "DEMAND", "text": "x", "source": side("FRA"), "target": side("ROU", "IGO", "JAP", "FRA")},
    )
    (record,) = gold.records(path)
    assert record.between_states == (("FRA", "ROU"), ("FRA", "JPN"))


@pytest.mark.parametrize(
    ("event", "code", "right"),
    [
        ("INVESTIGATE", "092", True),
        ("DISAPPROVE", "112", True),
        ("DEMAND", "1042", True),
        ("DEMAND", "020", False),
        ("FIGHT", "195", True),
        ("COERCE", "1712", True),
        ("ASSAULT", "1711", False),
        ("SANCTION", "163", True),
        ("SANCTION", "172", False),
        ("CONCEDE", "0814", True),
        ("RETREAT", "085", True),
    ],
)
def test_old_classes_of_the_gold_are_read_by_the_table_of_2021(tmp_path: Path, event: str, code: str, right: bool) -> None:
    path = gold_file(tmp_path, {"id": "1", "event": event, "text": "x", "source": side("FRA"), "target": side("ROU")})
    (record,) = gold.records(path)
    assert record.accepts(code, scoring.label(code)) is right
    found = coded("FRA", "ROU", code)
    assert any(scoring.is_right(found, x) for x in gold.item(record).expected) is right


def test_quads_of_gold_classes_are_those_of_their_codes() -> None:
    codes = ["030", "040", "050", "060", "070", "081", "085", "111", "100", "120", "130", "140", "150", "160", "171", "190"]
    assert {scoring.label(c): scoring.quad(c) for c in codes} == gold.QUAD


def test_codes_of_earlier_labels_have_their_class() -> None:
    assert [gold.old_class(c) for c in ("081", "0871", "090", "191", "195", "175", "010")] == [
        "CONCEDE", "RETREAT", "INVESTIGATE", "COERCE", "FIGHT", "COERCE", None,
    ]  # fmt: skip


@pytest.mark.real_data
def test_the_gold_half_has_163_records_of_which_half_tell_of_two_states(real_data: Path) -> None:
    records = gold.records(gold.file_of(real_data))
    assert len(records) == len({r.id for r in records}) == 163
    assert len([r for r in records if r.between_states]) == 84
    assert {r.plover for r in records} == set(gold.QUAD)


# --- probes and seed --------------------------------------------------------------------------------------------------


def probe(kind: str, **more: object) -> dict[str, object]:
    return {"kind": kind, "source": "USA", "target": "CHN", "sign": "conflict", **more}


def test_a_probe_of_sign_wants_the_sign_and_not_the_other() -> None:
    assert quality.passes(probe("sign"), [coded("USA", "CHN", "163")])
    assert not quality.passes(probe("sign"), [])
    assert not quality.passes(probe("sign"), [coded("USA", "CHN", "163"), coded("USA", "CHN", "085")])


def test_a_probe_of_direction_wants_nothing_of_this_sign_the_other_way() -> None:
    assert quality.passes(probe("direction"), [coded("USA", "CHN", "163"), coded("CHN", "USA", "057")])
    assert not quality.passes(probe("direction"), [coded("USA", "CHN", "163"), coded("CHN", "USA", "163")])


def test_a_probe_of_date_wants_the_very_days() -> None:
    wish = probe("date", event_date="2020-01-01", event_date_end="2021-01-01", date_precision="year")
    event = Coded("USA", "CHN", "163", 0.5, "past", date(2020, 1, 1), date(2021, 1, 1), "year")
    assert quality.passes(wish, [event])
    assert not quality.passes(wish, [coded("USA", "CHN", "163")])


def test_a_forbidden_sign_is_passed_by_silence() -> None:
    wish = {"kind": "sign", "source": "USA", "target": "CHN", "forbidden_sign": "conflict"}
    assert quality.passes(wish, [])
    assert not quality.passes(wish, [coded("USA", "CHN", "163")])


def event(source: str, target: str, code: str, evidence: str, day: date | None = None, precision: str = "unknown") -> Event:
    return Event(
        day, None, precision, source, source, "GOV", target, target, "GOV", code, "past", 0.5, None, evidence, 0, len(evidence)
    )  # fmt: skip


def test_the_seed_article_wants_twelve_events() -> None:
    assert len(seed.WANTED) == 12
    removal = event("USA", "CHN", "085", "The US removed it from a trade blacklist a day after", date(2023, 11, 16), "day")
    rows = seed.found([removal])
    assert [(w.name, f, d) for w, f, d in rows if f] == [("A1 removed from the blacklist", True, True)]


def test_the_seed_article_forbids_what_the_classic_coder_made_of_it() -> None:
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
    assert seed.forbidden([event("USA", "CHN", "085", "The US removed it from a trade blacklist")], text) == []


def test_a_resolved_relative_date_is_seen_where_no_publication_was_given() -> None:
    assert seed.resolved_without_publication([event("USA", "CHN", "163", "in 2020", date(2020, 1, 1), "year")]) == []
    assert len(seed.resolved_without_publication([event("USA", "CHN", "163", "last August", date(2022, 8, 1), "month")])) == 1
