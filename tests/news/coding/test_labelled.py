"""The sentences that the project labelled hold what their README says."""

import json
import re
from collections import Counter
from datetime import date
from hashlib import sha256
from itertools import combinations
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from assets.actors.registry import actors, cameo_codes
from tests.depth import DEEP

FOLDER = Path(__file__).resolve().parents[3] / "benchmarks" / "training" / "labelled"


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for p in sorted(FOLDER.glob(name)) for line in p.read_text(encoding="utf-8").splitlines()]


PROBES, FIRST = read("probes.jsonl"), read("heldout.jsonl")
HELD = {name: read(f"heldout-{name}.jsonl") for name in ("wire", "codes", "ordinary", "within", "titles")}
ALL = read("train-*.jsonl") + FIRST + [r for rows in HELD.values() for r in rows]
FIRST_ARTICLES, WIRE_ARTICLES = read("articles.jsonl"), read("articles-wire.jsonl")
ARTICLES = FIRST_ARTICLES + WIRE_ARTICLES + read("articles-passages.jsonl") + read("articles-releases.jsonl")
HELD_OUT = FIRST + HELD["wire"] + HELD["codes"] + HELD["ordinary"]
EVENTS = [e for r in ALL + ARTICLES for e in r["events"]]


def drawn(rows: list[dict[str, Any]], seed: str, per_thousand: int) -> set[str]:
    """Ids that the hash of the id holds out."""
    hashes = {r["id"]: int(sha256(f"held-out {seed}:{r['id']}".encode()).hexdigest(), 16) % 1000 for r in rows}
    # of ordinary sentences half of the first thousand, a fifth of those after
    return {i for i, n in hashes.items() if n < (500 if i.startswith("wor") else per_thousand)}


def test_what_is_held_out_hangs_on_the_id_alone() -> None:
    for name, seed, share in (
        ("wire", "wire 12", 133), ("codes", "wire 12", 133), ("ordinary", "ordinary", 200), ("within", "within", 160),
        ("titles", "titles", 150),
    ):  # fmt: skip
        assert drawn(read(f"train-{name}*.jsonl") + HELD[name], seed, share) == {r["id"] for r in HELD[name]}
    assert drawn(WIRE_ARTICLES, "article", 160) == {a["id"] for a in WIRE_ARTICLES if a["part"] == "held"}
    assert {a["part"] for a in WIRE_ARTICLES} == {"held", "train"}
    assert not {r["text"] for r in HELD_OUT} & {p["text"] for p in PROBES}


def test_codes_and_actors_are_known_and_the_words_of_actors_stand_in_the_text() -> None:
    table, known = dict(cameo_codes().select("cameo_code", "plover_event").iter_rows()), set(actors()["actor_id"])
    assert [e for e in EVENTS if e["cameo"] not in table or e["plover"] != table[e["cameo"]]] == []
    assert [e for e in EVENTS if not set(e.get("cameo_also", ())) <= set(table)] == []
    assert [
        (r["id"], side)
        for r in ALL + ARTICLES
        for e in r["events"]
        for side in ("source", "target")
        if e[side] not in known or not e[f"{side}_text"] or e[f"{side}_text"] not in r["text"]
    ] == []


def test_dates_are_dates_and_no_event_lies_after_its_publication() -> None:
    for r in ALL + ARTICLES:
        published = date.fromisoformat(r["published"])
        for e in r["events"]:
            precision = e.get("date_precision", "unknown")
            assert ("event_date" in e) == (precision != "unknown")
            assert precision in ("day", "month", "year", "interval", "unknown")
            assert "event_date" not in e or date.fromisoformat(e["event_date"]) <= published
            assert precision != "interval" or e["event_date"] < e["event_date_end"]


def words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.casefold()))


def near(seen: dict[str, frozenset[str]], share: float = 0.7) -> list[tuple[str, str]]:
    """Pairs that share more than this part of their words.

    Two such sets must share one of their rarest words (the first ``len - share * len`` of each by frequency), so only
    sentences that do are compared.
    """
    counts = Counter(w for s in seen.values() for w in s)
    by_word: dict[str, list[str]] = {}
    close = []
    for name, s in seen.items():
        rare = sorted(s, key=lambda w: (counts[w], w))[: len(s) - ceil(share * len(s)) + 1]
        others = {other for w in rare for other in by_word.get(w, ())}
        close += [(name, other) for other in sorted(others) if len(s & seen[other]) > share * len(s | seen[other])]
        for w in rare:
            by_word.setdefault(w, []).append(name)
    return close


def test_near_finds_what_comparing_all_pairs_finds() -> None:
    some = {r["id"]: words(r["text"]) for r in FIRST[:200]}
    some |= {"twin": words(FIRST[7]["text"] + " again"), "copy": words(FIRST[9]["text"])}
    for share in (0.2, 0.7):
        pairs = {(b, a) for a, b in combinations(some, 2) if len(some[a] & some[b]) > share * len(some[a] | some[b])}
        assert pairs
        assert set(near(some, share)) == pairs


@pytest.mark.skipif(not DEEP, reason="BILATERAL_DEEP_TESTS: 38,000 sentences are compared")
def test_no_sentence_stands_twice_or_nearly_twice_and_no_held_out_one_in_an_article() -> None:
    ids = [r["id"] for r in [*ALL, *PROBES]]
    assert len(set(ids)) == len(ids)
    assert set(near({r["id"]: words(r["text"]) for r in ALL})) <= {("d033", "d032")}  # a minimal pair: tightened and loosened
    held = {r["id"]: words(r["text"]) for r in HELD_OUT}
    sentences = {f"{a['id']}:{n}": words(a["text"][i:j]) for a in ARTICLES for n, (i, j) in enumerate(a["sentences"])}
    told = {name: found for name, found in sentences.items() if len(found) >= 8}
    assert [(one, other) for one, other in near(held | told) if (one in held) != (other in held)] == []


def test_articles_are_cut_into_sentences_that_cover_their_text_and_events_point_at_theirs() -> None:
    assert Counter(a["part"] for a in FIRST_ARTICLES) == {"held": 10, "dev": 22}
    assert len(WIRE_ARTICLES) >= 1_900
    assert len({a["id"] for a in ARTICLES}) == len({a["text"] for a in ARTICLES}) == len(ARTICLES)
    assert not {a["id"] for a in ARTICLES} & {r["id"] for r in ALL + PROBES}
    far = 0
    for a in ARTICLES:
        assert (12 if "speaker" in a else 35) <= len(a["text"].split()) <= 400, a["id"]
        starts, ends = zip(*a["sentences"], strict=True)
        assert (starts[0], ends[-1]) == (0, len(a["text"]))
        assert {a["text"][end:start] for end, start in zip(ends, starts[1:], strict=False)} <= {" ", "\n\n"}
        for e in a["events"]:
            start, end = a["sentences"][e["sentence"]]
            far += sum(e[f"{side}_text"] not in a["text"][start:end] for side in ("source", "target"))
            assert (e.get("repeat", True), e.get("background", True)) == (True, True)
    assert far <= 0.15 * 2 * sum(len(a["events"]) for a in ARTICLES)
    assert sum(not a["events"] for a in ARTICLES) <= 0.12 * len(ARTICLES)


@pytest.mark.real_data
def test_nothing_is_taken_from_the_gold_records(real_data: Path) -> None:
    gold = json.loads((real_data / "news" / "plover" / "plover_gsr_dev_half.json").read_text(encoding="utf-8"))
    known = [words(g["text"]) for g in gold if "text" in g]
    ours = {r["id"]: words(r["text"]) for r in ALL}
    assert [name for name, found in ours.items() if any(len(found & g) > 0.6 * len(found | g) for g in known)] == []
