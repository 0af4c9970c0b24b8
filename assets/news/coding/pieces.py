"""The sentences of a text that may express an event, each once, with who is named in it and what was said before.

``Brazil condemned the raid``; ``The two sides will meet again in May``; ``It also froze the bank's accounts``. Whose raid it was
and who the two sides are stands in the news of the article, which is its first sentence, or in what was said just before: it is
read with a sentence that names one party of a pair or none (``Earlier``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.news.coding import parties
from assets.news.coding.encoder import BREAK
from assets.news.coding.interface import Text
from assets.news.coding.parties import Actor, actor_of, after_dateline
from assets.news.text import named_actors, phrase_roles, sentences
from assets.news.text.named_actors import Mention

LAST = 2
"""Sentences before one that are read with it, besides the first of the text."""

LONGEST_BEFORE = 220
"""Characters of each that are read."""

MOST_BEFORE = 5
"""Parties named before that are paired: those named last."""

MOST_HERE = 5
"""Parties of a sentence that are paired with those: what names more is a list."""


@dataclass(frozen=True)
class Earlier:
    """What was said before a sentence, with who is named in it, in the order of the text: offsets and the actor.

    ``speaker`` is who speaks the whole text, where somebody does.
    """

    text: str = ""
    named: tuple[tuple[int, int, Actor], ...] = ()
    speaker: Actor | None = None

    @property
    def shift(self) -> int:
        """Where the sentence begins in the text that is read with it."""
        return len(self.text) + len(BREAK)

    def parties(self) -> dict[str, Actor]:
        """By party the actor: the speaker, then those named last first."""
        found = {} if self.speaker is None else {self.speaker.party: self.speaker}
        for _, _, actor in reversed(self.named):
            found.setdefault(actor.party, actor)
        return found


NOTHING = Earlier()


def before(
    whole: str,
    spans: Sequence[tuple[int, int]],
    number: int,
    named: Mapping[int, Sequence[Mention]],
    lead: int,
    speaker: Actor | None = None,
) -> Earlier:
    """What a text said before one of its sentences.

    Args:
        whole: the text with its title.
        spans: where its sentences are.
        number: which of them is read.
        named: mentions by number of their sentence.
        lead: number of the first sentence below the title.
        speaker: who speaks the text.
    """
    chosen = sorted({lead, *range(number - LAST, number)} & set(range(lead, number)))
    text = ""
    found: list[tuple[int, int, Actor]] = []
    for n in chosen:
        start, end = spans[n]
        start += after_dateline(whole[start:end])
        words = whole[start:end].rstrip()[:LONGEST_BEFORE]
        shift = len(text) + bool(text) - start
        text = f"{text} {words}" if text else words
        found += [
            (m.char_start + shift, m.char_end + shift, actor_of(m))
            for m in named.get(n, ())
            if start <= m.char_start and m.char_end <= start + len(words)
        ]
    return Earlier(text, tuple(found), speaker)


LONGEST = 1_200
"""Characters of a sentence that are read; what is longer is no sentence but a table or a list."""

_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_FURNITURE = frozenset({"related posts", "leave a comment", "advertisement", "read more", "share this", "most popular"})

_STANDS_FOR_ONE = re.compile(
    r"(?i:\b(?:it|its|they|their|them|he|his|him|she|her|we|our|both|two|three|four|each|other|pair|talks|sides?|countr(?:y|ies)|"
    r"neighbou?rs?|nations?|states?|governments?|capitals?|parties|delegations?|minist(?:ers?|ry)|presidents?|leaders?|envoys?|"
    r"ambassadors?|army|troops|junta|kingdom|republic)\b)"
)
"""A word that may stand for a party named before. Of the sentences of articles that name nobody it leaves out four in ten, with
one in a hundred of all events."""


@dataclass
class Piece:
    """A sentence of a text with its mentions, and what was said before it."""

    words: str
    number: int
    start: int
    end: int
    mentions: list[named_actors.Mention]
    is_title: bool
    earlier: Earlier = NOTHING


def pieces_of(text: Text, own_actors: Path | None) -> list[Piece]:
    """The sentences of a text that may express an event, each once."""
    whole = named_actors.document(text.text, text.title)
    named = phrase_roles.parties_of(text.text, text.published, text.title, own_actors=own_actors)
    named = parties.joined(whole, phrase_roles.with_roles(whole, named), text)
    speaker = None if text.speaker is None else Actor(text.speaker, text.speaker, "GOV", 0.9)
    shift = 0 if text.title is None else len(text.title) + 1
    spans = [(s + shift, e + shift) for s, e in sentences.spans(text.text)]
    if text.title is not None:
        spans = [(0, len(text.title)), *spans]
    found, seen = [], set()
    starts = [s for s, _ in spans]
    first = int(text.title is not None or _begins_with_title(whole, spans))
    inside: dict[int, list[named_actors.Mention]] = {}
    for m in named:
        inside.setdefault(bisect_right(starts, m.char_start) - 1, []).append(m)
    for number, (start, end) in enumerate(spans):
        words = whole[start:end].strip()
        if len(words) < 8 or len(words) > LONGEST or words in seen:
            continue
        seen.add(words)
        if _CLOCK.fullmatch(words) or words.lower() in _FURNITURE:
            continue
        here = inside.get(number, [])
        earlier = before(whole, spans, number, inside, first, speaker)
        known = {m.party for m in here} | set(earlier.parties())
        if len(known) < 2 or not (here or _STANDS_FOR_ONE.search(words)):
            continue
        lead = len(whole[start:end]) - len(whole[start:end].lstrip())
        found.append(
            Piece(
                words,
                number,
                start + lead,
                start + lead + len(words),
                here,
                is_title=number < first,
                earlier=earlier,
            )
        )
    return found


def _begins_with_title(whole: str, spans: list[tuple[int, int]]) -> bool:
    """Whether the first sentence of a text is a line without a stop, above an empty one: its title, where none is given apart."""
    if len(spans) < 2:
        return False
    line = whole[: spans[0][1]]
    words = line.rstrip()
    return line.count("\n", len(words)) > 1 and not words.endswith((".", "!", "?", "”", '"', ":"))
