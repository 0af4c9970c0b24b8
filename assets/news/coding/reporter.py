"""Who reports an event, where the text names a third: ``Zaire has invaded Angola, Kigali said``. Words beside the name tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assets.news.coding.pairs import Pair
from assets.news.coding.parties import Actor

_SAY = r"(?:sa(?:id|ys?)|told|tells|report(?:s|ed)|announce[ds]?|claim(?:s|ed)|alleg(?:es|ed)|stated|according)"
_AFTER = re.compile(rf"(?:['’]s?)?(?: [\w.'’-]+){{0,6}}? {_SAY}\b")
_BEFORE = re.compile(rf"(?:\baccording to|, {_SAY}|\btold)(?: [\w'’-]+){{0,4}} \Z")
_COLON = re.compile(r"(?:['’]s?)?(?: [\w.-]+){0,3}\Z")


def reporter_of(pair: Pair, sentence: str, actors: Sequence[Actor]) -> Actor | None:
    """The actor of another party than the two whom the sentence names as its source; None where it names none."""
    for a in actors:
        if a.party in pair.dyad:
            continue
        head, tail = sentence[: a.start], sentence[a.end :]
        behind_colon = head.rstrip().endswith(":") and _COLON.match(tail.rstrip(".")) is not None
        if _AFTER.match(tail) or _BEFORE.search(head) or behind_colon:
            return a
    return None
