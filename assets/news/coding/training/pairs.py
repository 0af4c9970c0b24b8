"""What the encoder is trained on: every pair of parties of the labelled sentences, masked, with what it is both ways.

    python -m assets.news.coding.training.pairs OUT.jsonl [--gold plover_gsr_dev_half.json] [--share 50]

One JSON object a line: ``pieces`` (the masked sentence), ``fold``, and for each direction (first to second party, second to
first) ``events``: whether it is an event (null where the labels do not say), and ``kinds``: the classes that are right.
Needs the project alone; ``finetune`` reads the file and needs torch alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from assets.news.coding import model
from assets.news.coding.clauses import Clauses
from assets.news.coding.encoder import BREAK
from assets.news.coding.proposed import ProposedEvent
from assets.news.coding.training import train

PERCENT_OF_EMPTY = 12
"""Share that is kept of the pairs with a party named before of which the sentence tells nothing."""


def pairs(prepared: Iterable[train.Prepared]) -> list[dict[str, Any]]:
    """The pairs of prepared sentences, each masked sentence once, in the order of the sentences."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in prepared:
        is_whole = one.example.origin not in train.MAIN_ACT_ALONE
        kinds_between: dict[tuple[str, str], list[str]] = {}
        for r in one.example.relations:
            if r.source and r.target and r.source != r.target:
                kinds_between.setdefault((r.source, r.target), []).extend(r.kinds)
        for event, clauses, r in one.between:
            back = one.example.way_back(r)
            known = bool(back) or (is_whole and r.source is not None and r.target is not None)
            _add(found, one.example, event, clauses, (list(r.kinds), back), (True, bool(back) if known else None))
        for event, clauses in one.proposed:
            source, target = event.source.party, event.target.party
            labels = kinds_between.get((source, target), []), kinds_between.get((target, source), [])
            if (is_whole and one.example.tells_of(event)) or any(labels):
                _add(found, one.example, event, clauses, labels, tuple(bool(k) if is_whole or k else None for k in labels))
    return [one for one in found.values() if _is_for_training(one)]


def _is_for_training(pair: dict[str, Any]) -> bool:
    """All but most of the pairs with a party named before of which nothing is told: they are ten to one with an event."""
    text = "".join(pair["pieces"])
    return BREAK not in text or any(pair["events"]) or int(sha256(text.encode()).hexdigest(), 16) % 100 < PERCENT_OF_EMPTY


def _add(
    found: dict[tuple[str, ...], dict[str, Any]],
    example: train.Example,
    event: ProposedEvent,
    clauses: Clauses,
    kinds: Sequence[Sequence[str]],
    events: Sequence[bool | None],
) -> None:
    masked = model.masked_pair(event, clauses)
    order = (1, 0) if masked.is_swapped else (0, 1)
    known = found.setdefault(
        masked.pieces,
        {
            "pieces": masked.pieces,
            "fold": train.fold_of(example.drawn_by, train.ENCODER_FOLDS),
            "events": [None, None],
            "kinds": [[], []],
        },
    )
    for place, side in enumerate(order):
        known["kinds"][place] = sorted({*known["kinds"][place], *kinds[side]})
        if known["events"][place] is None or events[side]:
            known["events"][place] = events[side]


def share_of(examples: Sequence[train.Example], percent: int) -> list[train.Example]:
    """A part of the sentences, by their text: the same whatever else is in the set, and a larger one holds a smaller one."""
    return [e for e in examples if int.from_bytes(sha256(f"share {e.text}".encode()).digest()[:4], "big") % 100 < percent]


def main() -> None:
    """Write the pairs of all training sentences."""
    parser = argparse.ArgumentParser(description="Write what the encoder is trained on.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--gold", type=Path, help="file of PLOVER gold records (CC BY-SA 4.0)")
    parser.add_argument("--share", type=int, default=100, help="percent of the sentences, for a learning curve")
    args = parser.parse_args()
    examples = train.training_sentences() + ([] if args.gold is None else train.read_plover(args.gold))
    articles = train.training_articles()
    found = pairs([*train.prepare(share_of(examples, args.share)), *train.prepare_articles(articles)])
    args.out.write_text("".join(json.dumps(p) + "\n" for p in found), encoding="utf-8")
    print(f"{len(found):,} pairs of {len(examples):,} sentences and {len(articles):,} articles")


if __name__ == "__main__":
    main()
