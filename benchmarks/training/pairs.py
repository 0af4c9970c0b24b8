"""The pairs that the encoder is trained on, as JSON lines: ``python -m benchmarks.training.pairs OUT [--gold FILE]``.

One object a line: ``pieces`` (the masked sentence), ``origin``, and for each direction (first to second party, second to first)
``events`` (whether it is an event; null where the labels do not say), ``acts`` (of each act the classes that are right;
``all_acts`` says whether these are all), ``codes`` ``modality`` (what is right; empty where the labels do not say). Needs
the project alone; ``finetune`` reads the file and needs torch.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from assets.actors import registry
from assets.news.coding.coder import given
from assets.news.coding.encoder import BREAK, DEFAULT_CODES, KINDS, kind_of
from assets.news.coding.interface import Text
from assets.news.coding.pairs import Pair, pairs_in
from assets.news.coding.parties import Actor, actors_in
from assets.news.coding.pieces import pieces_of

LABELLED = Path(__file__).with_name("labelled")
PERCENT_OF_EMPTY = 12
"""Share that is kept of the pairs with a party named before of which the sentence tells nothing: they are ten to one."""

WITH_ORGANISATIONS = (
    "train-wire", "articles", "train-codes", "train-signs", "train-ordinary", "train-official", "train-acts",
)  # fmt: skip
"""How the names of the files begin in which acts of organisations are labelled as those of states are."""

MAIN_ACT_ALONE = ("plover", "train-within")
"""Where labels hold the main act of a sentence alone: what else it tells is no pair without an event."""

PLOVER_ROOTS = {
    "AGREE": "03", "CONSULT": "04", "SUPPORT": "05", "COOPERATE": "06", "AID": "07", "CONCEDE": "08", "RETREAT": "08",
    "INVESTIGATE": "09", "DEMAND": "10", "DISAPPROVE": "11", "REJECT": "12", "THREATEN": "13", "PROTEST": "14",
    "MOBILIZE": "15", "SANCTION": "16", "COERCE": "17", "ASSAULT": "18", "FIGHT": "19",
}  # fmt: skip
"""Events of the PLOVER gold records (an early vocabulary, one a root of CAMEO) to roots."""

_STATES = {"JAP": "JPN", "VTN": "VNM", "ITL": "ITA"}
"""Codes in the gold records that are not ISO 3166."""


@dataclass(frozen=True)
class Told:
    """One labelled event: words of the text and ids of both sides, codes that are right (the first is that of the label)."""

    source_text: str
    target_text: str
    source: str | None
    target: str | None
    codes: tuple[str, ...]
    modality: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """Kinds that are right."""
        return self.kinds or tuple(dict.fromkeys(kind_of(DEFAULT_CODES.get(c, c)) for c in self.codes))


def told(event: dict[str, Any]) -> Told:
    """An event of the labelled files."""
    codes = (event["cameo"], *event.get("cameo_also", ()))
    sides = (event["source_text"], event["target_text"], event["source"], event["target"])
    return Told(*sides, codes, event["modality"])


def gold(path: Path) -> list[tuple[str, list[Told]]]:
    """Texts and events of the PLOVER gold records. Where no target is given, the parties named as source are each other's."""
    states = set(registry.actors().filter(kind="state")["actor_id"])

    def parties(one: dict[str, Any], side: str) -> list[tuple[str, str | None]]:
        sides = one.get(side) or []
        found = []
        for y in sides if isinstance(sides, list) else [sides]:
            code = _STATES.get(y["code"], y["code"])
            found.append((y["actorText"].split("..")[0].strip(), code if code in states else None))
        return found

    found = []
    for one in json.loads(path.read_text(encoding="utf-8")):
        root = PLOVER_ROOTS.get(one["event"])
        if root is None:
            continue
        of_root = tuple(k for k in KINDS if k[:2] == root or (one["event"] == "FIGHT" and k[:2] == "20"))
        kinds = (f"08/{one['event']}",) if root == "08" else of_root
        sources, targets = parties(one, "source"), parties(one, "target")
        pairs = [(a, b) for a in sources for b in (targets or sources) if targets or a != b]
        if not pairs:
            pairs = [(a, ("", None)) for a in sources[:1]] or [(("", None), b) for b in targets[:1]]
        found.append((one["text"].strip(), [Told(a, b, c, d, (), kinds=kinds) for (a, c), (b, d) in pairs]))
    return found


class Found:
    """The pairs gathered so far, each masked sentence once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], dict[str, Any]] = {}

    def add(self, pair: Pair, origin: str, sides: Sequence[Sequence[Told]], events: Sequence[bool | None]) -> None:
        """Add a pair with what is told of it there and back, and whether that is an event."""
        blank: dict[str, Any] = {"pieces": pair.pieces, "origin": origin, "events": [None, None]}
        blank["all_acts"] = not origin.startswith(MAIN_ACT_ALONE)
        known = self._known.setdefault(pair.pieces, blank | {k: [[], []] for k in ("acts", "codes", "modality")})
        for place, side in enumerate((1, 0) if pair.is_swapped else (0, 1)):
            for name, values in (
                ("acts", [t.classes for t in sides[side]]),
                ("codes", [c for t in sides[side] for c in t.codes]),
                ("modality", [t.modality for t in sides[side] if t.modality]),
            ):
                known[name][place] = sorted({*known[name][place], *values})
            if known["events"][place] is None or events[side]:
                known["events"][place] = events[side]

    def kept(self) -> list[dict[str, Any]]:
        """All, in order, but most of the pairs with a party named before of which nothing is told."""
        return [p for p in self._known.values() if self._is_kept(p)]

    @staticmethod
    def _is_kept(pair: dict[str, Any]) -> bool:
        text = "".join(pair["pieces"])
        return BREAK not in text or any(pair["events"]) or int(sha256(text.encode()).hexdigest(), 16) % 100 < PERCENT_OF_EMPTY


def add_text(found: Found, text: Text, events: Sequence[tuple[int, Told]], origin: str) -> None:
    """Add all pairs of a text; events with the offset of their sentence."""
    whole_act = not origin.startswith(MAIN_ACT_ALONE)
    for piece in pieces_of(text, None):
        sentence = piece.words
        here = [t for start, t in events if piece.start <= start < piece.end]
        between: dict[tuple[str | None, str | None], list[Told]] = {}
        for t in here:
            between.setdefault((t.source, t.target), []).append(t)
        for p in pairs_in(sentence, actors_in(sentence, piece.mentions, piece.start), piece.earlier):
            sides = between.get(p.dyad, []), between.get(p.dyad[::-1], [])
            states = p.source.country_id is not None and p.target.country_id is not None
            says = whole_act and origin != "train-within" and (states or origin.startswith(WITH_ORGANISATIONS))
            if says or any(sides):
                found.add(p, origin, sides, [bool(s) if says or s else None for s in sides])
            if says and any(sides) and p.source.start < p.target.start:
                _add_within(found, p, sentence, sides, origin)


def _add_within(found: Found, whole: Pair, sentence: str, sides: Sequence[Sequence[Told]], origin: str) -> None:
    """Add the pairs of phrases of two parties, with the acts that are told of these very phrases, where the labels place all."""

    def is_in(words: str, actor: Actor) -> bool:
        named = sentence[actor.start : actor.end]
        return bool(words) and (named in words or words in named)

    placed: list[tuple[list[Told], list[Told]]] = []
    for p in whole.within:
        there = [t for t in sides[0] if is_in(t.source_text, p.source) and is_in(t.target_text, p.target)]
        back = [t for t in sides[1] if is_in(t.source_text, p.target) and is_in(t.target_text, p.source)]
        placed.append((there, back))
    if all(any(t in of[side] for of in placed) for side in (0, 1) for t in sides[side]):
        for p, of in zip(whole.within, placed, strict=True):
            found.add(p, f"{origin}-phrases", of, [bool(s) for s in of])


def add_given(found: Found, text: Text, events: Sequence[Told], origin: str) -> None:
    """Add the pairs of labelled events by the words that stand for them, which the names may not know."""
    for t in events:
        p, _, _ = given(text, t.source_text or t.target_text, t.target_text or t.source_text)
        back = [r for r in events if _is_back(r, t)]
        known = bool(back) or (not origin.startswith(MAIN_ACT_ALONE) and t.source is not None and t.target is not None)
        found.add(p, origin, ([t], back), (True, bool(back) if known else None))


def _is_back(one: Told, other: Told) -> bool:
    """Whether one event is told of the same words as another the other way, or of the same parties and one of these words."""
    words = one.source_text == other.target_text, one.target_text == other.source_text
    return all(words) or (any(words) and (one.source, one.target) == (other.target, other.source) and one.source != one.target)


def training_pairs(gold_file: Path | None) -> list[dict[str, Any]]:
    """All pairs of all training text, in the order of the files."""
    found = Found()
    for path in sorted(LABELLED.glob("train-*.jsonl")):
        for row in rows_of(path):
            text = Text(row["id"], row["text"], day_of(row.get("published")), speaker=row.get("speaker"))
            events = [told(e) for e in row["events"]]
            add_given(found, text, [t for t in events if t.source_text and t.target_text], path.stem)
            add_text(found, text, _placed(text, events), path.stem)
    for path in sorted(LABELLED.glob("articles*.jsonl")):
        for row in rows_of(path):
            if row["part"] == "train":
                placed = [(row["sentences"][e["sentence"]][0], told(e)) for e in row["events"]]
                text = Text(row["id"], row["text"], day_of(row["published"]), speaker=row.get("speaker"))
                add_text(found, text, placed, path.stem)
    for words, events in [] if gold_file is None else gold(gold_file):
        text = Text("", words)
        add_given(found, text, events, "plover")
        add_text(found, text, _placed(text, events), "plover")
    return found.kept()


def _placed(text: Text, events: Iterable[Told]) -> list[tuple[int, Told]]:
    """Events with where the sentence begins that names their sides."""
    return [(given(text, t.source_text, t.target_text)[1], t) for t in events]


def rows_of(path: Path) -> Iterable[dict[str, Any]]:
    """The lines of a labelled file."""
    return (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def day_of(text: str | None) -> date | None:
    """A day as labels have it."""
    return None if text is None else date.fromisoformat(text)


def main() -> None:
    """Write the pairs of all training text."""
    parser = argparse.ArgumentParser(description="Write what the encoder is trained on.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--gold", type=Path, help="file of PLOVER gold records (CC BY-SA 4.0)")
    args = parser.parse_args()
    found = training_pairs(args.gold)
    args.out.write_text("".join(json.dumps(p) + "\n" for p in found), encoding="utf-8")
    print(f"{len(found):,} pairs")


if __name__ == "__main__":
    main()
